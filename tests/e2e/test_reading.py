"""Reading a log: pages, limits, and what passes without being kept."""

from typing import Any

import pytest

from chatserver.infra import hub
from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served


async def talked(user: Person, messages: list[str]) -> str:
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    for text in messages:
        await user.say(str(conversation), text)
    return str(conversation)


async def test_a_log_is_read_in_pages_from_wherever_one_is(served_on_both: Served) -> None:
    user = await served_on_both.user("lin")
    conversation = await talked(user, [str(number) for number in range(8)])
    page = await user.call("sync", conversation=conversation, after=0, limit=4)
    assert ([event["seq"] for event in page["events"]], page["last"], page["more"]) == ([1, 2, 3, 4], 10, True)
    page = await user.call("sync", conversation=conversation, after=4, limit=6)
    assert ([event["seq"] for event in page["events"]], page["last"], page["more"]) == ([5, 6, 7, 8, 9, 10], 10, False)
    for beyond in (10, 11, 2**53):
        page = await user.call("sync", conversation=conversation, after=beyond)
        assert page == {"events": [], "last": 10, "more": False}


async def test_a_page_holds_two_hundred_events_at_most_and_by_default(served: Served) -> None:
    user = await served.user("lin")
    conversation = await talked(user, [str(number) for number in range(203)])
    page = await user.call("sync", conversation=conversation, after=0)
    assert (len(page["events"]), page["last"], page["more"]) == (200, 205, True)
    for limit in (0, 201, -1):
        with pytest.raises(Refused) as refusal:
            await user.call("sync", conversation=conversation, after=0, limit=limit)
        assert (refusal.value.code, refusal.value.field) == ("invalid", "limit")
    with pytest.raises(Refused) as refusal:
        await user.call("sync", conversation=conversation, after=-1)
    assert (refusal.value.code, refusal.value.field) == ("invalid", "after")


async def test_a_page_of_long_messages_ends_at_256_kb(served: Served) -> None:
    user = await served.user("lin")
    text = "😀" * 4_000  # 16 kB
    conversation = await talked(user, [text] * 20)
    page = await user.call("sync", conversation=conversation, after=0)
    assert page["more"]
    assert 10 < len(page["events"]) <= 17
    assert [event["text"] for event in (await user.log(conversation))[2:]] == [text] * 20


async def test_typing_is_told_to_everybody_but_the_sending_socket(served: Served) -> None:
    phone, tablet = await served.user("lin"), await served.user("lin")
    zhou, screen = await served.available("zhou"), await served.agent("zhou")
    conversation = await served.chat(phone, zhou)
    assert await phone.call("typing", conversation=conversation, on=True, draft="how do I") == {}
    by = {"role": "user", "id": "lin", "name": "Lin"}
    for agent in (zhou, screen):
        heard = await agent.wait_for("typing")
        assert heard == {"conversation": conversation, "on": True, "by": by, "draft": "how do I"}
    assert await tablet.wait_for("typing") == {"conversation": conversation, "on": True, "by": by}
    assert await phone.told("typing") == []


async def test_an_agent_s_draft_is_not_shown_to_the_user(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    screen = await served.agent("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.call("typing", conversation=conversation, on=True, draft="wait, is this")
    await zhou.call("typing", conversation=conversation, on=False)
    by = {"role": "agent", "id": zhou.id, "name": "Zhou"}
    assert await user.wait_for("typing") == {"conversation": conversation, "on": True, "by": by}
    assert await user.wait_for("typing") == {"conversation": conversation, "on": False, "by": by}
    assert (await screen.wait_for("typing"))["draft"] == "wait, is this"
    assert await zhou.told("typing") == []


async def test_what_was_read_is_told_to_everybody_but_the_sending_socket(served: Served) -> None:
    phone, tablet = await served.user("lin"), await served.user("lin")
    zhou = await served.available("zhou")
    conversation = await served.chat(phone, zhou)
    assert await phone.call("mark_read", conversation=conversation, seq=2) == {}
    expected = {"conversation": conversation, "seq": 2, "by": {"role": "user", "id": "lin", "name": "Lin"}}
    assert await zhou.wait_for("read") == expected
    assert await tablet.wait_for("read") == expected
    assert await phone.told("read") == []


async def test_marking_less_than_before_changes_nothing_and_more_than_there_is_is_invalid(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for seq in (3, 2, 0, 3):
        assert await user.call("mark_read", conversation=conversation, seq=seq) == {}
    assert [read["seq"] for read in await zhou.told("read")] == [3]
    with pytest.raises(Refused) as refusal:
        await user.call("mark_read", conversation=conversation, seq=4)
    assert (refusal.value.code, refusal.value.field) == ("invalid", "seq")


async def test_typing_and_reading_in_a_closed_conversation_are_nothing(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await user.call("close_conversation", conversation=conversation)
    for one in (user, zhou):
        assert await one.call("typing", conversation=conversation, on=True) == {}
        assert await one.call("mark_read", conversation=conversation, seq=1) == {}
    assert await user.told("typing", "read") == []
    assert await zhou.told("typing", "read") == []


async def test_what_passes_reaches_nobody_else(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    others = [await served.user("may"), await served.agent("chen"), await served.agent("lead", role="supervisor")]
    conversation = await served.chat(user, zhou)
    await user.say(conversation, "hello")
    await user.call("typing", conversation=conversation, on=True, draft="h")
    await user.call("mark_read", conversation=conversation, seq=3)
    await zhou.call("add_note", conversation=conversation, key="n1", text="note")
    for other in others:
        await other.told()
        assert {name for name, _ in other.heard} <= {"welcome", "presence"}


async def test_heads_are_told_of_every_open_conversation(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub.HEADS_EVERY_S <= 15
    monkeypatch.setattr(hub, "HEADS_EVERY_S", 0.05)
    served = await serve()
    zhou = await served.available("zhou")
    conversations = [await served.chat(await served.user(name), zhou) for name in ("lin", "may")]

    def complete(heads: dict[str, Any]) -> bool:
        return heads == {conversation: {"public": 3, "internal": 0} for conversation in conversations}

    await zhou.wait_for("heads", where=complete)
