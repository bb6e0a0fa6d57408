"""Signing in, refreshing and signing out, on both databases."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Column, Connection, func, select

from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.trust.agents import disable_agent, enable_agent, read_by_email
from chatserver.trust.messages import Profile, SignedIn
from chatserver.trust.tables import agents, refresh_families, refresh_tokens
from tests.trust_house import PASSWORD, House, open_house

EMAIL = "ann@x.io"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        await opened.enrol(EMAIL, name="Ann", tier=2, skills=["zh"])
        yield opened


async def refusal(attempt: Awaitable[object]) -> ChatError:
    with pytest.raises(ChatError) as refused:
        await attempt
    return refused.value


async def bearer(house: House, signed_in: SignedIn) -> Session:
    return await house.gate.of_request(f"Bearer {signed_in.access_token}")


def count(column: Column[Any], conn: Connection) -> int:
    return conn.execute(select(func.count(column))).scalar_one()


async def disable(house: House) -> None:
    await house.database.write(lambda conn: disable_agent(conn, EMAIL, house.clock.now()))


async def enable(house: House) -> None:
    await house.database.write(lambda conn: enable_agent(conn, EMAIL, house.clock.now()))


async def test_the_right_password_gives_tokens_and_the_account(house: House) -> None:
    signed_in = await house.sign_in(" ANN@x.io ")
    session = await bearer(house, signed_in)
    assert signed_in.expires_in == 900
    assert signed_in.agent == Profile(session.subject, "Ann", EMAIL, "agent", 2, ["zh"])
    assert (session.role, session.name, session.tier) == (Role.AGENT, "Ann", 2)
    assert session.expires_at == house.clock.now() + 900_000


async def test_whatever_is_wrong_the_answer_is_the_same(house: House) -> None:
    wrong = await refusal(house.sign_in(EMAIL, "wrong"))
    unknown = await refusal(house.sign_in("nobody@x.io"))
    stale = await refusal(house.refresh("never given out"))
    out = await refusal(house.sign_out("never given out"))
    await disable(house)
    disabled = await refusal(house.sign_in(EMAIL))
    assert {(one.code, one.message, one.field) for one in (wrong, unknown, stale, out, disabled)} == {
        ("unauthenticated", wrong.message, None)
    }


async def test_an_account_that_there_is_not_takes_as_long_as_a_wrong_password(house: House) -> None:
    took: dict[str, list[float]] = {EMAIL: [], "nobody@x.io": []}
    for round_ in range(60):
        for email, times in took.items():
            began = time.process_time()  # of all threads: what else the machine does is not in it
            await refusal(house.sign_in(email, "wrong", address=f"198.51.{round_}.7"))
            times.append(time.process_time() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    # A hash that is not computed would make it a tenth; the noise of a busy machine is a few per cent.
    assert 0.8 < unknown / known < 1.25


async def test_an_account_without_a_password_cannot_be_signed_in_to(house: House) -> None:
    await house.database.write(lambda conn: conn.execute(agents.update().values(password=None)))
    assert (await refusal(house.sign_in(EMAIL))).code == "unauthenticated"


async def test_after_five_wrong_passwords_the_right_one_has_to_wait(house: House) -> None:
    for _ in range(5):
        assert (await refusal(house.sign_in(EMAIL, "wrong"))).code == "unauthenticated"
    limited = await refusal(house.sign_in(EMAIL))
    assert (limited.code, limited.retry_after_ms) == ("rate_limited", 1_800_000)
    assert (await house.sign_in(EMAIL, address="198.51.100.9")).agent.email == EMAIL
    house.clock.turn(seconds=1_800)
    assert (await house.sign_in(EMAIL)).agent.email == EMAIL


async def test_where_many_guess_together_a_password_alone_is_taken_from_known_networks_only(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.trust.guessing.FAILURES_A_NAME", 3)
    await house.sign_in(EMAIL)
    for machine in range(3):
        await refusal(house.sign_in(EMAIL, "wrong", address=f"203.0.113.{machine}"))
    limited = await refusal(house.sign_in(EMAIL, address="198.51.100.9"))
    assert (limited.code, limited.retry_after_ms) == ("rate_limited", 1_800_000)
    # An account without a second factor: a code that cannot be right tells nothing of the password.
    assert (await refusal(house.sign_in(EMAIL, code="000000", address="198.51.100.9"))).code == "unauthenticated"
    assert (await house.sign_in(EMAIL)).agent.email == EMAIL
    house.clock.turn(seconds=1_800)
    assert (await house.sign_in(EMAIL, address="198.51.100.9")).agent.email == EMAIL


async def test_unknown_accounts_are_limited_just_the_same(house: House) -> None:
    for _ in range(5):
        await refusal(house.sign_in("nobody@x.io"))
    assert (await refusal(house.sign_in("nobody@x.io"))).code == "rate_limited"


async def test_many_devices_of_one_agent_may_sign_in_at_once(house: House) -> None:
    signed_in = await asyncio.gather(*(house.sign_in(EMAIL) for _ in range(20)))
    assert len({one.refresh_token for one in signed_in}) == 20


async def test_a_refresh_token_gives_new_tokens_and_is_used_up(house: House) -> None:
    first = await house.sign_in(EMAIL)
    house.clock.turn(seconds=800)
    second = await house.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    house.clock.turn(seconds=200)
    assert (await refusal(bearer(house, first))).code == "unauthenticated"
    assert (await bearer(house, second)).name == "Ann"


async def test_a_second_use_ends_the_family_for_both_who_hold_it(house: House) -> None:
    first = await house.sign_in(EMAIL)
    other = await house.sign_in(EMAIL)
    second = await house.refresh(first.refresh_token)
    assert (await refusal(house.refresh(first.refresh_token))).code == "unauthenticated"
    assert (await refusal(house.refresh(second.refresh_token))).code == "unauthenticated"
    assert (await refusal(bearer(house, second))).code == "unauthenticated"
    assert (await bearer(house, other)).name == "Ann"
    assert (await house.refresh(other.refresh_token)).agent.email == EMAIL


async def test_of_those_who_use_a_token_at_once_one_wins_and_the_family_ends(house: House) -> None:
    first = await house.sign_in(EMAIL)
    answers = await asyncio.gather(*(house.refresh(first.refresh_token) for _ in range(6)), return_exceptions=True)
    won = [one for one in answers if isinstance(one, SignedIn)]
    assert len(won) == 1
    assert (await refusal(house.refresh(won[0].refresh_token))).code == "unauthenticated"


async def test_refreshing_does_not_prolong_a_working_day(house: House) -> None:
    tokens = await house.sign_in(EMAIL)
    house.clock.turn(seconds=43_100)
    tokens = await house.refresh(tokens.refresh_token)
    assert (await bearer(house, tokens)).name == "Ann"
    house.clock.turn(seconds=100)
    assert (await refusal(house.refresh(tokens.refresh_token))).code == "unauthenticated"
    assert (await refusal(bearer(house, tokens))).code == "unauthenticated"


async def test_signing_out_voids_every_token_of_that_sign_in_only(house: House) -> None:
    first, other = await house.sign_in(EMAIL), await house.sign_in(EMAIL)
    assert (await bearer(house, first)).name == "Ann"
    second = await house.refresh(first.refresh_token)
    await house.sign_out(second.refresh_token)
    await house.sign_out(second.refresh_token)
    house.clock.turn(seconds=2)
    for stale in (first, second):
        assert (await refusal(bearer(house, stale))).code == "unauthenticated"
        assert (await refusal(house.refresh(stale.refresh_token))).code == "unauthenticated"
    assert (await bearer(house, other)).name == "Ann"


async def test_a_disabled_agent_is_refused_everywhere_within_two_seconds(house: House) -> None:
    signed_in = await house.sign_in(EMAIL)
    session = await bearer(house, signed_in)
    await disable(house)
    house.clock.turn(seconds=2)
    for attempt in (
        bearer(house, signed_in),
        house.gate.admit({"as": "agent", "token": signed_in.access_token}),
        house.refresh(signed_in.refresh_token),
        house.sign_in(EMAIL),
        house.api.me(house.request(None, session=session)),
    ):
        assert (await refusal(attempt)).code == "unauthenticated"


async def test_an_account_disabled_by_hand_in_the_database_is_disabled_too(house: House) -> None:
    signed_in = await house.sign_in(EMAIL)
    await house.database.write(lambda conn: conn.execute(agents.update().values(disabled_at=1)))
    assert (await refusal(bearer(house, signed_in))).code == "unauthenticated"
    assert (await refusal(house.refresh(signed_in.refresh_token))).code == "unauthenticated"


async def test_the_tick_names_the_revoked_and_their_next_request_is_refused_at_once(house: House) -> None:
    bob = await house.enrol("bob@x.io")
    signed_in = await house.sign_in(EMAIL)
    ann = (await bearer(house, signed_in)).identity
    connected = [ann, f"agent:{bob.id}", "agent:a_gone", "user:alice"]
    assert await house.staff.revoked(connected) == {"agent:a_gone"}
    await disable(house)
    assert await house.staff.revoked(connected) == {ann, "agent:a_gone"}
    assert (await refusal(bearer(house, signed_in))).code == "unauthenticated"
    assert await house.staff.revoked([]) == set()
    assert await house.staff.revoked(f"agent:a_{number}" for number in range(1_200)) == {
        f"agent:a_{number}" for number in range(1_200)
    }


async def test_the_tick_names_the_sign_ins_that_have_ended(house: House) -> None:
    first, second = [await house.sign_in(EMAIL) for _ in range(2)]
    left, stays = [(await bearer(house, one)).family for one in (first, second)]
    assert left is not None
    assert stays is not None
    assert await house.staff.signed_out([left, stays, left]) == set()
    await house.sign_out(first.refresh_token)
    assert await house.staff.signed_out([left, stays, left]) == {left}
    assert await house.staff.signed_out([]) == set()


async def test_enabling_lets_nobody_in_with_tokens_from_before(house: House) -> None:
    before = await house.sign_in(EMAIL)
    ann = await house.database.read(lambda conn: read_by_email(conn, EMAIL))
    assert ann is not None
    minted = house.tokens.mint(ann)
    assert (await house.gate.of_request(f"Bearer {minted}")).name == "Ann"
    await disable(house)
    await enable(house)
    house.clock.turn(seconds=2)
    assert (await refusal(bearer(house, before))).code == "unauthenticated"
    assert (await refusal(house.gate.of_request(f"Bearer {minted}"))).code == "unauthenticated"
    assert (await refusal(house.refresh(before.refresh_token))).code == "unauthenticated"
    assert (await bearer(house, await house.sign_in(EMAIL))).name == "Ann"


async def test_ones_own_account_is_told_as_it_is_now(house: House) -> None:
    signed_in = await house.sign_in(EMAIL)
    session = await bearer(house, signed_in)
    assert await house.api.me(house.request(None, session=session)) == signed_in.agent


async def test_only_digests_are_stored_and_old_sign_ins_are_forgotten(house: House) -> None:
    first = await house.sign_in(EMAIL)
    stored = await house.database.read(lambda conn: conn.execute(select(refresh_tokens.c.digest)).scalars().all())
    assert all(first.refresh_token.encode() not in digest for digest in stored)
    house.clock.turn(seconds=43_200 + 86_401)
    await house.sign_in(EMAIL)
    for column in (refresh_families.c.id, refresh_tokens.c.digest):
        assert await house.database.read(partial(count, column)) == 1


async def test_known_and_unknown_accounts_cost_the_same_work(house: House) -> None:
    verified: list[bool] = []
    original = house.passwords.verify

    async def counted(stored: str | None, password: str) -> bool:
        verified.append(stored is not None)
        return await original(stored, password)

    house.passwords.verify = counted  # type: ignore[method-assign]
    for email in (EMAIL, "nobody@x.io"):
        await refusal(house.sign_in(email, PASSWORD + "!"))
    assert verified == [True, False]
