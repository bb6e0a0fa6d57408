"""SQLite: one writer thread that commits in groups, and a few readers; the event loop never waits.

Measured on two shared cores: one commit costs a synchronised write of 0.2–8 ms whatever is in it, so
everything that queued up meanwhile goes into the next one.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self, TypeVar

import structlog
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from chatserver.core.errors import retry, storage
from chatserver.core.ports import Vault
from chatserver.infra.sql.checkpoints import Checkpoints
from chatserver.infra.sql.faults import cause_of, refusal_of
from chatserver.infra.sql.promises import check_sqlite, set_sqlite
from chatserver.infra.sql.turns import Turns
from chatserver.infra.sql.units import BATCH_UNITS, OpenDatabase, Unit, fail, translate
from chatserver.infra.sql.urls import sqlite_file

log = structlog.get_logger(__name__)

T = TypeVar("T")

READERS: Final = 4
"""Threads that read. Python runs one at a time; the others wait for the disk."""

READER_CACHE_KB: Final = 512
"""Pages that a reader keeps; the system has the others in its memory, once for all of us."""

WRITER_CACHE_KB: Final = 16 * 1024
"""Pages that the writer keeps. With SQLite's own 2 MB a commit under load read some 400 of them again; with four times
as much as this, 400,000 messages with their index read as many pages as with this."""

READS_WAITING: Final = 2_000
"""Reads queued before new ones are refused."""

READ_LIMIT_S: Final = 4.0
"""A read that takes longer is stopped: its caller has given up, and it keeps the log from shrinking."""

_STEPS_BETWEEN_CHECKS: Final = 50_000  # about a millisecond of SQLite's virtual machine


def make_file(url: URL) -> None:
    """Make the file, and the folder it is in, readable by nobody else; keep what is there."""
    file = sqlite_file(url).absolute()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)


def sqlite_engine(url: URL) -> Engine:
    """An engine whose connections are set up for durability and begin transactions by hand."""
    # Connections are used by one thread at a time but closed by another.
    arguments = {"isolation_level": None, "check_same_thread": False}
    # What was to be stored stands in no exception, and so in no log.
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", set_sqlite)
    return engine


@dataclass(slots=True, eq=False)
class _Read:
    """A reading function, who waits for it, and what came of it."""

    query: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class SqliteDatabase(OpenDatabase):
    """A SQLite file in use; an async context manager."""

    dialect = "sqlite"

    def __init__(self, url: URL, vault: Vault | None = None) -> None:
        super().__init__()
        self._url = url
        self._engine = sqlite_engine(url).execution_options(vault=vault)
        self._queue: queue.SimpleQueue[Unit | None] = queue.SimpleQueue()
        self._writer: Connection | None = None
        self._asked: queue.SimpleQueue[_Read | None] = queue.SimpleQueue()
        self._reads = 0
        self._answered: list[_Read] = []
        self._telling = threading.Lock()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._create)
        self._turns = Turns(sqlite_file(self._url).absolute())
        self._checkpoints = Checkpoints(self._connect)
        self._readers = [
            threading.Thread(target=self._serve_reads, name=f"sqlite-reader-{number}", daemon=True)
            for number in range(READERS)
        ]
        for reader in self._readers:
            reader.start()
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._queue.put(None)
        for _reader in self._readers:
            self._asked.put(None)
        for thread in (self._thread, *self._readers):
            await asyncio.to_thread(thread.join)
        await asyncio.to_thread(self._checkpoints.close)
        self._engine.dispose()
        self._turns.close()

    def _create(self) -> None:
        make_file(self._url)
        check_sqlite(_raw(self._open_writer()))

    # --- reading, on the reader threads ---

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a reading function on a snapshot of its own."""
        if self._closing or self._reads >= READS_WAITING:
            raise retry()
        read = _Read(query, self._loop.create_future())
        self._reads += 1
        self._asked.put(read)
        result: T = await read.done
        return result

    def _serve_reads(self) -> None:
        connection: Connection | None = None
        while (read := self._asked.get()) is not None:
            try:
                connection = connection or self._open_reader()
                if not read.done.cancelled():
                    read.result = _on_snapshot(connection, read.query)
            except Exception as error:
                refusal = refusal_of(error)
                if connection is not None and refusal is not None:
                    _throw_away(connection)
                    connection = None
                read.error = error
                if refusal is not None:
                    refusal.__cause__, read.error = error, refusal
            self._tell(read)
        if connection is not None:
            connection.close()

    def _tell(self, read: "_Read") -> None:
        """Let the loop answer, which is woken once for all that are ready by then."""
        with self._telling:
            self._answered.append(read)
            if len(self._answered) > 1:
                return
        self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        with self._telling:
            answered, self._answered = self._answered, []
        self._reads -= len(answered)
        for read in answered:
            if read.done.done():
                continue  # nobody waits any more
            if read.error is not None:
                read.done.set_exception(read.error)
            else:
                read.done.set_result(read.result)

    def _open_reader(self) -> Connection:
        connection = self._engine.connect()
        _raw(connection).execute("PRAGMA query_only=ON")
        _raw(connection).execute(f"PRAGMA cache_size=-{READER_CACHE_KB}")
        return connection

    # --- writing, on the writer thread ---

    def _enqueue(self, unit: Unit) -> None:
        self._queue.put(unit)

    def _serve(self) -> None:
        going = True
        while going:
            batch, going = self._take()
            if batch:
                sound = self._commit(batch)
                self._loop.call_soon_threadsafe(partial(self._settle, batch, sound=sound))
                if sound and self._writer is not None:
                    self._checkpoints.after_commit(_raw(self._writer))
                self._turns.let_others()
        if self._writer is not None:
            self._writer.close()

    def _take(self) -> tuple[list[Unit], bool]:
        """Everything that waits, up to a batch; False once the end was asked for."""
        taken = self._queue.get()
        batch: list[Unit] = []
        while taken is not None:
            batch.append(taken)
            if len(batch) == BATCH_UNITS or self._queue.empty():
                return batch, True
            taken = self._queue.get_nowait()
        return batch, False

    def _commit(self, batch: list[Unit]) -> bool:
        """Run a batch in one transaction; False if the storage is at fault."""
        try:
            _run_in_one_transaction(self._writer or self._open_writer(), batch, self._turns)
        except Exception as error:
            refusal = refusal_of(error) or storage()
            log.warning("sql.batch_failed", code=refusal.code, units=len(batch), cause=cause_of(error))
            fail(batch, refusal)
            # Without the lock that it waited for, the connection is as good as before.
            self._reset_writer(keep=refusal.code == "retry")
            return False
        return translate(batch)

    def _open_writer(self) -> Connection:
        self._writer = self._engine.connect()
        _raw(self._writer).execute(f"PRAGMA cache_size=-{WRITER_CACHE_KB}")
        return self._writer

    def _reset_writer(self, *, keep: bool) -> None:
        """Leave the failed transaction, and the connection too unless it only met a lock."""
        connection, self._writer = self._writer, None
        if connection is None:
            return
        try:
            connection.rollback()
            _raw(connection).rollback()
        except Exception:
            log.exception("sql.rollback_failed")
            keep = False
        if keep:
            self._writer = connection
        else:
            _throw_away(connection)

    def _connect(self) -> Any:
        """A `sqlite3` connection that is set up like all others."""
        connection = sqlite3.connect(sqlite_file(self._url), isolation_level=None, check_same_thread=False)
        set_sqlite(connection)
        return connection

    async def scrub(self) -> None:
        """Bring the log into the file, in which deleted bytes are overwritten, and cut it off."""
        await asyncio.to_thread(self._scrub)

    def _scrub(self) -> None:
        with self._engine.connect() as connection:
            _raw(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    async def _try_storage(self) -> None:
        # Rewrites a number in the file's header: the least that needs space and a synchronised write.
        await self.write(lambda conn: _raw(conn).execute("PRAGMA user_version=1") and None)


class _TransactionLostError(Exception):
    """The transaction that units share ended before its commit: a full disk, or a unit that ended it."""


def _run_in_one_transaction(connection: Connection, batch: list[Unit], turns: Turns) -> None:
    raw = _raw(connection)
    turns.begin(raw)
    if len(batch) == 1:
        batch[0].attempt(connection)
        if batch[0].error is not None:
            connection.rollback()
            raw.rollback()
            return
    else:
        for unit in batch:
            _run_in_savepoint(raw, connection, unit)
    if not raw.in_transaction:
        raise _TransactionLostError
    raw.execute("COMMIT")
    connection.commit()  # SQLAlchemy's own notion of a transaction ends too


def _run_in_savepoint(raw: Any, connection: Connection, unit: Unit) -> None:
    raw.execute("SAVEPOINT unit")
    unit.attempt(connection)
    if not raw.in_transaction:
        # Some faults make SQLite roll back everything, the neighbours' work included.
        raise _TransactionLostError from unit.error
    if unit.error is not None:
        raw.execute("ROLLBACK TO unit")
    raw.execute("RELEASE unit")


def _on_snapshot(connection: Connection, query: Callable[[Connection], T]) -> T:
    raw = _raw(connection)
    ends_at = time.monotonic() + READ_LIMIT_S
    raw.set_progress_handler(lambda: time.monotonic() > ends_at, _STEPS_BETWEEN_CHECKS)
    raw.execute("BEGIN")
    try:
        return query(connection)
    finally:
        raw.set_progress_handler(None, 0)
        connection.rollback()
        raw.rollback()


def _throw_away(connection: Connection) -> None:
    with suppress(Exception):  # it is thrown away because nothing can be expected of it
        connection.invalidate()
        connection.close()


def _raw(connection: Connection) -> Any:
    """The `sqlite3` connection below, to which `BEGIN` and `SAVEPOINT` cost a microsecond."""
    return connection.connection.driver_connection
