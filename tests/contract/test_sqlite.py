"""What the SQLite side of the database promises beyond the contract: durability, locks, full disks."""

import asyncio
import sqlite3
import stat
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, text

from chatserver.core.errors import ChatError
from chatserver.infra.sql import OpenDatabase, checkpoints, open_database, promises, sqlite, units
from chatserver.infra.sql.turns import Turns

SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "wal_autocheckpoint": 16_000,
    "journal_size_limit": 67108864,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database will be."""
    return tmp_path / "data" / "chatserver.sqlite3"


@pytest_asyncio.fixture
async def database(file: Path) -> AsyncIterator[OpenDatabase]:
    """An open database with a table `t`."""
    async with open_database(f"sqlite:///{file}") as opened:
        await opened.write(execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"))
        yield opened


def execute(statement: str) -> Any:
    """A unit that runs one statement."""

    def unit(conn: Connection) -> None:
        conn.execute(text(statement))

    return unit


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process holds the lock for writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def test_every_connection_waits_for_the_disk_and_distrusts_the_file(database: OpenDatabase) -> None:
    def settings(conn: Connection) -> dict[str, object]:
        return {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS}

    assert await database.write(settings) == SETTINGS
    assert await database.read(settings) == SETTINGS


@pytest.mark.usefixtures("database")
async def test_the_folder_and_the_file_are_the_owners_alone(file: Path) -> None:
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("pragma", "reason"),
    [
        ("journal_mode=DELETE", "local disk"),
        ("synchronous=NORMAL", "wait for the disk"),
        ("synchronous=OFF", "wait for the disk"),
        ("foreign_keys=OFF", "foreign_keys"),
        ("trusted_schema=ON", "trusted_schema"),
        ("secure_delete=OFF", "secure_delete"),
        ("busy_timeout=0", "busy_timeout"),
        ("wal_autocheckpoint=0", "wal_autocheckpoint"),
        ("journal_size_limit=-1", "journal_size_limit"),
    ],
)
def test_a_connection_that_may_lose_commits_is_refused(tmp_path: Path, pragma: str, reason: str) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite3", isolation_level=None)) as connection:
        promises.set_sqlite(connection)
        promises.check_sqlite(connection)
        connection.execute(f"PRAGMA {pragma}")
        with pytest.raises(promises.UnsafeDatabase, match=reason):
            promises.check_sqlite(connection)


async def test_a_locked_database_is_a_retry_and_the_same_works_later(database: OpenDatabase, file: Path) -> None:
    await database.write(execute("PRAGMA busy_timeout=20"))
    with locked(file), pytest.raises(ChatError) as refusal:
        await database.write(execute("INSERT INTO t VALUES (1, 'x')"))
    assert refusal.value.code == "retry"
    assert not database.healthy()
    await database.write(execute("INSERT INTO t VALUES (1, 'x')"))
    assert database.healthy()


async def test_a_short_lock_is_only_a_delay(database: OpenDatabase, file: Path) -> None:
    with locked(file):
        writing = asyncio.ensure_future(database.write(execute("INSERT INTO t VALUES (1, 'x')")))
        await database.read(execute("SELECT 1"))  # readers are not in the way of a lock, nor it in theirs
        assert not writing.done()
    await writing


def fill_up(conn: Connection) -> None:
    """A unit for which the disk has no room."""
    conn.exec_driver_sql("PRAGMA max_page_count=1")  # SQLite takes the present size instead
    conn.execute(text("INSERT INTO t VALUES (1, :b)"), {"b": "x" * 100_000})


async def test_a_full_disk_is_a_storage_refusal_and_heals_by_itself(database: OpenDatabase) -> None:
    with pytest.raises(ChatError) as refusal:
        await database.write(fill_up)
    assert refusal.value.code == "storage"
    assert not database.healthy()
    await database.write(execute("INSERT INTO t VALUES (1, 'x')"))
    assert database.healthy()


async def test_a_ping_is_not_believed_right_after_a_fault(
    database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ChatError):
        await database.write(fill_up)
    assert not await database.ping()
    monkeypatch.setattr(units, "FAULT_FRESH_S", 0)
    monkeypatch.setattr(units, "PING_EVERY_S", 0)
    assert await database.ping()


async def test_a_unit_that_ends_the_transaction_takes_no_neighbour_with_it_silently(database: OpenDatabase) -> None:
    def end(conn: Connection) -> None:
        conn.exec_driver_sql("ROLLBACK")

    answers = await asyncio.gather(
        database.write(execute("INSERT INTO t VALUES (1, 'x')")),
        database.write(end),
        database.write(execute("INSERT INTO t VALUES (2, 'x')")),
        return_exceptions=True,
    )
    assert [getattr(answer, "code", None) for answer in answers] == ["storage"] * 3
    await database.write(execute("INSERT INTO t VALUES (1, 'x')"))


async def test_a_read_without_end_is_stopped(database: OpenDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "READ_LIMIT_S", 0.02)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with pytest.raises(ChatError) as refusal:
        await database.read(execute(endless))
    assert refusal.value.code == "retry"


async def test_a_read_sees_one_state_throughout(database: OpenDatabase) -> None:
    loop = asyncio.get_running_loop()

    def count_around_a_write(conn: Connection) -> list[int]:
        count = text("SELECT count(*) FROM t")
        first = conn.execute(count).scalar_one()
        insert = database.write(execute("INSERT INTO t VALUES (1, 'x')"))
        asyncio.run_coroutine_threadsafe(insert, loop).result()
        return [first, conn.execute(count).scalar_one()]

    assert await database.read(count_around_a_write) == [0, 0]


async def test_the_event_loop_runs_on_while_the_disk_is_slow(database: OpenDatabase) -> None:
    started, finished = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(_: Connection) -> None:
        loop.call_soon_threadsafe(started.set)
        assert finished.wait(10)

    task = asyncio.ensure_future(database.write(slow))
    await started.wait()  # it would never come if the unit ran on the loop
    finished.set()
    await task


NEIGHBOUR = """
import sqlite3, sys, time
from pathlib import Path
from chatserver.infra.sql.turns import Turns

