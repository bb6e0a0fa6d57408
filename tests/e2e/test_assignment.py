"""Direct assignment: at once, to the fitting agent, who must show a sign of life."""

from typing import Any

import pytest

from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served


async def waits(user: Person, **more: Any) -> str:
    """A conversation that waits for an agent."""
    started = await user.call("start_conversation", key="k1", want_agent=True, **more)
    return str(started["conversation"]["id"])


async def test_who_becomes_available_gets_whoever_waits(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.agent("zhou")
    conversation = await waits(user)
    state = await zhou.call("set_presence", status="available", capacity=2)
    assert state == {"status": "available", "capacity": 2, "active": state["active"]}
    await zhou.sees(zhou, conversation)
    assert await zhou.call("set_presence", status="away") == {"status": "away", "capacity": 2, "active": 1}


async def test_an_agent_is_offline_after_connect_and_gets_nothing(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.agent("zhou")
    await waits(user)
    for status in ("away", "offline"):
        await zhou.call("set_presence", status=status)
    assert await zhou.told("agent_assigned", "offer") == []


async def test_a_capacity_beyond_the_configured_one_or_below_one_is_invalid(served: Served) -> None:
    zhou = await served.agent("zhou", capacity=3)
    for capacity in (0, 4, -1, 1_001):
        with pytest.raises(Refused) as refusal:
            await zhou.call("set_presence", status="available", capacity=capacity)
        assert (refusal.value.code, refusal.value.field) == ("invalid", "capacity")
    for capacity in (1, 3):
        assert (await zhou.call("set_presence", status="away", capacity=capacity))["capacity"] == capacity


async def test_agents_hear_of_each_other_s_presence_and_users_do_not(served: Served) -> None:
    user, zhou, chen = await served.user("lin"), await served.agent("zhou"), await served.agent("chen")
    await zhou.call("set_presence", status="available")
    expected = {"agent": {"id": zhou.id, "name": "Zhou", "tier": 1}, "status": "available"}
    assert await chen.wait_for("presence") == expected
    assert await user.told("presence") == []


@pytest.mark.parametrize("sign", ["mark_read", "typing", "send_message", "add_note"])
async def test_an_agent_who_shows_a_sign_of_life_keeps_the_conversation(served: Served, sign: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "mark_read": {"seq": 0},
        "typing": {"on": True},
        "send_message": {"key": "k", "text": "hello"},
        "add_note": {"key": "k", "text": "looking"},
    }
    user, zhou = await served.user("lin"), await served.available("zhou")
    await served.available("meng")
    conversation = await served.chat(user, zhou)
    await zhou.call(sign, conversation=conversation, **bodies[sign])
    await served.sweep(after_s=3_600)
    assert "agent_left" not in await user.types(conversation)
    await zhou.say(conversation, "still mine")


async def test_who_does_not_reply_in_time_loses_it_to_another_fitting_agent(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    meng = await served.available("meng")
    await served.sweep(after_s=59)
    assert "agent_left" not in await user.types(conversation)
    await served.sweep(after_s=1)
    for one in (user, zhou):
        assert (await one.wait_for("agent_left"))["reason"] == "no_reply"
    for one in (user, meng):
        await one.sees(meng, conversation)
    assert (await user.types(conversation))[-3:] == ["agent_left", "queued", "agent_assigned"]
    assert await zhou.refusal("send_message", conversation=conversation, key="late", text="late") == "not_assigned"


async def test_who_was_lost_is_in_front_with_the_original_time(served: Served) -> None:
    zhou = await served.available("zhou", capacity=1)
    first, second = await served.user("first"), await served.user("second")
    lost = await served.chat(first, zhou)
    await waits(second)
    await zhou.call("set_presence", status="away")
    await served.sweep(after_s=61)
    await first.wait_for("agent_left")
    assert (await first.wait_for("queue_position", where=lambda body: body["position"] == 1))["conversation"] == lost
    meng = await served.available("meng", capacity=1)
    assert (await meng.wait_for("agent_assigned"))["conversation"] == lost


async def test_two_losses_in_a_row_make_an_agent_away(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    chen = await served.agent("chen")
    conversation = await served.chat(user, zhou)
    await served.sweep(after_s=61)
    await zhou.sees(zhou, conversation)
    await served.sweep(after_s=61)
    assert (await chen.wait_for("presence", where=lambda body: body["status"] == "away"))["agent"]["id"] == zhou.id
    assert (await user.types(conversation))[-2:] == ["agent_left", "queued"]
    listed = (await served.get("/api/v1/agents", chen)).body["agents"]
    assert next(one["status"] for one in listed if one["id"] == zhou.id) == "away"


async def test_a_reply_between_two_losses_starts_the_count_anew(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await served.sweep(after_s=61)
    await zhou.sees(zhou, conversation)
    await zhou.say(conversation, "here I am")
    second = await served.chat(await served.user("may"), zhou)
    await served.sweep(after_s=61)
    await zhou.wait_for("agent_left", conversation=second, reason="no_reply")
    await zhou.sees(zhou, second)


async def test_the_least_loaded_then_the_longest_idle_agent_comes_first(served: Served) -> None:
    zhou, meng = await served.available("zhou"), await served.available("meng")
    order = []
    for number in range(4):
        user = await served.user(f"u{number}")
        await waits(user)
        order.append((await user.wait_for("agent_assigned"))["agent"]["id"])
    assert order == [zhou.id, meng.id, zhou.id, meng.id]


async def test_a_skill_is_matched_and_one_that_nobody_has_keeps_nobody_waiting(served: Served) -> None:
    await served.available("zhou")
    kyc = await served.available("kyc", skills=("kyc",))
    user = await served.user("lin")
    await waits(user, skill="kyc")
    await user.sees(kyc)
    other = await served.user("may")
    await waits(other, skill="alchemy")
    await other.wait_for("agent_assigned")


async def test_who_needs_a_skill_waits_for_it_while_others_pass(served: Served) -> None:
    kyc = await served.available("kyc", skills=("kyc",), capacity=1)
    first, second, third = [await served.user(name) for name in ("first", "second", "third")]
    await waits(first, skill="kyc")
    await first.sees(kyc)
    await waits(second, skill="kyc")
    zhou = await served.available("zhou")
    await waits(third)
    await third.sees(zhou)
    assert await second.told("agent_assigned") == []


@pytest.mark.parametrize(("locale", "speaker"), [("zh-CN", "zhou"), ("en", "amy")])
async def test_the_user_s_language_is_preferred(served: Served, locale: str, speaker: str) -> None:
    agents = {"amy": await served.available("amy", skills=("en",))}
    agents["zhou"] = await served.available("zhou", skills=("zh",))
    user = await served.user("lin", locale=locale)
    await waits(user)
    await user.sees(agents[speaker])


async def test_nobody_waits_for_their_language(served: Served) -> None:
    amy = await served.available("amy", skills=("en",))
    user = await served.user("lin", locale="zh-CN")
    await waits(user)
    await user.sees(amy)


async def test_a_returning_user_gets_the_last_agent_when_free_and_does_not_wait_for_them(served: Served) -> None:
    zhou = await served.available("zhou", capacity=1)
    lin = await served.user("lin")
    conversation = await served.chat(lin, zhou)
    meng = await served.available("meng")
    await lin.call("close_conversation", conversation=conversation)
    await lin.call("start_conversation", key="again", want_agent=True)
    again = await lin.sees(zhou, None)
    while again["conversation"] == conversation:
        again = await lin.sees(zhou)
    await lin.call("close_conversation", conversation=again["conversation"])
    may = await served.user("may")
    await zhou.call("set_presence", status="away")
    await lin.call("start_conversation", key="third", want_agent=True)
    await lin.sees(meng)
    assert may.here


async def test_the_first_reply_s_time_is_a_setting(serve: Serve) -> None:
    served = await serve(first_reply_s=5)
    user, zhou = await served.user("lin"), await served.available("zhou")
    await served.chat(user, zhou)
    await served.sweep(after_s=5)
    assert (await user.wait_for("agent_left"))["reason"] == "no_reply"
