"""Two requests for one account at the same instant on PostgreSQL: what is counted of it is counted one by one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, text

from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.trust.audit.trail import Trail
from chatserver.trust.factors import store
from chatserver.trust.factors.proof import Proof
from chatserver.trust.oversight import store as oversight
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.rules import LIMITS
from chatserver.trust.oversight.watch import Watch
from chatserver.trust.sign_ins import Origin
from chatserver.trust.tokens import open_family, rotate
from tests.desk_house import HeardHub
from tests.held_rows import other_session
from tests.trust_house import OWN_KEY, House, open_house

EMAIL = "ann@x.io"


@pytest.fixture
async def house(pg_url: str) -> AsyncIterator[House]:
    async with open_house(pg_url) as opened:
        await opened.enrol(EMAIL, name="Ann")
        yield opened


async def at_once(house: House, pg_url: str, held: str, *units: Callable[[Connection], Any]) -> list[Any]:
    """What comes of units that have all begun, and all come to what another session holds."""
    async with other_session(pg_url) as other:
        await other.run(held)
        both = asyncio.gather(*map(house.database.write, units), return_exceptions=True)
        await other.waited_for(len(units))
        await other.run("ROLLBACK")
    return list(await both)


async def test_recovery_codes_asked_for_twice_at_once_are_ten(house: House, pg_url: str) -> None:
    ann, proof = await house.roster_of(EMAIL), Proof(OWN_KEY)
    first = await house.database.write(lambda conn: proof.new_recovery_codes(conn, ann.id))

    def again(conn: Connection) -> list[str]:
        return proof.new_recovery_codes(conn, ann.id)

    outcomes = await at_once(house, pg_url, "SELECT * FROM recovery_codes FOR UPDATE", again, again)
    assert len(first) == 10
    assert [len(codes) for codes in outcomes] == [10, 10]
    assert await house.database.read(lambda conn: store.recovery_codes_left(conn, ann.id)) == 10


async def test_two_first_wrong_codes_at_once_are_both_counted(house: House, pg_url: str) -> None:
    ann, proof = await house.roster_of(EMAIL), Proof(OWN_KEY)

    def guess(conn: Connection) -> bool:
        return proof.holds(conn, ann.id, "abcde-fghij", house.clock.now())

    held = f"INSERT INTO proof_misses VALUES ('{ann.id}', 1, 0, 1)"
    assert await at_once(house, pg_url, held, guess, guess) == [False, False]
    counted = text("SELECT in_window FROM proof_misses")
    assert await house.database.read(lambda conn: conn.execute(counted).scalar()) == 2


async def test_a_recovery_code_opens_once_also_on_two_processes_at_once(house: House, pg_url: str) -> None:
    ann, proof = await house.roster_of(EMAIL), Proof(OWN_KEY)
    code = (await house.database.write(lambda conn: proof.new_recovery_codes(conn, ann.id)))[0]

    def opens(conn: Connection) -> bool:
        return proof.holds(conn, ann.id, code, house.clock.now())

    outcomes = await at_once(house, pg_url, "SELECT * FROM recovery_codes FOR UPDATE", opens, opens)
    assert sorted(outcomes) == [False, True]


async def test_a_challenge_is_answered_once_also_on_two_processes_at_once(house: House, pg_url: str) -> None:
    now = house.clock.now()
    await house.database.write(lambda conn: store.ask(conn, b"secret", "sign_in", now, ttl_ms=60_000))

    def answer(conn: Connection) -> Any:
        return store.answered(conn, b"secret", "sign_in", now)

    outcomes = await at_once(house, pg_url, "SELECT * FROM challenges FOR UPDATE", answer, answer)
    assert sorted(outcome is None for outcome in outcomes) == [False, True]


async def test_a_refresh_token_used_twice_at_once_ends_the_sign_in(house: House, pg_url: str) -> None:
    ann, now = await house.roster_of(EMAIL), house.clock.now()
    begun = await house.database.write(lambda conn: open_family(conn, ann, now, 60_000, Origin()))

    def renew(conn: Connection) -> Any:
        return rotate(conn, begun.refresh_token, now)

    outcomes = await at_once(house, pg_url, "SELECT * FROM refresh_tokens FOR UPDATE", renew, renew)
    renewed = [one for one in outcomes if one is not None]
    assert len(renewed) == 1
    late = await house.database.write(lambda conn: rotate(conn, renewed[0].refresh_token, now))
    assert late is None


async def test_two_looks_at_the_limit_at_once_are_one_too_many(
    house: House, pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await house.roster_of(EMAIL)
    trail = Trail(house.database, house.clock, b"the key of the audit log")
    watch = Watch(trail, trail, Alerts(house.database, house.clock, HeardHub()), rate_factor=1)
    session = Session("s_ann", ann.role, ann.id, "Ann", tier=1)
    most = LIMITS["reveals"].most
    for number in range(most - 1):
        await watch.take(session, "reveals", f"lin field-{number}")
    place = oversight.place_of_look

    def slow(conn: Connection, *asked: Any) -> Any:
        conn.execute(text("SELECT pg_sleep(0.3)"))  # both have noted theirs before either counts
        return place(conn, *asked)

    monkeypatch.setattr(oversight, "place_of_look", slow)
    taken = [watch.take(session, "reveals", f"lin last-{number}") for number in range(2)]
    outcomes = await asyncio.gather(*taken, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, ChatError)]
    assert [one.code for one in refused] == ["rate_limited"]
