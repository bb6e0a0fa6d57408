"""Second factors, sign-ins and fresh proofs, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
import pytest_asyncio

from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.trust.factors import codes
from chatserver.trust.factors.messages import ConfirmCode, Enrolled, Enrolling, SteppedUp, StepUp
from chatserver.trust.factors.step_up import StepUps
from chatserver.trust.messages import SignedIn
from tests.trust_house import PASSWORD, House, open_house

EMAIL = "ann@x.io"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with open_house(database_url) as opened:
        await opened.enrol(EMAIL, name="Ann")
        yield opened


async def refusal(attempt: Awaitable[object]) -> ChatError:
    with pytest.raises(ChatError) as refused:
        await attempt
    return refused.value


async def session_of(house: House, signed_in: SignedIn) -> Session:
    return await house.gate.of_request(f"Bearer {signed_in.access_token}")


async def ask(house: House, verb: str, session: Session, body: Any = None, **path: str) -> Any:
    request = house.request(body, session=session)
    request.path.update(path)
    return await getattr(house.security, verb)(request)


async def with_app(house: House) -> tuple[str, list[str]]:
    """An account whose authenticator app is confirmed: the app's secret, and the recovery codes."""
    session = await session_of(house, await house.sign_in(EMAIL))
    begun: Enrolling = await ask(house, "begin_authenticator", session)
    confirmed: Enrolled = await ask(
        house, "confirm_authenticator", session, ConfirmCode(code=code(house, begun.secret))
    )
    house.clock.turn(seconds=60)  # the code that confirmed is used up
    return begun.secret, confirmed.recovery_codes


def code(house: House, secret: str, *, steps: int = 0) -> str:
    return codes.code_at(secret, codes.step_of(house.clock.now()) + steps)


async def test_with_an_app_a_password_alone_is_not_enough(house: House) -> None:
    secret, _ = await with_app(house)
    without = await refusal(house.sign_in(EMAIL))
    wrong = await refusal(house.sign_in(EMAIL, code="000000"))
    password = await refusal(house.sign_in(EMAIL, "wrong", code=code(house, secret)))
    assert {(one.code, one.message) for one in (without, wrong, password)} == {("unauthenticated", wrong.message)}
    assert (await house.sign_in(EMAIL, code=code(house, secret))).agent.email == EMAIL


async def test_where_many_guess_together_the_owner_comes_in_with_a_code_from_anywhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.trust.guessing.FAILURES_A_NAME", 3)
    secret, _ = await with_app(house)
    for machine in range(3):
        await refusal(house.sign_in(EMAIL, "wrong", address=f"203.0.113.{machine}"))
    elsewhere = "198.51.100.9"
    assert (await refusal(house.sign_in(EMAIL, address=elsewhere))).code == "rate_limited"
    assert (await refusal(house.sign_in(EMAIL, code="000000", address=elsewhere))).code == "unauthenticated"
    signed_in = await house.sign_in(EMAIL, code=code(house, secret), address=elsewhere)
    assert signed_in.agent.email == EMAIL


async def test_an_app_that_was_not_confirmed_locks_nobody_out(house: House) -> None:
    session = await session_of(house, await house.sign_in(EMAIL))
    await ask(house, "begin_authenticator", session)
    assert (await refusal(ask(house, "confirm_authenticator", session, ConfirmCode(code="000000")))).field == "code"
    assert await house.sign_in(EMAIL)


async def test_a_code_is_good_once_also_when_it_comes_twice_at_the_same_instant(house: House) -> None:
    secret, _ = await with_app(house)
    now = code(house, secret)
    tries = [house.sign_in(EMAIL, code=now, address=f"192.0.2.{place}") for place in range(4)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, SignedIn) for one in outcomes) == 1
    assert (await refusal(house.sign_in(EMAIL, code=now))).code == "unauthenticated"


async def test_a_phones_clock_may_be_half_a_minute_off_and_no_more(house: House) -> None:
    secret, _ = await with_app(house)
    assert (await refusal(house.sign_in(EMAIL, code=code(house, secret, steps=2)))).code == "unauthenticated"
    assert await house.sign_in(EMAIL, code=code(house, secret, steps=1))
    earlier = code(house, secret, steps=-1)  # before the one just used
    assert (await refusal(house.sign_in(EMAIL, code=earlier))).code == "unauthenticated"


async def test_after_five_wrong_codes_the_right_one_waits_for_five_minutes(house: House) -> None:
    secret, _ = await with_app(house)
    for place in range(5):
        await refusal(house.sign_in(EMAIL, code="000000", address=f"192.0.2.{place}"))
    elsewhere = house.sign_in(EMAIL, code=code(house, secret), address="192.0.2.9")
    assert (await refusal(elsewhere)).code == "unauthenticated"
    house.clock.turn(seconds=301)
    assert await house.sign_in(EMAIL, code=code(house, secret), address="192.0.2.9")


