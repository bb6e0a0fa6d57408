"""Users and agents who go away, come back, or do not."""

import pytest

from tests.e2e.conftest import Serve
from tests.serving import Served


async def test_an_agent_back_within_a_minute_has_the_status_of_before(served: Served) -> None:
    zhou = await served.available("zhou")
    await served.lost(zhou)
    user = await served.user("lin")
    await user.call("start_conversation", key="k1", want_agent=True)
    served.clock.turn(seconds=20)
    again = await served.agent("zhou")
    await again.sees(again)


async def test_an_agent_back_later_is_offline(served: Served) -> None:
    zhou = await served.available("zhou")
    await served.lost(zhou)
    await served.sweep(after_s=61)
    again = await served.agent("zhou")
    user = await served.user("lin")
    await user.call("start_conversation", key="k1", want_agent=True)
    assert await again.told("agent_assigned") == []
    agents = (await served.get("/api/v1/agents", again)).body["agents"]
    assert [agent["status"] for agent in agents] == ["offline"]


async def test_nothing_new_comes_to_an_agent_without_a_link(served: Served) -> None:
    zhou, meng = await served.available("zhou"), await served.available("meng")
    await served.lost(zhou)
    for number in range(3):
        user = await served.user(f"u{number}")
        await user.call("start_conversation", key="k1", want_agent=True)
        await user.sees(meng)


async def test_the_user_is_told_after_15_s_that_the_agent_s_link_is_lost_and_when_it_is_back(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    chen, other = await served.agent("chen"), await served.user("may")
    conversation = await served.chat(user, zhou)
    await zhou.say(conversation, "hello")
    await served.lost(zhou)
    await served.sweep(after_s=14)
    assert await user.told("presence") == []
    await served.sweep(after_s=2)
    agent = {"id": zhou.id, "name": "Zhou", "tier": 1}
    for one in (user, chen):
        assert await one.wait_for("presence", status="offline") == {"agent": agent, "status": "offline"}
    await served.agent("zhou")
    for one in (user, chen):
        assert await one.wait_for("presence", status="available") == {"agent": agent, "status": "available"}
    assert await other.told("presence") == []
    assert "agent_left" not in await user.types(conversation)


async def test_a_short_loss_heals_unseen(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.say(conversation, "hello")
    await served.lost(zhou)
    await served.sweep(after_s=10)
    again = await served.agent("zhou")
    await again.say(conversation, "sorry, the lift")
    await user.wait_for("message_posted", text="sorry, the lift")
    assert await user.told("presence") == []


async def test_an_agent_who_does_not_come_back_loses_everything_to_others_in_front(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.say(conversation, "hello")
    await served.lost(zhou)
    await user.say(conversation, "are you there?")
    late = await served.user("late")
    await late.call("start_conversation", key="k1", want_agent=True)
    await served.sweep(after_s=61)
    assert (await user.wait_for("agent_left"))["reason"] == "gone"
    assert (await user.types(conversation))[-2:] == ["agent_left", "queued"]
    meng = await served.available("meng", capacity=1)
    assert (await meng.wait_for("agent_assigned"))["conversation"] == conversation
    texts = [event.get("text") for event in await meng.log(conversation) if event["type"] == "message_posted"]
    assert texts == ["hello", "are you there?"]
    again = await served.agent("zhou")
    assert again.welcome["conversations"] == []
    assert await again.refusal("send_message", conversation=conversation, key="k", text="late") == "not_assigned"


async def test_one_device_of_several_is_enough_to_be_there(served: Served) -> None:
    user, zhou, phone = await served.user("lin"), await served.available("zhou"), await served.agent("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.say(conversation, "hello")
    await zhou.leave()
    await served.sweep(after_s=120)
    await phone.say(conversation, "from my phone")
    assert "agent_left" not in await user.types(conversation)


async def test_a_waiting_user_who_stays_away_leaves_the_queue(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    await served.lost(user)
    await served.sweep(after_s=119)
    again = await served.user("lin")
    assert [one["status"] for one in again.welcome["conversations"]] == ["waiting"]
    await served.lost(again)
    await served.sweep(after_s=121)
    back = await served.user("lin")
    (shown,) = back.welcome["conversations"]
    assert (shown["id"], shown["status"]) == (conversation, "bot")
    left = (await back.log(conversation))[-1]
    assert (left["type"], left["reason"], left["by"]["role"]) == ("queue_left", "abandoned", "system")
    zhou = await served.available("zhou")
    assert await zhou.told("agent_assigned") == []


async def test_who_comes_back_in_time_keeps_the_place(served: Served) -> None:
    first, second = await served.user("first"), await served.user("second")
    conversation = (await first.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    await second.call("start_conversation", key="k1", want_agent=True)
    await served.lost(first)
    await served.sweep(after_s=100)
    again = await served.user("first")
    assert again.welcome["conversations"][0]["position"] == 1
    await served.sweep(after_s=3_600)
    zhou = await served.available("zhou", capacity=1)
    assert (await zhou.wait_for("agent_assigned"))["conversation"] == conversation


@pytest.mark.parametrize("assignment", ["direct", "offer"])
async def test_gone_is_a_setting_and_needs_no_turned_clock(serve: Serve, assignment: str) -> None:
    served = await serve(assignment=assignment, agent_gone_s=0.1, user_gone_s=0.1, offer_s=60)
    user, zhou = await served.user("lin"), await served.available("zhou")
    started = await user.call("start_conversation", key="k1", want_agent=True)
    await zhou.wait_for("agent_assigned" if assignment == "direct" else "offer")
    await zhou.leave()
    meng = await served.available("meng")
    await meng.wait_for("agent_assigned" if assignment == "direct" else "offer")
    assert meng.here
    assert started["conversation"]["id"]
