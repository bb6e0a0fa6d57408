"""Handing a conversation to the other tier, and taking it back."""

import asyncio

import pytest

from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served


async def handed(served: Served) -> tuple[Person, Person, str]:
    """A user whose conversation tier 1 has handed to tier 2, where nobody is."""
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou, text="stuck")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain", note="nonce gap")
    return user, zhou, conversation


async def test_a_handoff_queues_for_the_other_tier_with_the_place_kept(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    before = (await user.call("start_conversation", key="look"))["conversation"]
    result = await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain", note="nonce gap")
    assert result == {"status": "waiting", "tier": 2}
    for one in (user, zhou):
        event = await one.wait_for("handed_off")
        assert (event["from_tier"], event["to_tier"], event["reason"]) == (1, 2, "chain")
        assert event["by"] == {"role": "agent", "id": zhou.id, "name": "Zhou"}
    after = (await user.call("start_conversation", key="look-again"))["conversation"]
    assert (after["status"], after["tier"], after["epoch"]) == ("waiting", 2, before["epoch"] + 1)
    assert "agent" not in after
    assert (await user.types(conversation))[-1] == "handed_off"
    assert (await zhou.wait_for("note_added"))["text"] == "nonce gap"


async def test_who_waited_longer_comes_first_at_tier_2_too(served: Served) -> None:
    zhou = await served.available("zhou")
    first, second = await served.user("first"), await served.user("second")
    conversations = [await served.chat(user, zhou) for user in (first, second)]
    for conversation in reversed(conversations):
        await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    chen = await served.available("chen", tier=2, capacity=1)
    assert (await chen.wait_for("agent_assigned"))["conversation"] == conversations[0]


async def test_tier_2_reads_everything_before_its_own_first_word(served: Served) -> None:
    user, _, conversation = await handed(served)
    await user.say(conversation, "hello?")
    chen = await served.available("chen", tier=2)
    await chen.wait_for("agent_assigned", conversation=conversation)
    history = await chen.log(conversation)
    assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
    assert [event["text"] for event in history if event["type"] == "message_posted"] == ["stuck", "hello?"]
    assert [note["text"] for note in await chen.log(conversation, "internal")] == ["nonce gap"]
    assert (await chen.say(conversation, "I am Chen"))["seq"] == len(history) + 1


async def test_nothing_written_during_handoffs_is_lost_or_out_of_order(served_on_both: Served) -> None:
    served = served_on_both
    user = await served.user("lin")
    agents = [await served.available("zhou"), await served.available("chen", tier=2)]
    conversation = await served.chat(user, agents[0])

    async def write() -> None:
        for number in range(60):
            await user.say(conversation, str(number))

    async def hand_to_and_fro() -> None:
        for turn in range(5):
            giver, taker = agents[turn % 2], agents[(turn + 1) % 2]
            await giver.call("hand_off", conversation=conversation, to_tier=2 - turn % 2, reason="chain")
            await taker.sees(taker)

    await asyncio.gather(write(), hand_to_and_fro())
    history = await agents[0].log(conversation)
    assert [event["text"] for event in history if event["type"] == "message_posted"] == [str(n) for n in range(60)]
    assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
    assert [event["type"] for event in history].count("handed_off") == 5


async def test_a_late_word_of_tier_1_is_refused_and_not_posted(served: Served) -> None:
    user, zhou, conversation = await handed(served)
    assert await zhou.refusal("send_message", conversation=conversation, key="late", text="late") == "not_assigned"
    assert "late" not in [message["text"] for message in await user.told("message_posted")]


async def test_handing_off_again_gives_the_present_state(served: Served) -> None:
    _, zhou, conversation = await handed(served)
    again = await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain", note="once more")
    assert again == {"status": "waiting", "tier": 2}
    chen = await served.available("chen", tier=2)
    await chen.wait_for("agent_assigned")
    again = await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    assert again == {"status": "active", "tier": 2}
    assert (await chen.types(conversation)).count("handed_off") == 1
    assert len(await chen.log(conversation, "internal")) == 1


async def test_handing_to_one_s_own_or_no_tier_is_invalid(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for tier in (1, 0, 3):
        with pytest.raises(Refused) as refusal:
            await zhou.call("hand_off", conversation=conversation, to_tier=tier, reason="chain")
        assert (refusal.value.code, refusal.value.field) == ("invalid", "to_tier")


async def test_tier_2_hands_back_to_tier_1(served: Served) -> None:
    _, zhou, conversation = await handed(served)
    chen = await served.available("chen", tier=2)
    await chen.wait_for("agent_assigned")
    result = await chen.call("hand_off", conversation=conversation, to_tier=1, reason="routine")
    assert (result["status"], result["tier"]) in {("waiting", 1), ("active", 1)}
    await zhou.sees(zhou)


async def test_who_handed_off_goes_on_hearing_and_takes_it_back_while_nobody_serves_it(served: Served) -> None:
    user, zhou, conversation = await handed(served)
    await user.say(conversation, "still here")
    await zhou.wait_for("message_posted", text="still here")
    taken = await zhou.call("take_back", conversation=conversation)
    assert (taken["conversation"]["status"], taken["conversation"]["tier"]) == ("active", 1)
    assert taken["conversation"]["agent"] == {"id": zhou.id, "name": "Zhou", "tier": 1}
    assigned = await user.wait_for("agent_assigned", where=lambda event: event["by"]["id"] == zhou.id)
    assert assigned["agent"]["id"] == zhou.id
    again = await zhou.call("take_back", conversation=conversation)
    assert again["conversation"]["status"] == "active"
    await zhou.say(conversation, "back again")
    chen = await served.available("chen", tier=2)
    assert await chen.told("agent_assigned", "offer") == []


async def test_nothing_is_taken_back_once_somebody_serves_it(served: Served) -> None:
    _, zhou, conversation = await handed(served)
    other = await served.available("other")
    assert await other.refusal("take_back", conversation=conversation) == "not_found"
    chen = await served.available("chen", tier=2)
    await chen.wait_for("agent_assigned")
    assert await zhou.refusal("take_back", conversation=conversation) == "conflict"


async def test_taking_back_withdraws_the_offer_to_tier_2(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    await user.call("start_conversation", key="k1", want_agent=True)
    offer = await zhou.wait_for("offer")
    conversation = offer["conversation"]
    await zhou.call("accept_offer", conversation=conversation, epoch=offer["epoch"])
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    chen = await served.available("chen", tier=2)
    ringing = await chen.wait_for("offer")
    await zhou.call("take_back", conversation=conversation)
    assert (await chen.wait_for("offer_withdrawn"))["epoch"] == ringing["epoch"]
    refusal = await chen.refusal("accept_offer", conversation=conversation, epoch=ringing["epoch"])
    assert refusal == "offer_expired"
    await zhou.say(conversation, "mine again")


async def test_taking_back_needs_a_free_slot(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou", capacity=1)
    conversation = await served.chat(user, zhou)
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await served.chat(await served.user("may"), zhou)
    assert await zhou.refusal("take_back", conversation=conversation) == "capacity"


async def test_a_note_that_comes_with_a_handoff_may_be_long_but_not_too_long(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    body = {"conversation": conversation, "to_tier": 2, "reason": "chain"}
    assert await zhou.refusal("hand_off", **body, note="x" * 4_001) == "too_large"
    await zhou.call("hand_off", **body, note="笔" * 4_000)
    assert (await zhou.wait_for("note_added"))["text"] == "笔" * 4_000


async def test_after_five_times_a_supervisor_decides_who_helps(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou, chen = await served.user("lin"), await served.available("zhou"), await served.available("chen", tier=2)
    conversation = await served.chat(user, zhou)
    sides = [(zhou, 2), (chen, 1)]
    for turn in range(5):
        owner, tier = sides[turn % 2]
        await owner.call("hand_off", conversation=conversation, to_tier=tier, reason="not mine")
        other = sides[1 - turn % 2][0]
        for one in (user, other):
            await one.wait_for("agent_assigned", seq=5 + 2 * turn)
    refusal = {"conversation": conversation, "to_tier": 1, "reason": "not mine either"}
    assert await chen.refusal("hand_off", **refusal) == "forbidden"
    assert await chen.refusal("transfer", conversation=conversation, to_agent=zhou.id) == "forbidden"
    await chen.say(conversation, "I am still here")
    lead = await served.agent("lead", role="supervisor")
    await lead.call("reassign", conversation=conversation, to_agent=zhou.id, reason="knows it best")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="once more")


async def test_how_often_a_chat_is_handed_on_is_a_setting(serve: Serve) -> None:
    served = await serve(hand_ons=1)
    user, zhou, chen = await served.user("lin"), await served.available("zhou"), await served.available("chen", tier=2)
    conversation = await served.chat(user, zhou)
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    assert await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")  # the ack was lost
    await user.sees(chen)
    assert await chen.refusal("hand_off", conversation=conversation, to_tier=1, reason="no") == "forbidden"
