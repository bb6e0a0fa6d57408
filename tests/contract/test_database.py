"""What `core.ports.Database` promises, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError

from chatserver.core.errors import ChatError
from chatserver.infra.sql import OpenDatabase, open_database, units

notes = Table(
    "notes",
    MetaData(),
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("lane", Text, nullable=False),
    Column("body", Text, nullable=False, unique=True),
)


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[OpenDatabase]:
    """An open database with the table `notes`."""
    async with open_database(database_url) as opened:
        await opened.write(notes.create)
        yield opened


def write_note(body: str, lane: str = "a", *, poison: bool = False) -> Callable[[Connection], str]:
    """A unit that stores one note, and may fail after it did."""

    def unit(conn: Connection) -> str:
        conn.execute(insert(notes).values(lane=lane, body=body))
        if poison:
            raise ValueError(body)
        return body

    return unit


def bodies(conn: Connection) -> list[str]:
    """All notes in the order in which they were stored."""
    return list(conn.execute(select(notes.c.body).order_by(notes.c.number)).scalars())


async def test_what_was_written_is_read(database: OpenDatabase) -> None:
    assert await database.write(write_note("one")) == "one"
    assert await database.read(bodies) == ["one"]


async def test_a_poison_unit_does_not_hurt_its_neighbours(database: OpenDatabase) -> None:
    units_ = [write_note(f"{number}", poison=number % 5 == 3) for number in range(20)]
    answers = await asyncio.gather(*(database.write(unit, lane="a") for unit in units_), return_exceptions=True)
    failed = [number for number, answer in enumerate(answers) if isinstance(answer, ValueError)]
    assert failed == [3, 8, 13, 18]
    assert await database.read(bodies) == [f"{number}" for number in range(20) if number not in failed]


async def test_a_poison_unit_alone_leaves_nothing(database: OpenDatabase) -> None:
    with pytest.raises(ValueError, match="one"):
        await database.write(write_note("one", poison=True))
    assert await database.read(bodies) == []
    assert await database.write(write_note("one")) == "one"


async def test_a_broken_constraint_reaches_its_caller_as_such(database: OpenDatabase) -> None:
    answers = await asyncio.gather(
        *(database.write(write_note(body), lane="a") for body in ("one", "one", "two")), return_exceptions=True
    )
    assert isinstance(answers[1], IntegrityError)
    assert await database.read(bodies) == ["one", "two"]


async def test_a_lane_keeps_its_order(database: OpenDatabase) -> None:
    given = [(f"lane{number % 7}", f"{number}") for number in range(700)]
    await asyncio.gather(*(database.write(write_note(body, lane), lane=lane) for lane, body in given))
    stored = await database.read(bodies)
    for lane in {lane for lane, _ in given}:
        mine = [body for other, body in given if other == lane]
        assert [body for body in stored if body in mine] == mine


async def test_units_that_wait_together_share_a_commit(database: OpenDatabase) -> None:
    before = database.figures.batches
    await asyncio.gather(*(database.write(write_note(f"{number}"), lane="a") for number in range(200)))
    assert database.figures.batches - before <= 3
    assert database.figures.units >= 200


async def test_then_is_called_after_the_commit_in_commit_order(database: OpenDatabase) -> None:
    told: list[str] = []
    seen: list[asyncio.Task[list[str]]] = []

    def then(body: str) -> None:
        told.append(body)
        seen.append(asyncio.ensure_future(database.read(bodies)))

    await asyncio.gather(*(database.write(write_note(f"{n}"), lane="a", then=then) for n in range(30)))
    assert told == await database.read(bodies)
    for body, task in zip(told, seen, strict=True):
        assert body in await task


async def test_then_is_not_called_for_a_unit_that_failed(database: OpenDatabase) -> None:
    told: list[str] = []
    with pytest.raises(ValueError, match="one"):
        await database.write(write_note("one", poison=True), then=told.append)
    assert told == []


async def test_then_is_called_although_its_caller_was_cancelled(database: OpenDatabase) -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    caller = asyncio.ensure_future(database.write(write_note("one"), lane="a", then=told.set_result))
    await asyncio.sleep(0)  # lets the caller hand its unit over
    caller.cancel()
    assert await told == "one"
    assert await database.read(bodies) == ["one"]
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_listener_that_fails_does_not_make_the_write_fail(database: OpenDatabase) -> None:
    def then(_: str) -> None:
        raise RuntimeError("a defect of the listener")

    assert await database.write(write_note("one"), then=then) == "one"


async def test_what_waits_is_written_before_it_closes(database_url: str) -> None:
    async with open_database(database_url) as database:
        await database.write(notes.create)
        waiting = [asyncio.ensure_future(database.write(write_note(f"{n}"), lane=f"{n}")) for n in range(50)]
        await asyncio.sleep(0)  # lets the callers hand their units over
    assert [await task for task in waiting] == [f"{number}" for number in range(50)]
    async with open_database(database_url) as database:
        assert len(await database.read(bodies)) == 50


async def test_a_closed_database_refuses(database_url: str) -> None:
    async with open_database(database_url) as database:
        pass
    with pytest.raises(ChatError) as refusal:
        await database.write(write_note("one"))
    assert refusal.value.code == "retry"
    with pytest.raises(ChatError):
        await database.read(bodies)
    assert not database.healthy()


async def test_a_full_backlog_refuses_instead_of_growing(
    database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "BACKLOG_UNITS", 3)
    answers = await asyncio.gather(
        *(database.write(write_note(f"{number}"), lane="a") for number in range(5)), return_exceptions=True
    )
    assert [getattr(answer, "code", answer) for answer in answers] == ["0", "1", "2", "retry", "retry"]
    assert database.waiting == 0


async def test_a_read_cannot_write(database: OpenDatabase) -> None:
    with pytest.raises(ChatError) as refusal:
        await database.read(write_note("one"))
    assert refusal.value.code == "storage"
    assert await database.read(bodies) == []


async def test_a_failing_read_reaches_its_caller_and_leaves_the_next_alone(database: OpenDatabase) -> None:
    def fail(_: Connection) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError):
        await database.read(fail)
    assert await database.read(bodies) == []


async def test_a_defect_in_a_statement_reaches_its_caller(database: OpenDatabase) -> None:
    def wrong(conn: Connection) -> Any:
        return conn.exec_driver_sql("SELECT nothing FROM nowhere")

    for call in (database.read, database.write):
        with pytest.raises(Exception, match="nowhere") as error:
            await call(wrong)
        assert not isinstance(error.value, ChatError)
    assert database.healthy()


async def test_many_readers_and_writers_at_once(database: OpenDatabase) -> None:
    def count(conn: Connection) -> int:
        return conn.execute(select(func.count()).select_from(notes)).scalar_one()

    writes = [database.write(write_note(f"{number}"), lane=f"{number % 9}") for number in range(300)]
    reads = [database.read(count) for _ in range(300)]
    results = await asyncio.gather(*writes, *reads)
    assert all(0 <= number <= 300 for number in results[300:] if isinstance(number, int))
    assert await database.read(count) == 300


async def test_a_ping_tells_that_units_can_be_committed(database: OpenDatabase) -> None:
    assert await database.ping()
    assert database.healthy()


async def test_many_pings_cost_one(database: OpenDatabase) -> None:
    before = database.figures.units
    assert all(await asyncio.gather(*(database.ping() for _ in range(50))))
    assert database.figures.units - before == 1
