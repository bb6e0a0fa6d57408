"""What the PostgreSQL side of the database promises beyond the contract: deadlocks, locks, lost links."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import IntegrityError

from chatserver.core.errors import ChatError
from chatserver.infra.sql import OpenDatabase, open_database, postgres, promises

SETTINGS = {
    "synchronous_commit": "on",
    "statement_timeout": "4s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


@pytest_asyncio.fixture
async def database(pg_url: str) -> AsyncIterator[OpenDatabase]:
    """An open database with a table `t` of three rows."""
    async with open_database(pg_url) as opened:
        await opened.write(execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER NOT NULL)"))
        await opened.write(execute("INSERT INTO t VALUES (1, 0), (2, 0), (3, 0)"))
        yield opened


@pytest_asyncio.fixture
async def other(pg_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of somebody else."""
    connection = await asyncpg.connect(make_url(pg_url).set(drivername="postgresql").render_as_string(False))
    await connection.execute("SET deadlock_timeout = '30s'")  # in a deadlock with the product it is never the victim
    yield connection
    await connection.close()


def execute(*statements: str) -> Callable[[Connection], None]:
    """A unit that runs statements."""

    def unit(conn: Connection) -> None:
        for statement in statements:
            conn.execute(text(statement))

    return unit


def add_to(*rows: int) -> Callable[[Connection], None]:
    """A unit that counts up in the given rows, in this order."""
    return execute(*(f"UPDATE t SET b = b + 1 WHERE a = {row}" for row in rows))


def counts(conn: Connection) -> list[int]:
    """What was counted in each row."""
    return list(conn.execute(text("SELECT b FROM t ORDER BY a")).scalars())


