"""Giving a conversation to one colleague, who may refuse, or to a skill."""

import pytest

from tests.people import Person, Refused
from tests.serving import Served


async def serving_agents(served: Served) -> tuple[Person, Person, Person, str]:
    """A user served by the first of two agents of tier 1."""
    user, zhou = await served.user("lin"), await served.available("zhou", skills=("zh",))
    conversation = await served.chat(user, zhou, text="stuck")
    meng = await served.available("meng", skills=("en", "kyc"))
    return user, zhou, meng, conversation


async def rung(served: Served) -> tuple[Person, Person, Person, str, int]:
    """A transfer that rings at the colleague; also its epoch."""
    user, zhou, meng, conversation = await serving_agents(served)
    result = await zhou.call("transfer", conversation=conversation, to_agent=meng.id, note="knows kyc")
    assert result == {"status": "offered"}
    offer = await meng.wait_for("offer")
    assert offer == {**offer, "conversation": conversation, "preview": "stuck"}
    assert 0 < offer["expires_at"] - served.clock.now() <= 20_000
    return user, zhou, meng, conversation, offer["epoch"]


async def test_a_transfer_to_an_agent_is_an_offer_in_direct_assignment_too(served: Served) -> None:
    user, zhou, meng, conversation, epoch = await rung(served)
    accepted = await meng.call("accept_offer", conversation=conversation, epoch=epoch)
    assert accepted["conversation"]["status"] == "active"
    assert accepted["conversation"]["agent"]["id"] == meng.id
    for one in (user, meng):
        await one.sees(meng)
    assert (await user.types(conversation))[-3:] == ["agent_left", "queued", "agent_assigned"]
    assert (await user.wait_for("agent_left"))["reason"] == "transferred"
    assert [note["text"] for note in await meng.log(conversation, "internal")] == ["knows kyc"]
    assert await zhou.refusal("send_message", conversation=conversation, key="k", text="hi") == "not_assigned"
    again = await meng.call("accept_offer", conversation=conversation, epoch=epoch)
    assert again["conversation"]["status"] == "active"


async def test_a_declined_transfer_returns_to_its_sender(served: Served) -> None:
    user, zhou, meng, conversation, epoch = await rung(served)
    assert await meng.call("decline_offer", conversation=conversation, epoch=epoch) == {}
    await meng.wait_for("offer_withdrawn", epoch=epoch)
    for one in (user, zhou):
        await one.wait_for("agent_assigned", where=lambda event: event["agent"]["id"] == zhou.id and event["seq"] > 4)
    await zhou.say(conversation, "I am back")
    assert await meng.refusal("accept_offer", conversation=conversation, epoch=epoch) == "offer_expired"


async def test_an_unanswered_transfer_returns_to_its_sender(served: Served) -> None:
    _, zhou, meng, conversation, epoch = await rung(served)
    await served.sweep(after_s=21)
    await meng.wait_for("offer_withdrawn", epoch=epoch)
    await zhou.wait_for("agent_assigned", where=lambda event: event["seq"] > 4)
    await zhou.say(conversation, "I am back")


async def test_a_declined_transfer_whose_sender_is_gone_goes_to_somebody_else(served: Served) -> None:
    _, zhou, meng, conversation, epoch = await rung(served)
    await served.lost(zhou)
    li = await served.available("li")
    await meng.call("decline_offer", conversation=conversation, epoch=epoch)
    await li.wait_for("agent_assigned", conversation=conversation)


async def test_a_transfer_to_a_skill_waits_for_one_who_has_it(served: Served) -> None:
    user, zhou, meng, conversation = await serving_agents(served)
    await served.available("other")
    result = await zhou.call("transfer", conversation=conversation, to_skill="kyc", note="identity")
    assert result["status"] == "waiting"
    assigned = await user.wait_for("agent_assigned", where=lambda event: event["agent"]["id"] != zhou.id)
    assert assigned["agent"]["id"] == meng.id
    assert (await user.wait_for("agent_left"))["reason"] == "transferred"


async def test_repeating_a_transfer_gives_the_present_state(served: Served) -> None:
    _, zhou, meng, conversation, _ = await rung(served)
    again = await zhou.call("transfer", conversation=conversation, to_agent=meng.id, note="knows kyc")
    assert again == {"status": "offered"}
    assert len(await zhou.log(conversation, "internal")) == 1


async def test_repeating_a_transfer_to_a_skill_gives_the_present_state(served: Served) -> None:
    user, zhou, meng, conversation = await serving_agents(served)
    await meng.call("set_presence", status="away")
    for _ in range(2):
        assert (await zhou.call("transfer", conversation=conversation, to_skill="kyc"))["status"] == "waiting"
    assert (await user.types(conversation)).count("agent_left") == 1


async def test_who_or_what_nobody_knows_is_invalid(served: Served) -> None:
    _, zhou, meng, conversation = await serving_agents(served)
    auditor = await served.agent("auditor", role="auditor")
    for target, field in (
        ({"to_agent": "a_nobody"}, "to_agent"),
        ({"to_agent": auditor.id}, "to_agent"),
        ({"to_agent": zhou.id}, "to_agent"),
        ({"to_skill": "alchemy"}, "to_skill"),
        ({}, "to_agent"),
        ({"to_agent": meng.id, "to_skill": "kyc"}, "to_agent"),
    ):
        with pytest.raises(Refused) as refusal:
            await zhou.call("transfer", conversation=conversation, **target)
        assert (refusal.value.code, refusal.value.field) == ("invalid", field), target


async def test_a_colleague_who_is_not_there_full_or_of_another_tier_cannot_be_given_it(served: Served) -> None:
    _, zhou, meng, conversation = await serving_agents(served)
    await meng.call("set_presence", status="away")
    assert await zhou.refusal("transfer", conversation=conversation, to_agent=meng.id) == "conflict"
    chen = await served.available("chen", tier=2)
    assert await zhou.refusal("transfer", conversation=conversation, to_agent=chen.id) == "conflict"
    await meng.call("set_presence", status="available", capacity=1)
    await zhou.call("set_presence", status="away")
    await served.chat(await served.user("may"), meng)
    assert await zhou.refusal("transfer", conversation=conversation, to_agent=meng.id) == "capacity"
    await zhou.say(conversation, "still mine")


async def test_the_user_may_write_and_close_while_a_transfer_rings(served: Served) -> None:
    user, _, meng, conversation, epoch = await rung(served)
    await user.say(conversation, "hello?")
    await user.call("close_conversation", conversation=conversation)
    await meng.wait_for("offer_withdrawn", epoch=epoch)
    assert await meng.refusal("accept_offer", conversation=conversation, epoch=epoch) in {"closed", "offer_expired"}
