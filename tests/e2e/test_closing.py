"""The end of a conversation, its rating, and its going on after all."""

import asyncio
from typing import Any

import pytest

from tests.people import Person, Refused
from tests.serving import Served


async def ended(served: Served) -> tuple[Person, Person, str]:
    """A user, the agent who closed their conversation, and the conversation."""
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    assert await zhou.call("close_conversation", conversation=conversation, disposition="solved") == {}
    return user, zhou, conversation


async def test_closing_is_told_to_both_with_the_disposition(served_on_both: Served) -> None:
    user, zhou, conversation = await ended(served_on_both)
    for one in (user, zhou):
        event = await one.wait_for("conversation_closed")
        assert (event["conversation"], event["disposition"], event["by"]["id"]) == (conversation, "solved", zhou.id)


async def test_without_a_disposition_it_is_null(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1"))["conversation"]["id"]
    await user.call("close_conversation", conversation=conversation)
    assert (await user.wait_for("conversation_closed"))["disposition"] is None


async def test_closing_a_closed_one_changes_nothing(served: Served) -> None:
    user, zhou, conversation = await ended(served)
    for one in (user, zhou):
        assert await one.call("close_conversation", conversation=conversation, disposition="again") == {}
    assert (await user.types(conversation)).count("conversation_closed") == 1


async def test_everything_else_in_a_closed_one_is_closed(served: Served) -> None:
    user, zhou, conversation = await ended(served)
    for name, body in (("send_message", {"key": "k", "text": "x"}), ("request_agent", {}), ("cancel_waiting", {})):
        assert await user.refusal(name, conversation=conversation, **body) == "closed"
    commands: tuple[tuple[str, dict[str, Any]], ...] = (
        ("send_message", {"key": "k", "text": "x"}),
        ("add_note", {"key": "k", "text": "x"}),
        ("hand_off", {"to_tier": 2, "reason": "x"}),
        ("take_back", {}),
        ("transfer", {"to_agent": "a_x"}),
    )
    for name, body in commands:
        assert await zhou.refusal(name, conversation=conversation, **body) == "closed"


async def test_a_closed_conversation_frees_the_slot(served: Served) -> None:
    zhou = await served.available("zhou", capacity=1)
    first, second = await served.user("first"), await served.user("second")
    conversation = await served.chat(first, zhou)
    await second.call("start_conversation", key="k1", want_agent=True)
    assert await second.told("agent_assigned") == []
    await first.call("close_conversation", conversation=conversation)
    await second.sees(zhou)


async def test_a_message_and_a_close_at_once_leave_it_stored_before_or_refused(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    for turn in range(15):
        conversation = await served.chat(user, zhou)
        sent = user.reply("send_message", {"conversation": conversation, "key": f"k{turn}", "text": "wait"})
        closing = zhou.reply("close_conversation", {"conversation": conversation})
        reply = (await asyncio.gather(sent, closing))[0]
        log = await user.log(conversation)
        posted = [event["seq"] for event in log if event["type"] == "message_posted"]
        closed = next(event["seq"] for event in log if event["type"] == "conversation_closed")
        assert posted == ([reply["result"]["seq"]] if reply["ok"] else [])
        assert all(seq < closed for seq in posted)
        assert reply["ok"] or reply["error"]["code"] == "closed"


# Rating


async def test_a_rating_is_kept_told_and_replaced_by_a_later_one(served_on_both: Served) -> None:
    user, zhou, conversation = await ended(served_on_both)
    assert await user.call("rate_conversation", conversation=conversation, score=2) == {}
    more = {"solved": True, "attitude": 5, "professionalism": 4, "comment": "快！"}
    assert await user.call("rate_conversation", conversation=conversation, score=5, **more) == {}
    rated = [event for event in await user.log(conversation) if event["type"] == "conversation_rated"]
    assert [event["score"] for event in rated] == [2, 5]
    assert {name: rated[1][name] for name in more} == more
    assert not more.keys() & rated[0].keys()
    assert (await zhou.wait_for("conversation_rated"))["score"] == 2


async def test_only_what_has_ended_is_rated_by_its_user_from_one_to_five(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    assert await user.refusal("rate_conversation", conversation=conversation, score=5) == "conflict"
    await user.call("close_conversation", conversation=conversation)
    assert await zhou.refusal("rate_conversation", conversation=conversation, score=5) == "forbidden"
    other = await served.user("may")
    assert await other.refusal("rate_conversation", conversation=conversation, score=5) == "not_found"
    for field in ("score", "attitude", "professionalism"):
        for value in (0, 6, -1, 4.5, "5", True):
            with pytest.raises(Refused) as refusal:
                await user.call("rate_conversation", conversation=conversation, **{"score": 5, field: value})
            assert (refusal.value.code, refusal.value.field) == ("invalid", field)


# Reopening


async def test_who_had_it_reopens_it_and_serves_it(served_on_both: Served) -> None:
    user, zhou, conversation = await ended(served_on_both)
    reopened = await zhou.call("reopen_conversation", conversation=conversation)
    assert reopened["conversation"]["status"] == "active"
    assert reopened["conversation"]["agent"]["id"] == zhou.id
    event = await user.wait_for("conversation_reopened")
    assert event["disposition"] == "solved"
    assert (await user.types(conversation))[-2:] == ["conversation_reopened", "agent_assigned"]
    again = await zhou.call("reopen_conversation", conversation=conversation)
    assert again == reopened
    await zhou.say(conversation, "one more thing")
    await user.say(conversation, "yes?")


async def test_a_supervisor_reopens_it_for_whoever_is_free(served: Served) -> None:
    user, zhou, conversation = await ended(served)
    lead = await served.agent("lead", role="supervisor")
    for _ in range(2):
        reopened = await lead.call("reopen_conversation", conversation=conversation)
        assert reopened["conversation"]["status"] in {"waiting", "active"}
    await user.wait_for("agent_assigned", where=lambda event: event["seq"] > 4)
    assert (await user.types(conversation)).count("conversation_reopened") == 1
    assert zhou.here


async def test_nobody_else_reopens_it(served: Served) -> None:
    user, _, conversation = await ended(served)
    meng = await served.agent("meng")
    assert await meng.refusal("reopen_conversation", conversation=conversation) == "not_found"
    assert await user.refusal("reopen_conversation", conversation=conversation) == "forbidden"


async def test_an_agent_who_had_it_before_another_does_not_reopen_it(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    chen = await served.available("chen", tier=2)
    conversation = await served.chat(user, zhou)
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await chen.sees(chen)
    await chen.call("close_conversation", conversation=conversation)
    assert await zhou.refusal("reopen_conversation", conversation=conversation) == "not_assigned"
    assert (await chen.call("reopen_conversation", conversation=conversation))["conversation"]["tier"] == 2


async def test_after_24_hours_or_beside_an_open_one_it_stays_closed(served: Served) -> None:
    user, zhou, conversation = await ended(served)
    await user.call("start_conversation", key="another")
    assert await zhou.refusal("reopen_conversation", conversation=conversation) == "conflict"
    may = await served.user("may")
    other = await served.chat(may, zhou)
    await zhou.call("close_conversation", conversation=other)
    served.clock.turn(seconds=24 * 3_600 + 1)
    assert await zhou.refusal("reopen_conversation", conversation=other) == "conflict"


async def test_reopening_needs_a_free_slot(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou", capacity=1)
    conversation = await served.chat(user, zhou)
    await zhou.call("close_conversation", conversation=conversation)
    await served.chat(await served.user("may"), zhou)
    assert await zhou.refusal("reopen_conversation", conversation=conversation) == "capacity"