async def somebody_waits(other: Any) -> None:
    """Return once a connection to this database waits for a lock; other tests have databases of their own."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not await other.fetchval(waiting):
        pass


async def test_every_connection_is_durable_and_limited_in_time(database: OpenDatabase) -> None:
    def settings(conn: Connection) -> dict[str, object]:
        return {name: conn.exec_driver_sql(f"SHOW {name}").scalar() for name in SETTINGS}

    assert await database.write(settings) == SETTINGS
    assert await database.read(settings) == SETTINGS


async def test_a_read_is_one_snapshot(database: OpenDatabase) -> None:
    def isolation(conn: Connection) -> object:
        return conn.exec_driver_sql("SHOW transaction_isolation").scalar()

    assert await database.read(isolation) == "repeatable read"
    assert await database.write(isolation) == "read committed"


async def test_a_deadlock_is_run_again(database: OpenDatabase, other: Any) -> None:
    crossing = other.transaction()
    await crossing.start()
    await other.execute("UPDATE t SET b = b + 10 WHERE a = 2")
    unit = asyncio.ensure_future(database.write(add_to(1, 2)))
    await somebody_waits(other)
    await other.execute("UPDATE t SET b = b + 10 WHERE a = 1")
    await crossing.commit()
    await unit
    assert database.figures.reruns >= 1
    assert await database.read(counts) == [11, 11, 0]


async def test_a_deadlock_in_a_batch_leaves_the_neighbours_and_the_order_alone(
    database: OpenDatabase, other: Any
) -> None:
    crossing = other.transaction()
    await crossing.start()
    await other.execute("UPDATE t SET b = b + 10 WHERE a = 2")
    set_to = [execute(f"UPDATE t SET b = {value} WHERE a = 3") for value in (7, 8)]
    told: list[int] = []

    def tell(number: int) -> Callable[[None], None]:
        return lambda _: told.append(number)

    # One lane: the victim is the second, and the last must not overtake it.
    given = [set_to[0], add_to(1, 2), set_to[1]]
    writing = [
        asyncio.ensure_future(database.write(unit, lane="a", then=tell(number))) for number, unit in enumerate(given)
    ]
    await somebody_waits(other)
    await other.execute("UPDATE t SET b = b + 10 WHERE a = 1")
    await crossing.commit()
    await asyncio.gather(*writing)
    assert told == [0, 1, 2]
    assert await database.read(counts) == [11, 11, 8]


async def test_a_lock_that_is_not_had_is_a_retry_for_that_conversation_only(database: OpenDatabase, other: Any) -> None:
    await other.execute("BEGIN; SELECT * FROM t WHERE a = 1 FOR UPDATE")
    impatient = execute("SET LOCAL lock_timeout = '20ms'")

    def blocked(conn: Connection) -> None:
        impatient(conn)
        add_to(1)(conn)

    given = [("a", add_to(2)), ("b", blocked), ("b", blocked), ("c", add_to(3))]
    answers = await asyncio.gather(*(database.write(u, lane=lane) for lane, u in given), return_exceptions=True)
    assert [getattr(answer, "code", answer) for answer in answers] == [None, "retry", "retry", None]
    assert database.healthy()
    await other.execute("ROLLBACK")
    await database.write(add_to(1), lane="b")
    assert await database.read(counts) == [1, 1, 1]


async def test_a_swallowed_fault_cannot_be_committed(database: OpenDatabase) -> None:
    def swallow(conn: Connection) -> None:
        add_to(1)(conn)
        try:
            conn.execute(text("INSERT INTO t VALUES (1, 0)"))
        except IntegrityError:
            return

    for neighbours in ([], [add_to(2)]):
        answers = await asyncio.gather(
            *(database.write(unit, lane="a") for unit in (swallow, *neighbours)), return_exceptions=True
        )
        assert isinstance(answers[0], ChatError)
    assert await database.read(counts) == [0, 1, 0]


async def test_killed_connections_cost_nobody_anything(database: OpenDatabase, other: Any) -> None:
    for _ in range(3):
        await asyncio.gather(*(database.write(add_to(1), lane=f"{n}") for n in range(20)), database.read(counts))
        await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    await asyncio.gather(*(database.write(add_to(1), lane=f"{n}") for n in range(20)))
    assert (await database.read(counts))[0] == 80
    assert await database.ping()


async def test_a_connection_killed_within_a_unit_is_a_rerun(database: OpenDatabase) -> None:
    runs = 0

    def unit(conn: Connection) -> None:
        nonlocal runs
        runs += 1
        add_to(1)(conn)
        if runs == 1:
            conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await asyncio.gather(database.write(unit, lane="a"), database.write(add_to(2), lane="a"))
    assert (runs, await database.read(counts)) == (2, [1, 1, 0])


async def test_a_server_that_is_away_is_a_retry_and_is_found_when_it_is_there(pg_url: str) -> None:
    away = make_url(pg_url).set(query={}, host="127.0.0.1", port=1).render_as_string(False)
    async with open_database(away) as database:
        assert not await database.ping()
        for call in (database.read, database.write):
            with pytest.raises(ChatError) as refusal:
                await call(execute("SELECT 1"))
            assert refusal.value.code == "retry"


async def test_a_slow_statement_is_stopped(database: OpenDatabase) -> None:
    slow = execute("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(10)")
    with pytest.raises(ChatError) as refusal:
        await database.write(slow)
    assert refusal.value.code == "retry"


async def test_cancelled_reads_give_their_connections_back(database: OpenDatabase, other: Any) -> None:
    await other.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
    reading = [asyncio.ensure_future(database.read(counts)) for _ in range(10)]
    await somebody_waits(other)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    await other.execute("ROLLBACK")
    assert await asyncio.gather(*(database.read(counts) for _ in range(10))) == [[0, 0, 0]] * 10


async def test_a_connection_that_does_not_get_what_it_asked_for_stores_nothing(
    pg_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(promises.POSTGRESQL, "synchronous_commit", "on")
    async with open_database(pg_url) as database:
        assert await database.ping()
    asked = {**promises.POSTGRESQL, "synchronous_commit": "off"}  # as a pooler that has a mind of its own
    monkeypatch.setattr(postgres, "POSTGRESQL", asked)
    async with open_database(pg_url) as database:
        for attempt in (database.write, database.read):
            with pytest.raises(ChatError) as refusal:
                await attempt(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())
            assert refusal.value.code == "storage"
        assert not await database.ping()
