"""Assignment by offer: accepted in time, or on to the next."""

from tests.e2e.conftest import Serve
from tests.people import Person
from tests.serving import Served


async def ring(served: Served, user: Person, agent: Person) -> tuple[str, int]:
    """A conversation that rings at an agent, and the offer's epoch."""
    started = await user.call("start_conversation", key="k1", text="help me", want_agent=True)
    conversation = str(started["conversation"]["id"])
    offer = await agent.wait_for("offer", conversation=conversation)
    return conversation, int(offer["epoch"])


async def test_an_offer_tells_who_rings_until_when(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    screen = await served.agent("zhou")
    started = await user.call("start_conversation", key="k1", text="x" * 300, want_agent=True)
    assert started["conversation"]["status"] in {"waiting", "offered"}
    offers = [await device.wait_for("offer") for device in (zhou, screen)]
    assert offers[0] == offers[1]
    assert offers[0].keys() == {"conversation", "epoch", "expires_at", "preview"}
    assert 0 < offers[0]["expires_at"] - served.clock.now() <= 20_000
    assert offers[0]["preview"][:100] == "x" * 100
    again = await user.call("start_conversation", key="k2", want_agent=True)
    assert again["conversation"]["status"] == "offered"
    assert "agent" not in again["conversation"]
    asked = await user.call("request_agent", conversation=offers[0]["conversation"])
    assert asked == {"status": "offered", "position": None}
    assert "offer" not in {name for name, _ in user.heard}


async def test_an_accepted_offer_is_an_assignment_seen_by_both(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    accepted = (await zhou.call("accept_offer", conversation=conversation, epoch=epoch))["conversation"]
    assert (accepted["status"], accepted["agent"]) == ("active", {"id": zhou.id, "name": "Zhou", "tier": 1})
    for one in (user, zhou):
        await one.sees(zhou, conversation)
    assert (await zhou.call("accept_offer", conversation=conversation, epoch=epoch))["conversation"] == accepted
    assert (await user.types(conversation)).count("agent_assigned") == 1
    assert await zhou.refusal("decline_offer", conversation=conversation, epoch=epoch) == "offer_expired"


async def test_a_missed_offer_goes_to_the_next_agent(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    meng = await served.available("meng")
    await served.sweep(after_s=19)
    assert await zhou.told("offer_withdrawn") == []
    await served.sweep(after_s=2)
    assert (await zhou.wait_for("offer_withdrawn"))["epoch"] == epoch
    await meng.wait_for("offer", conversation=conversation)
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=epoch) == "offer_expired"


async def test_a_late_acceptance_is_refused_before_anybody_has_swept(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    served.clock.turn(seconds=20.5)
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=epoch) == "offer_expired"


async def test_a_declined_offer_goes_to_the_next_agent(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    meng = await served.available("meng")
    assert await zhou.call("decline_offer", conversation=conversation, epoch=epoch) == {}
    offer = await meng.wait_for("offer", conversation=conversation)
    assert offer["epoch"] > epoch
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=offer["epoch"]) == "offer_expired"
    assert await meng.refusal("accept_offer", conversation=conversation, epoch=epoch) == "offer_expired"
    await meng.call("accept_offer", conversation=conversation, epoch=offer["epoch"])
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=offer["epoch"]) == "offer_expired"


async def test_who_was_missed_is_in_front_with_the_original_time(serve_offers: Served) -> None:
    served = serve_offers
    first, second, zhou = await served.user("first"), await served.user("second"), await served.available("zhou")
    await zhou.call("set_presence", status="available", capacity=1)
    conversation, epoch = await ring(served, first, zhou)
    await second.call("start_conversation", key="k1", want_agent=True)
    await zhou.call("set_presence", status="away")
    await zhou.call("decline_offer", conversation=conversation, epoch=epoch)
    meng = await served.available("meng", capacity=1)
    assert (await meng.wait_for("offer"))["conversation"] == conversation


async def test_two_missed_offers_make_an_agent_away(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou, chen = await served.user("lin"), await served.available("zhou"), await served.agent("chen")
    await ring(served, user, zhou)
    await served.sweep(after_s=21)
    await zhou.wait_for("offer")
    await served.sweep(after_s=21)
    assert (await chen.wait_for("presence", where=lambda body: body["status"] == "away"))["agent"]["id"] == zhou.id
    assert await zhou.told("offer") == [body for name, body in zhou.heard if name == "offer"][:2]


async def test_an_accepted_offer_starts_the_count_of_misses_anew(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, _ = await ring(served, user, zhou)
    await served.sweep(after_s=21)
    offer = await zhou.wait_for("offer")
    await zhou.call("accept_offer", conversation=conversation, epoch=offer["epoch"])
    await zhou.say(conversation, "hello")
    await ring(served, await served.user("may"), zhou)
    await served.sweep(after_s=21)
    await zhou.wait_for("offer")


async def test_open_offers_ring_again_after_the_welcome(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    again = await served.agent("zhou")
    assert [one["status"] for one in again.welcome["conversations"]] == ["offered"]
    assert (await again.wait_for("offer"))["epoch"] == epoch
    assert [name for name, _ in again.heard][:2] == ["welcome", "offer"]
    await again.call("accept_offer", conversation=conversation, epoch=epoch)


async def test_a_user_who_stops_waiting_or_closes_withdraws_the_offer(serve_offers: Served) -> None:
    served = serve_offers
    zhou = await served.available("zhou")
    for name, command in (("lin", "cancel_waiting"), ("may", "close_conversation")):
        user = await served.user(name)
        conversation, epoch = await ring(served, user, zhou)
        await user.call(command, conversation=conversation)
        await zhou.wait_for("offer_withdrawn", conversation=conversation, epoch=epoch)
        code = await zhou.refusal("accept_offer", conversation=conversation, epoch=epoch)
        assert code in {"offer_expired", "closed"}


async def test_an_offer_that_never_was_is_expired_where_one_may_look_and_unknown_elsewhere(
    serve_offers: Served,
) -> None:
    served = serve_offers
    user, zhou, chen = await served.user("lin"), await served.available("zhou"), await served.agent("chen")
    conversation, epoch = await ring(served, user, zhou)
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=epoch + 1) == "offer_expired"
    assert await zhou.refusal("accept_offer", conversation=conversation, epoch=0) == "offer_expired"
    assert await chen.refusal("accept_offer", conversation=conversation, epoch=epoch) == "not_found"


async def test_an_offer_counts_as_a_taken_slot(serve_offers: Served) -> None:
    served = serve_offers
    zhou = await served.available("zhou", capacity=1)
    await ring(served, await served.user("lin"), zhou)
    assert (await zhou.call("set_presence", status="available"))["active"] == 1
    may = await served.user("may")
    await may.call("start_conversation", key="k1", want_agent=True)
    assert len(await zhou.told("offer")) == 1


async def test_an_offer_and_its_acceptance_start_the_clock_of_the_first_reply(serve: Serve) -> None:
    served = await serve(assignment="offer", offer_s=10, first_reply_s=30)
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, epoch = await ring(served, user, zhou)
    await zhou.call("accept_offer", conversation=conversation, epoch=epoch)
    await served.sweep(after_s=31)
    assert (await user.wait_for("agent_left"))["reason"] == "no_reply"
    await zhou.wait_for("offer", conversation=conversation, where=lambda offer: offer["epoch"] > epoch)


async def test_an_agent_who_leaves_while_it_rings_gives_it_to_the_next(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation, _ = await ring(served, user, zhou)
    await served.lost(zhou)
    meng = await served.available("meng")
    await served.sweep(after_s=21)
    await meng.wait_for("offer", conversation=conversation)
