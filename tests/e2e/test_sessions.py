"""How long somebody may stay: tokens that end, tokens that are renewed, accounts that are disabled."""

import pytest

from chatserver.operations import disable
from tests.e2e.conftest import Serve
from tests.people import Person, Refused
from tests.serving import Served

BEAT = {"ping_interval_s": 0.05}
"""Sockets look at their token with each ping, so a turned clock is noticed at once."""


async def test_a_minute_before_the_token_ends_the_socket_is_told_and_half_a_minute_after_it_closes(
    serve: Serve,
) -> None:
    served = await serve(**BEAT)
    user = await served.user("lin", ttl_s=300)
    served.clock.turn(seconds=238)
    assert await user.told("auth_expiring") == []
    served.clock.turn(seconds=5)
    assert 50_000 < (await user.wait_for("auth_expiring"))["in_ms"] <= 60_000
    served.clock.turn(seconds=80)
    await user.call("start_conversation", key="in-the-last-half-minute")
    served.clock.turn(seconds=10)
    await user.gone()


async def test_a_renewed_socket_stays_and_is_warned_of_the_new_end(serve: Serve) -> None:
    served = await serve(**BEAT)
    user = await served.user("lin", ttl_s=60)
    await user.wait_for("auth_expiring")
    renewed = await user.call("renew", token=served.user_token("lin", ttl_s=600))
    assert 590 <= renewed["expires_in"] <= 600
    served.clock.turn(seconds=539)
    assert len(await user.told("auth_expiring")) == 1
    served.clock.turn(seconds=2)
    await user.wait_for("auth_expiring")
    await user.call("start_conversation", key="still-here")


async def test_staff_renew_with_the_token_of_a_new_sign_in(served: Served) -> None:
    for name in ("agent", "supervisor", "admin", "auditor"):
        person = await served.agent(name, role=name)
        assert (await person.call("renew", token=served.agent_token(name)))["expires_in"] > 290


async def test_somebody_else_s_token_is_forbidden_and_ends_the_socket(served: Served) -> None:
    for name in ("zhou", "chen"):
        await served.account(name)
    intruders: list[tuple[Person, str]] = [
        (await served.user("lin"), served.user_token("may")),
        (await served.user("lin"), served.agent_token("zhou")),
        (await served.agent("zhou"), served.agent_token("chen")),
        (await served.agent("zhou"), served.user_token(served.accounts["zhou"].id)),
        (await served.visitor(), served.user_token("lin")),
    ]
    for person, token in intruders:
        assert await person.refusal("renew", token=token) == "forbidden"
        await person.gone()


async def test_a_token_that_is_no_good_renews_nothing_and_ends_nothing(served: Served) -> None:
    user = await served.user("lin")
    for token in ("", "x", "a.b.c", served.user_token("lin")[:-1]):
        assert await user.refusal("renew", token=token) == "unauthenticated"
    await user.call("start_conversation", key="k1")


async def test_a_disabled_agent_is_out_within_five_seconds(served: Served) -> None:
    devices = [await served.agent("zhou") for _ in range(2)]
    chen = await served.agent("chen")
    assert (await served.get("/api/v1/me", devices[0])).status == 200
    assert await disable(served.app.settings, "Zhou@x.io")
    for device in devices:
        await device.gone()
    assert (await served.get("/api/v1/me", devices[0])).status == 401
    with pytest.raises(Refused) as refusal:
        await served.agent("zhou")
    assert refusal.value.code == "unauthenticated"
    assert chen.here


async def test_what_a_disabled_agent_served_goes_back_to_the_queue(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.say(conversation, "Hello")
    await disable(served.app.settings, "zhou@x.io")
    await zhou.gone()
    await served.noticed(zhou)
    await served.sweep(after_s=61)
    assert (await user.wait_for("agent_left", conversation=conversation))["reason"] == "gone"
    chen = await served.available("chen")
    await chen.wait_for("agent_assigned", conversation=conversation)
