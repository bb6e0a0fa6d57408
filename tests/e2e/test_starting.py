"""Starting a conversation, the bot before a person, and asking for one."""

import asyncio
from typing import Any

import pytest

from tests.serving import Served

TOPIC = {"topic": "freeze"}


async def test_a_conversation_begins_with_the_bot(served_on_both: Served) -> None:
    user = await served_on_both.user("lin")
    started = await user.call("start_conversation", key="k1", **TOPIC)
    conversation = started["conversation"]
    assert started == {
        "duplicate": False,
        "conversation": {
            "id": conversation["id"],
            "status": "bot",
            "tier": 1,
            "epoch": conversation["epoch"],
            "topic": "freeze",
            "heads": {"public": 1},
            "marks": {"user_delivered": 0, "user_read": 0, "agent_delivered": 0, "agent_read": 0},
        },
    }
    event = await user.wait_for("conversation_started")
    assert event == {
        "id": event["id"],
        "conversation": conversation["id"],
        "thread": "public",
        "seq": 1,
        "at": event["at"],
        "by": {"role": "user", "id": "lin", "name": "Lin"},
        "topic": "freeze",
        "locale": "en",
    }


async def test_an_agent_wanted_at_once_is_queued_for_and_the_bot_is_silent(served: Served) -> None:
    user = await served.user("lin")
    started = await user.call("start_conversation", key="k1", text="help", want_agent=True)
    assert started["conversation"]["status"] == "waiting"
    assert started["conversation"]["position"] == 1
    conversation = started["conversation"]["id"]
    await user.say(conversation, "anybody?")
    await user.call("cancel_waiting", conversation=conversation)
    await user.say(conversation, "never mind")
    await user.wait_for("message_posted", where=lambda message: message["by"]["role"] == "bot")
    roles = [event["by"]["role"] for event in await user.log(conversation)]
    assert roles == ["user"] * 6 + ["bot"]


