"""The outbox: what was put with its cause is carried at least once, by one process at a time, and nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select, update

from chatserver.core.outbox import Draft, NotNow, Parcel, Undeliverable
from chatserver.infra.migrations import migrate
from chatserver.infra.outbox import OpenOutbox, rules, store
from chatserver.infra.outbox.store import OutboxFigures, Shown
from chatserver.infra.outbox.tables import outbox
from chatserver.infra.sql import OpenDatabase
from tests.trust_house import TurnedClock
from tests.vaults import sealed_database

SECRET = b"x" * 32
SOON_S = 20


@dataclass
class House:
    """A database with an outbox of one process, and what was brought to the receiver."""

    database: OpenDatabase
    clock: TurnedClock
    carried: list[Parcel] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)
    """What the next attempts end in."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def process(self) -> OpenOutbox:
        """The outbox as one process has it."""
        made = OpenOutbox(self.database, self.clock, SECRET)
        made.carry({"letter": self.carry})
        return made

    async def carry(self, parcel: Parcel) -> None:
        """The receiver."""
        self.news.set()
        if self.troubles:
            raise self.troubles.pop(0)
        self.carried.append(parcel)

    async def put(self, outbox_: OpenOutbox, target: str = "a@x.io", **more: str) -> str:
        """One parcel in a transaction of its own."""
        draft = Draft(**({"kind": "letter", "owner": "user:lin"} | more), target=target, payload=b"{}")
        return await self.database.write(lambda conn: outbox_.put(conn, draft))

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait for what the running outbox does."""
        async with asyncio.timeout(SOON_S):
            while not await holds():
                continue

    async def figures(self) -> OutboxFigures:
        """How many are in which state."""
        return await self.database.read(store.read_figures)

    async def rows(self) -> list[Shown]:
        """What has not been delivered."""
        return await self.database.read(lambda conn: store.read_rows(conn, 100))

    async def idle(self, outbox_: OpenOutbox, attempts: int) -> None:
        """Wait until so many attempts have ended and been kept."""

        async def ended() -> bool:
            return not await self.leased() and sum(outbox_.ended.values()) >= attempts

        await self.until(ended)

    async def leased(self) -> int:
        """Parcels that somebody carries."""
        carried = select(func.count()).where(outbox.c.lease_until.is_not(None), outbox.c.state == "waiting")
        return await self.database.read(lambda conn: conn.execute(carried).scalar_one())


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    await asyncio.to_thread(migrate, database_url)
    async with sealed_database(database_url) as database:
        yield House(database, TurnedClock())


@asynccontextmanager
async def running(*processes: OpenOutbox) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.run()) for one in processes]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def test_what_is_put_in_a_transaction_that_fails_is_never_carried(house: House) -> None:
    process = house.process()
    draft = Draft(kind="letter", owner="user:lin", target="a@x.io", payload=b"{}")

    def unit(conn: Connection) -> None:
        process.put(conn, draft)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await house.database.write(unit)
    async with running(process):
        kept = await house.put(process, "b@x.io")
        process.kick()
        await house.idle(process, 1)
    assert [parcel.id for parcel in house.carried] == [kept]


async def test_a_parcel_is_carried_with_its_id_and_then_nothing_of_it_is_kept(house: House) -> None:
    process = house.process()
    id_ = await house.put(process, about="c_1")
    async with running(process):
        await house.idle(process, 1)
    (parcel,) = house.carried
    assert (parcel.id, parcel.about, parcel.owner, parcel.payload, parcel.attempts) == (
        id_,
        "c_1",
        "user:lin",
        b"{}",
        1,
    )
    kept = await house.database.read(lambda conn: conn.execute(select(outbox)).one())
    assert (kept.state, bytes(kept.payload)) == ("delivered", b"")
    assert b"a@x.io" not in bytes(kept.target)
    house.clock.turn(seconds=rules.KEPT_MS / 1_000 + 1)
    await house.database.write(lambda conn: store.clean_up(conn, house.clock.now()))
    assert await house.database.read(lambda conn: conn.execute(select(outbox)).all()) == []


async def test_the_same_work_asked_for_twice_while_it_waits_is_done_once(house: House) -> None:
    process = house.process()
    assert await house.put(process) == await house.put(process)
    others = [await house.put(process, "b@x.io"), await house.put(process, about="c_2")]
    others.append(await house.put(process, owner="user:may"))
    async with running(process):
        await house.idle(process, 4)
    assert len({parcel.id for parcel in house.carried}) == 4
    again = await house.put(process)
    assert again not in {parcel.id for parcel in house.carried}, "after it was delivered it is asked for anew"


async def test_no_parcel_is_carried_by_two_processes_at_once(house: House) -> None:
    first, second = house.process(), house.process()
    ids = {await house.put(first, f"{number}@x.io") for number in range(40)}
    async with running(first, second):
        await house.until(lambda: _none_waiting(house))
    assert sorted(parcel.id for parcel in house.carried) == sorted(ids)


async def _none_waiting(house: House) -> bool:
    return not (await house.figures()).waiting


async def test_a_receiver_that_is_away_gets_it_later_with_the_same_id_and_longer_and_longer_pauses(
    house: House,
) -> None:
    process = house.process()
    id_ = await house.put(process)
    house.troubles = [NotNow("smtp 451"), ConnectionRefusedError(), TimeoutError()]
    pauses = []
    async with running(process):
        for attempt in range(1, 4):
            process.kick()
            await house.idle(process, attempt)
            (row,) = await house.rows()
            pauses.append(row.due_at - house.clock.now())
            assert (row.attempts, row.state) == (attempt, "waiting")
            house.clock.turn(seconds=pauses[-1] / 1_000)
        process.kick()
        await house.idle(process, 4)
    assert [parcel.id for parcel in house.carried] == [id_]
    for pause, longest_s in zip(pauses, (5, 10, 20), strict=True):
        assert longest_s * 500 <= pause <= longest_s * 1_000


async def test_a_receiver_that_is_away_for_a_day_is_given_up(house: House) -> None:
    process = house.process()
    await house.put(process)
    house.clock.turn(seconds=rules.GIVEN_UP_MS / 1_000)
    house.troubles = [NotNow("smtp 451")]
    async with running(process):
        await house.idle(process, 1)
    (row,) = await house.rows()
    assert (row.state, row.reason) == ("quarantined", "given up: smtp 451")


async def test_what_will_never_do_is_put_aside_at_once_and_holds_nobody_up(house: House) -> None:
    process = house.process()
    await house.put(process)
    house.troubles = [Undeliverable("smtp 550")]
    async with running(process):
        await house.idle(process, 1)
        await house.put(process, "b@x.io")
        process.kick()
        await house.idle(process, 2)
    assert [row.reason for row in await house.rows()] == ["smtp 550"]
    assert len(house.carried) == 1
    assert (await house.figures()).quarantined == {"letter": 1}


async def test_what_breaks_its_carrier_three_times_is_put_aside_and_an_operator_may_try_it_again(house: House) -> None:
    process = house.process()
    id_ = await house.put(process)
    house.troubles = [RuntimeError("secret of the user")] * 3
    async with running(process):
        for attempt in range(1, 4):
            process.kick()
            await house.idle(process, attempt)
            house.clock.turn(seconds=60)
        (row,) = await house.rows()
        assert (row.state, row.attempts, row.reason) == ("quarantined", 3, "RuntimeError")
        now = house.clock.now()
        assert await house.database.write(lambda conn: store.try_again(conn, id_, now))
        process.kick()
        await house.idle(process, 4)
    assert [parcel.id for parcel in house.carried] == [id_]
    assert not await house.database.write(lambda conn: store.drop(conn, id_)), "what was delivered is not dropped"


async def test_what_was_put_aside_can_be_dropped(house: House) -> None:
    process = house.process()
    id_ = await house.put(process)
    house.troubles = [Undeliverable("smtp 550")]
    async with running(process):
        await house.idle(process, 1)
    assert await house.database.write(lambda conn: store.drop(conn, id_))
    assert await house.rows() == []


async def test_a_parcel_whose_carrier_vanished_is_carried_by_another_and_the_late_result_counts_for_nothing(
    house: House,
) -> None:
    await house.put(house.process())
    now = house.clock.now()
    (lost,) = await house.database.write(lambda conn: store.take(conn, ["letter"], now, 4))
    assert await house.database.write(lambda conn: store.take(conn, ["letter"], now, 4)) == [], "it is leased"
    house.clock.turn(seconds=rules.LEASE_MS / 1_000)
    later = house.clock.now()
    (taken,) = await house.database.write(lambda conn: store.take(conn, ["letter"], later, 4))
    assert (taken.parcel.id, taken.parcel.attempts) == (lost.parcel.id, 2)
    late = rules.after("undeliverable", "late", lost.taken, later, 0.5)
    await house.database.write(lambda conn: store.settle(conn, lost, late, later))
    assert (await house.figures()).waiting == {"letter": 1}
    done = rules.after("delivered", "", taken.taken, later, 0.5)
    await house.database.write(lambda conn: store.settle(conn, taken, done, later))
    assert (await house.figures()).waiting == {}


async def test_what_ends_every_process_that_carries_it_is_put_aside(house: House) -> None:
    await house.put(house.process())
    for _ in range(rules.LOSSES_MOST):
        now = house.clock.now()
        taken = await house.database.write(lambda conn: store.take(conn, ["letter"], now, 4))  # noqa: B023
        assert len(taken) == 1
        house.clock.turn(seconds=rules.LEASE_MS / 1_000)
    now = house.clock.now()
    assert await house.database.write(lambda conn: store.take(conn, ["letter"], now, 4)) == []
    (row,) = await house.rows()
    assert (row.state, row.reason) == ("quarantined", "ended its process")


async def test_a_kind_that_nobody_here_carries_waits_for_a_process_that_does(house: House) -> None:
    process = house.process()
    await house.put(process, kind="push")
    await house.put(process)
    async with running(process):
        await house.idle(process, 1)
    assert [row.kind for row in await house.rows()] == ["push"]


async def test_limits_count_what_was_put_by_whom_and_for_whom_delivered_or_not(house: House) -> None:
    process = house.process()
    async with running(process):
        await house.put(process, "a@x.io")
        process.kick()
        await house.idle(process, 1)
        await house.put(process, "b@x.io", about="c_1")
        await house.put(process, "b@x.io", owner="user:may")

    def counts(conn: Connection) -> list[int]:
        asked: list[dict[str, str]] = [{"owner": "user:lin"}, {"target": "b@x.io"}, {"target": "c@x.io"}, {}]
        return [process.sent_since(conn, "letter", 0, **one) for one in asked]

    assert await house.database.read(counts) == [2, 2, 0, 3]
    later = house.clock.now() + 1
    assert await house.database.read(lambda conn: process.sent_since(conn, "letter", later)) == 0


async def test_a_row_that_was_changed_is_put_aside_and_holds_nobody_up(house: House) -> None:
    process = house.process()
    broken = await house.put(process)
    await house.put(process, "b@x.io")
    changed = update(outbox).where(outbox.c.id == broken).values(payload=b"{}")
    await house.database.write(lambda conn: conn.execute(changed) and None)
    async with running(process):
        await house.idle(process, 1)
    (row,) = await house.rows()
    assert (row.id, row.state, row.reason) == (broken, "quarantined", "unreadable")
    assert len(house.carried) == 1


async def test_what_is_in_a_parcel_is_sealed(house: House) -> None:
    process = house.process()
    draft = Draft(kind="letter", owner="user:lin", target="a@x.io", person="u_lin", payload=b"to lin@example.com")
    await house.database.write(lambda conn: process.put(conn, draft))
    row = await house.database.read(lambda conn: conn.execute(select(outbox)).one())
    assert b"example" not in bytes(row.payload)
    async with running(process):
        await house.idle(process, 1)
    assert house.carried[0].payload == draft.payload
