"""The bound on guessing: tight for one place, never a lock on the account."""

import asyncio

import pytest

from chatserver.core.errors import ChatError
from chatserver.trust import guessing
from chatserver.trust.guessing import (
    FAILURES_A_NAME,
    FAILURES_A_PAIR,
    FAILURES_AN_ADDRESS,
    WINDOW_MS,
    GuessLimit,
    network_of,
)
from tests.trust_house import TurnedClock, quick_passwords

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def limit(clock: TurnedClock) -> GuessLimit:
    return GuessLimit(clock, rate_factor=1)


def fail(limit: GuessLimit, times: int, email: str = "a@x", address: str = HERE) -> None:
    for _ in range(times):
        limit.check(email, address)
        limit.failed(email, address)


def refused(limit: GuessLimit, email: str = "a@x", address: str = HERE) -> int | None:
    """For how many ms the next try is refused, None when it is not."""
    try:
        limit.check(email, address)
    except ChatError as error:
        return error.retry_after_ms if error.code == "rate_limited" else None
    return None


def test_the_sixth_guess_waits_until_the_first_is_half_an_hour_old(limit: GuessLimit, clock: TurnedClock) -> None:
    fail(limit, 1)
    clock.turn(seconds=60)
    fail(limit, FAILURES_A_PAIR - 1)
    assert refused(limit) == WINDOW_MS - 60_000
    clock.turn(seconds=WINDOW_MS / 1_000 - 60)
    assert refused(limit) is None
    fail(limit, 1)
    assert refused(limit) == 60_000


def test_nobody_locks_the_owner_out_from_elsewhere(limit: GuessLimit) -> None:
    fail(limit, FAILURES_A_PAIR)
    assert refused(limit) is not None
    assert refused(limit, address=ELSEWHERE) is None
    assert refused(limit, email="b@x") is None


def test_the_right_password_wipes_the_slate(limit: GuessLimit) -> None:
    fail(limit, FAILURES_A_PAIR - 1)
    limit.succeeded("a@x", HERE)
    fail(limit, FAILURES_A_PAIR - 1)
    assert refused(limit) is None


def test_one_address_cannot_try_a_password_on_everybody(limit: GuessLimit) -> None:
    for number in range(FAILURES_AN_ADDRESS):
        fail(limit, 1, f"{number}@x")
    assert refused(limit, "next@x") == WINDOW_MS
    assert refused(limit, "next@x", ELSEWHERE) is None


@pytest.mark.parametrize(("factor", "allowed"), [(2, 10), (0.1, 1), (0, 200)])
def test_the_rate_factor_multiplies_and_zero_lifts(clock: TurnedClock, factor: float, allowed: int) -> None:
    limit = GuessLimit(clock, factor)
    fail(limit, allowed)
    assert (refused(limit) is None) == (factor == 0)


def test_what_is_remembered_is_bounded(limit: GuessLimit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guessing, "REMEMBERED", 10)
    for number in range(50):
        fail(limit, 1, f"{number}@x", f"192.0.2.{number}")
    fail(limit, FAILURES_A_PAIR, "49@x", "192.0.2.200")
    assert len(limit._failures) == 10
    assert refused(limit, "49@x", "192.0.2.200") is not None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("a socket", "a socket"),
    ],
)
def test_a_customers_whole_ipv6_network_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_guesses_sent_at_once_are_counted_one_by_one(limit: GuessLimit) -> None:
    tried, passwords = 0, quick_passwords()

    async def guess() -> None:
        nonlocal tried
        async with limit.turn("a@x", HERE):
            limit.check("a@x", HERE)
            await passwords.verify(None, "guess")
            tried += 1
            limit.failed("a@x", HERE)

    answers = await asyncio.gather(*(guess() for _ in range(50)), return_exceptions=True)
    assert tried == FAILURES_A_PAIR
    assert sum(isinstance(answer, ChatError) for answer in answers) == 50 - FAILURES_A_PAIR


def test_many_machines_together_are_stopped_and_the_owner_is_not(limit: GuessLimit, clock: TurnedClock) -> None:
    limit.succeeded("a@x", HERE)
    for machine in range(FAILURES_A_NAME):
        fail(limit, 1, address=f"203.0.113.{machine}")
    assert limit.besieged_ms("a@x", ELSEWHERE) == WINDOW_MS
    assert limit.besieged_ms("a@x", HERE) == 0
    assert limit.besieged_ms("b@x", ELSEWHERE) == 0
    clock.turn(seconds=WINDOW_MS / 1_000)
    assert limit.besieged_ms("a@x", ELSEWHERE) == 0


def test_no_limit_means_none(clock: TurnedClock) -> None:
    limit = GuessLimit(clock, rate_factor=0)
    for machine in range(FAILURES_A_NAME):
        fail(limit, 1, address=f"203.0.113.{machine}")
    assert limit.besieged_ms("a@x", ELSEWHERE) == 0