async def test_after_a_hundred_wrong_codes_in_a_row_only_an_administrator_helps(house: House) -> None:
    secret, _ = await with_app(house)
    for number in range(100):
        if number % 5 == 0:
            house.clock.turn(seconds=1_801)
        await refusal(house.sign_in(EMAIL, code="000000", address=f"198.51.{number // 250}.{number % 250}"))
    house.clock.turn(seconds=1_801)
    assert (await refusal(house.sign_in(EMAIL, code=code(house, secret)))).code == "unauthenticated"
    admin = await house.enrol("root@x.io", name="Root", role="admin")
    ann = (await house.roster_of(EMAIL)).id
    await ask(house, "reset_factors", await session_of(house, await house.sign_in(admin.email)), agent=ann)
    assert await house.sign_in(EMAIL)


async def test_nobody_resets_their_own_factors(house: House) -> None:
    admin = await house.enrol("root@x.io", name="Root", role="admin")
    session = await session_of(house, await house.sign_in(admin.email))
    assert (await refusal(ask(house, "reset_factors", session, agent=admin.id))).code == "forbidden"


async def test_a_recovery_code_stands_in_for_the_app_once(house: House) -> None:
    _, recovery = await with_app(house)
    assert len(set(recovery)) == 10
    assert await house.sign_in(EMAIL, code=recovery[0].upper().replace("-", " "))
    assert (await refusal(house.sign_in(EMAIL, code=recovery[0]))).code == "unauthenticated"
    session = await session_of(house, await house.sign_in(EMAIL, code=recovery[1]))
    assert (await ask(house, "security", session)).recovery_codes_left == 8
    fresh: Enrolled = await ask(house, "recovery_codes", session)
    assert (await refusal(house.sign_in(EMAIL, code=recovery[2]))).code == "unauthenticated"
    assert await house.sign_in(EMAIL, code=fresh.recovery_codes[0])


async def test_the_secret_of_an_app_is_not_stored_as_it_is(house: House) -> None:
    secret, recovery = await with_app(house)
    stored = await house.database.read(lambda conn: [bytes(row.secret) for row in conn.execute(house.secrets())])
    assert secret.encode() not in stored[0]
    assert recovery[0].encode() not in stored[0]


async def test_sign_ins_are_listed_and_end_at_once(house: House) -> None:
    first = await session_of(house, await house.sign_in(EMAIL))
    house.clock.turn(seconds=10)
    second = await house.sign_in(EMAIL)
    session = await session_of(house, second)
    shown = (await ask(house, "security", session)).sign_ins
    assert [one.current for one in shown] == [True, False]
    await ask(house, "end_one", session, sign_in=str(first.family))
    assert await house.staff.signed_out([str(first.family), str(session.family)]) == {first.family}
    third = await session_of(house, await house.sign_in(EMAIL))
    assert [one.id for one in (await ask(house, "end_others", session)).sign_ins] == [session.family]
    assert await house.staff.signed_out([str(third.family)]) == {third.family}
    assert (await refusal(ask(house, "end_one", session, sign_in="f_unknown"))).code == "not_found"


async def test_a_dangerous_act_wants_a_fresh_proof_for_itself(house: House) -> None:
    secret, _ = await with_app(house)
    step_ups = StepUps(house.database, house.clock)
    session = await session_of(house, await house.sign_in(EMAIL, code=code(house, secret)))
    needed = await refusal(step_ups.check(session, "erase"))
    assert (needed.code, needed.field) == ("forbidden", "step_up.erase")
    house.clock.turn(seconds=60)
    by_password = await refusal(ask(house, "step_up", session, StepUp(action="erase", password=PASSWORD)))
    assert by_password.field == "proof"
    done: SteppedUp = await ask(house, "step_up", session, StepUp(action="erase", code=code(house, secret)))
    assert done.expires_in == 300
    await step_ups.check(session, "erase")
    assert (await refusal(step_ups.check(session, "export"))).code == "forbidden"
    house.clock.turn(seconds=301)
    assert (await refusal(step_ups.check(session, "erase"))).code == "forbidden"


async def test_without_a_second_factor_the_password_is_the_fresh_proof(house: House) -> None:
    step_ups = StepUps(house.database, house.clock)
    session = await session_of(house, await house.sign_in(EMAIL))
    assert (await refusal(ask(house, "step_up", session, StepUp(action="erase", password="wrong")))).field == "proof"
    await ask(house, "step_up", session, StepUp(action="erase", password=PASSWORD))
    await step_ups.check(session, "erase")
    other = await session_of(house, await house.sign_in(EMAIL))
    assert (await refusal(step_ups.check(other, "erase"))).code == "forbidden"


async def test_a_token_that_an_operator_made_needs_no_fresh_proof(house: House) -> None:
    account = await house.roster_of(EMAIL)
    session = await house.gate.of_request(f"Bearer {house.tokens.mint(account)}")
    await StepUps(house.database, house.clock).check(session, "erase")