file = Path(sys.argv[1])
raw, turns = sqlite3.connect(file, isolation_level=None), Turns(file)
print("begun", flush=True)
until = time.monotonic() + 30
while time.monotonic() < until:  # another process that always has something to write
    turns.begin(raw)
    raw.execute("INSERT INTO t (b) VALUES ('neighbour')")
    time.sleep(0.02)  # a disk that takes its time
    raw.execute("COMMIT")
    turns.let_others()
"""


async def test_a_neighbour_who_writes_all_the_time_lets_others_write_between(
    database: OpenDatabase, file: Path
) -> None:
    neighbour = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", NEIGHBOUR, str(file)), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert neighbour.stdout is not None
        await neighbour.stdout.readline()
        waits = []
        for _ in range(30):
            began = time.monotonic()
            await database.write(execute("INSERT INTO t (b) VALUES ('mine')"))
            waits.append(time.monotonic() - began)
        assert sorted(waits)[15] < 0.15, waits  # by SQLite alone: refused after five seconds
    finally:
        neighbour.kill()
        await neighbour.wait()


async def test_who_waits_for_nobody_is_held_up_by_nobody(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    turns = Turns(file)
    began = time.monotonic()
    for _ in range(1_000):
        turns.let_others()
    turns.close()
    assert time.monotonic() - began < 1
    assert stat.S_IMODE((file.parent / f"{file.name}-turns").stat().st_mode) == 0o600


async def test_what_the_log_gathers_is_copied_beside_the_writer_and_the_log_begins_anew(
    database: OpenDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the thread SQLite would copy only at 64 MB; with it the log stays near what is copied at."""
    monkeypatch.setattr(checkpoints, "COPY_AT_ROWS", 20)
    monkeypatch.setattr(checkpoints, "FEW_PAGES", 10)
    for number in range(600):
        await database.write(execute(f"INSERT INTO t (a, b) VALUES ({number}, '{'x' * 4_000}')"))
    pages = file.with_name(f"{file.name}-wal").stat().st_size // 4_096
    assert pages < 600
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert other.execute("SELECT count(*) FROM t").fetchone() == (600,)


INTRUDER = """
import sqlite3, sys

try:
    sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute("BEGIN IMMEDIATE")
    print("let in")
except sqlite3.OperationalError as error:
    print(error.sqlite_errorname)
"""


async def test_nobody_else_writes_while_a_commit_is_on_whatever_is_copied_meanwhile(
    database: OpenDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks are the process's: closing any descriptor of the file, or of what lies beside, would give them up."""
    begun, copied, finished = threading.Event(), threading.Event(), threading.Event()
    copy = checkpoints.Checkpoints._copy

    def copy_within_a_commit(self: checkpoints.Checkpoints, connection: Any) -> None:
        begun.wait(30)
        copy(self, connection)
        copied.set()

    def write_for_long(conn: Connection) -> None:
        conn.execute(text("INSERT INTO t (b) VALUES ('written meanwhile')"))
        begun.set()
        finished.wait(30)

    monkeypatch.setattr(checkpoints, "COPY_AT_ROWS", 1)
    monkeypatch.setattr(checkpoints.Checkpoints, "_copy", copy_within_a_commit)
    await database.write(execute("INSERT INTO t (b) VALUES ('to be copied')"))
    writing = asyncio.create_task(database.write(write_for_long))
    try:
        assert await asyncio.to_thread(copied.wait, 30)
        intruder = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", INTRUDER, str(file)), stdout=asyncio.subprocess.PIPE
        )
        told, _ = await intruder.communicate()
        assert told == b"SQLITE_BUSY\n"
    finally:
        finished.set()
        await writing


def test_closing_while_pages_are_copied_waits_for_no_other_copy(file: Path) -> None:
    """What `close` says must not be taken back by the end of a copy that was going on."""
    file.parent.mkdir()
    closer: threading.Thread
    is_copying = threading.Event()

    class Slow(sqlite3.Connection):
        def execute(self, *asked: Any) -> sqlite3.Cursor:
            closer.start()
            is_copying.set()
            closer.join(timeout=0.1)  # it waits for us
            return super().execute(*asked)

    copying = checkpoints.Checkpoints(partial(sqlite3.connect, file, check_same_thread=False, factory=Slow))
    closer = threading.Thread(target=copying.close, daemon=True)
    with closing(sqlite3.connect(file)) as writer:
        writer.execute("CREATE TABLE t (a)")
        writer.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(checkpoints.COPY_AT_ROWS)])
        writer.commit()
        copying.after_commit(writer)
        assert is_copying.wait(10)
        closer.join(timeout=10)
        assert not closer.is_alive()