async def test_a_free_agent_is_there_at_once(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    started = await user.call("start_conversation", key="k1", want_agent=True)
    assert started["conversation"]["status"] in {"waiting", "active"}
    assigned = await user.wait_for("agent_assigned")
    assert assigned["agent"] == {"id": zhou.id, "name": "Zhou", "tier": 1}
    assert assigned["by"] == {"role": "system", "id": None, "name": assigned["by"]["name"]}


async def test_the_first_text_is_a_message_with_the_same_key(served: Served) -> None:
    user = await served.user("lin")
    started = await user.call("start_conversation", key="k1", text="help")
    conversation = started["conversation"]["id"]
    assert (await user.wait_for("message_posted"))["key"] == "k1"
    again = await user.say(conversation, "other words", key="k1")
    assert (again["seq"], again["duplicate"]) == (2, True)


async def test_starting_beside_an_open_conversation_goes_on_in_it_and_honours_the_wish_for_an_agent(
    served: Served,
) -> None:
    user = await served.user("lin")
    first = await user.call("start_conversation", key="k1", topic="freeze")
    second = await user.call("start_conversation", key="k2", topic="other", text="and this", want_agent=True)
    assert second["conversation"]["id"] == first["conversation"]["id"]
    assert second["conversation"]["topic"] == "freeze"
    assert second["conversation"]["status"] == "waiting"
    assert not second["duplicate"]
    await user.wait_for("message_posted", text="and this", key="k2")
    await user.call("start_conversation", key="k3", want_agent=True)
    assert (await user.types(first["conversation"]["id"])).count("queued") == 1


async def test_the_same_start_key_gives_that_conversation_even_when_it_is_closed_by_now(served_on_both: Served) -> None:
    user = await served_on_both.user("lin")
    body: dict[str, Any] = {"key": "k1", "text": "help", "want_agent": True}
    first = await user.call("start_conversation", **body)
    await user.call("close_conversation", conversation=first["conversation"]["id"])
    again = await user.call("start_conversation", **body | {"text": "something else"})
    assert again["duplicate"]
    assert (again["conversation"]["id"], again["conversation"]["status"]) == (first["conversation"]["id"], "closed")
    fresh = await user.call("start_conversation", key="k2")
    assert fresh["conversation"]["id"] != first["conversation"]["id"]


async def test_start_keys_are_one_s_own(served: Served) -> None:
    lin, may = await served.user("lin"), await served.user("may")
    first = await lin.call("start_conversation", key="k1")
    second = await may.call("start_conversation", key="k1")
    assert not second["duplicate"]
    assert second["conversation"]["id"] != first["conversation"]["id"]


async def test_five_devices_that_start_at_the_same_instant_have_one_conversation(served_on_both: Served) -> None:
    devices = [await served_on_both.user("lin") for _ in range(5)]
    starts = [
        device.call("start_conversation", key=f"k{number}", text=f"t{number}", want_agent=True)
        for number, device in enumerate(devices * 2)
    ]
    results = await asyncio.gather(*starts)
    (conversation,) = {result["conversation"]["id"] for result in results}
    types = await devices[0].types(conversation)
    assert (types.count("conversation_started"), types.count("queued"), types.count("message_posted")) == (1, 1, 10)


async def test_asking_for_an_agent_while_queued_gives_the_present_state(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1"))["conversation"]["id"]
    for _ in range(3):
        asked = await user.call("request_agent", conversation=conversation, reason="stuck")
        assert asked == {"status": "waiting", "position": 1}
    queued = await user.wait_for("queued")
    assert (queued["tier"], queued["priority"], queued["reason"]) == (1, 0, "stuck")
    zhou = await served.available("zhou")
    await zhou.wait_for("agent_assigned")
    assert await user.call("request_agent", conversation=conversation) == {"status": "active", "position": None}
    assert (await user.types(conversation)).count("queued") == 1


async def test_who_stops_waiting_is_with_the_bot_again(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    assert await user.call("cancel_waiting", conversation=conversation) == {"status": "bot"}
    assert (await user.wait_for("queue_left"))["reason"] == "cancelled"
    assert await user.call("cancel_waiting", conversation=conversation) == {"status": "bot"}
    zhou = await served.available("zhou")
    assert await zhou.told("agent_assigned") == []
    await user.call("request_agent", conversation=conversation)
    await zhou.wait_for("agent_assigned", conversation=conversation)
    assert await user.refusal("cancel_waiting", conversation=conversation) == "conflict"


@pytest.mark.parametrize(("locale", "word"), [("zh-CN", "自动助手"), ("en", "automatic assistant")])
async def test_the_bot_greets_in_the_user_s_language_and_offers_the_topics(
    served: Served, locale: str, word: str
) -> None:
    user = await served.user("lin", locale=locale)
    await user.call("start_conversation", key="k1")
    greeting = await user.wait_for("message_posted")
    assert word in greeting["text"]
    assert greeting["by"]["role"] == "bot"
    assert greeting["by"]["id"] is None
    topics = (await served.get("/api/v1/topics")).body["topics"]
    language = locale[:2]
    assert sum(topic[language] in greeting["text"] for topic in topics) >= 3


@pytest.mark.parametrize("words", ["转人工", "I want to talk to a human please"])
async def test_the_bot_passes_on_whoever_asks_it_for_a_person(served: Served, words: str) -> None:
    user = await served.user("lin")
    await user.call("start_conversation", key="k1")
    conversation = (await user.wait_for("message_posted"))["conversation"]
    await user.say(conversation, words)
    assert (await user.wait_for("queued"))["by"]["role"] == "bot"
    zhou = await served.available("zhou")
    await zhou.wait_for("agent_assigned", conversation=conversation)


async def test_what_a_user_says_of_themselves_is_kept(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    attributes = {"app": "5.2.1", "链": "TRON"}
    conversation = await served.chat(user, zhou, topic="transfer", skill="nobody-has-it", attributes=attributes)
    shown = (await served.get(f"/api/v1/conversations/{conversation}", zhou)).body["conversation"]
    assert shown["topic"] == "transfer"
