"""PostgreSQL: several writer lanes, each committing in groups; readers beside them.

A conversation always falls into the same lane, so its units keep their order. Within a batch units are
sorted by conversation: two processes then lock rows in the same order and do not block each other crosswise.
"""

import asyncio
import random
import zlib
from collections.abc import Callable
from typing import Any, Final, Self, TypeVar

import structlog
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from chatserver.core.errors import retry, storage
from chatserver.core.ports import Vault
from chatserver.infra.sql.faults import cause_of, link_is_lost, may_run_again, refusal_of, state_of
from chatserver.infra.sql.promises import POSTGRESQL, check_postgresql
from chatserver.infra.sql.units import BATCH_UNITS, OpenDatabase, Unit, fail, translate

log = structlog.get_logger(__name__)

T = TypeVar("T")

LANES: Final = 8
"""Writers that commit in groups; a commit waits for the disk, so a few overlap well."""

SOLO_WRITERS: Final = 6
"""Writers for units that need a transaction of their own."""

READERS: Final = 6
"""Together with the writers this makes 20 connections, the share of one process."""

READS_WAITING: Final = 2_000
"""Reads queued before new ones are refused."""

RERUNS: Final = 3
"""Times that a unit is run again after a deadlock or a lost link."""

RERUN_PAUSE_S: Final = 0.02
"""Upper end of the random pause before a rerun, so that two victims do not meet again."""


def postgres_engine(url: URL, *, connections: int = LANES + SOLO_WRITERS + READERS) -> AsyncEngine:
    """An engine whose connections have the time limits and durability that are promised."""
    # A host that swallows packets must not hold a writer for longer than a statement may take.
    arguments = {"server_settings": POSTGRESQL, "timeout": 3, "command_timeout": 5}
    engine = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=4,
        connect_args=arguments,
        hide_parameters=True,  # what was to be stored stands in no exception, and so in no log
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    return engine


def _connect(dialect: Any, _record: Any, arguments: Any, options: Any) -> Any:
    """A fresh connection that has got what it asked for."""
    connection = dialect.connect(*arguments, **options)
    try:
        check_postgresql(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection


class PostgresDatabase(OpenDatabase):
    """A PostgreSQL database in use; an async context manager."""

    dialect = "postgresql"

    def __init__(self, url: URL, vault: Vault | None = None) -> None:
        super().__init__()
        self._engine = postgres_engine(url).execution_options(vault=vault)
        # One snapshot for all statements of a read, as on SQLite.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._reading = asyncio.Semaphore(READERS)
        self._reads = 0
        self._lanes: list[asyncio.Queue[Unit | None]] = [asyncio.Queue() for _ in range(LANES)]
        self._solo: asyncio.Queue[Unit | None] = asyncio.Queue()
        self._writers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        queues = [*self._lanes, *[self._solo] * SOLO_WRITERS]
        self._writers = [
            asyncio.create_task(self._serve(lane, most=1 if lane is self._solo else BATCH_UNITS)) for lane in queues
        ]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for lane in [*self._lanes, *[self._solo] * SOLO_WRITERS]:
            lane.put_nowait(None)
        await asyncio.gather(*self._writers)
        await self._engine.dispose()

    # --- reading ---

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a reading function on a snapshot of its own."""
        if self._closing or self._reads >= READS_WAITING:
            raise retry()
        self._reads += 1
        try:
            return await self._read(query)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error
        finally:
            self._reads -= 1

    async def _read(self, query: Callable[[Connection], T]) -> T:
        for _ in range(RERUNS):
            try:
                return await self._read_once(query)
            except DBAPIError as error:
                if not (link_is_lost(error) or may_run_again(error)):
                    raise
        return await self._read_once(query)

    async def _read_once(self, query: Callable[[Connection], T]) -> T:
        async with self._reading, self._snapshots.connect() as connection:
            return await connection.run_sync(query)

    # --- writing ---

    def _enqueue(self, unit: Unit) -> None:
        queue = self._lanes[zlib.crc32(unit.lane.encode()) % LANES] if unit.lane else self._solo
        queue.put_nowait(unit)

    async def _serve(self, queue: asyncio.Queue[Unit | None], *, most: int) -> None:
        while (first := await queue.get()) is not None:
            batch = [first]
            while len(batch) < most and not queue.empty():
                taken = queue.get_nowait()
                if taken is None:
                    queue.put_nowait(None)
                    break
                batch.append(taken)
            batch.sort(key=lambda unit: unit.lane)
            try:
                await self._write_all(batch)
            except Exception:
                # A writer that ended would leave its conversations without answers for ever.
                log.exception("sql.writer_failed", units=len(batch))

    async def _write_all(self, batch: list[Unit]) -> None:
        """Commit what can be committed together, then the victims of others one by one."""
        victims = await self._commit(batch)
        if len(victims) == len(batch) > 1:
            await self._commit(batch, last=True)
            return
        for unit in victims:
            await self._rerun(unit)

    async def _rerun(self, unit: Unit) -> None:
        for left in reversed(range(RERUNS)):
            self.figures.reruns += 1
            await asyncio.sleep(random.uniform(0, RERUN_PAUSE_S))  # noqa: S311 - spreads, hides nothing
            if not await self._commit([unit], last=left == 0):
                return

    async def _commit(self, batch: list[Unit], *, last: bool = False) -> list[Unit]:
        """Run a batch in one transaction and answer it; returns, unanswered, those to be run again."""
        stage = "running"
        victims: list[Unit] = []
        try:
            async with self._engine.connect() as connection:
                victims = await _run_or_part(connection, batch)
                stage = "committing"
                await connection.commit()
                # At once, before others who waited for these rows can commit and tell.
                stage = "committed"
                victims = self._answer(batch, victims, last=last)
        except Exception as error:
            if stage == "committed":
                log.warning("sql.link_lost_after_commit", cause=cause_of(error))
                return victims
            # A link lost during the commit leaves open whether it happened: the sender's key will tell.
            if not last and (may_run_again(error) or (link_is_lost(error) and stage == "running")):
                return batch
            refusal = refusal_of(error) or storage()
            log.warning("sql.batch_failed", code=refusal.code, units=len(batch), cause=cause_of(error))
            fail(batch, refusal)
            self._settle(batch, sound=False)
            return []
        return victims

    def _answer(self, batch: list[Unit], victims: list[Unit], *, last: bool) -> list[Unit]:
        """Answer all but the victims of others; those too when there is no other try."""
        left = [] if last else victims
        answered = [unit for unit in batch if unit not in left] if left else batch
        if answered:
            self._settle(answered, sound=translate(answered))
        return left

    async def scrub(self) -> None:
        """Its log and dead rows are PostgreSQL's own; what is sealed in them has no key any more."""

    async def _try_storage(self) -> None:
        if not await self.write(_accepts_writes):
            raise storage()


def _accepts_writes(connection: Connection) -> bool:
    """Whether the server is more than a standby."""
    return bool(connection.execute(text("SELECT NOT pg_is_in_recovery()")).scalar())


async def _run_or_part(connection: AsyncConnection, batch: list[Unit]) -> list[Unit]:
    try:
        return await connection.run_sync(_run_units, batch)
    except Exception:
        # Whatever it was, the state of this link is not known any more.
        await connection.invalidate()
        raise


def _run_units(connection: Connection, batch: list[Unit]) -> list[Unit]:
    """Run the units, each in a savepoint; returns those that fell victim to others.

    What follows a victim in its lane is left for later too, so that the lane keeps its order; what
    follows one that waited in vain for a lock would only wait as long again.
    """
    victims: list[Unit] = []
    postponed: set[str] = set()
    blocked: set[str] = set()
    for unit in batch:
        if unit.lane in postponed:
            victims.append(unit)
        elif unit.lane in blocked:
            unit.error = retry()
        elif not _run_unit(connection, unit, alone=len(batch) == 1):
            if may_run_again(unit.error):
                victims.append(unit)
                postponed.add(unit.lane)
            elif state_of(unit.error) in ("55P03", "57014"):
                blocked.add(unit.lane)
    return victims


def _run_unit(connection: Connection, unit: Unit, *, alone: bool) -> bool:
    """Run one unit, undo it alone if it fails; True if it did not. Raises when the link is lost."""
    if not alone:
        connection.exec_driver_sql("SAVEPOINT unit")
    unit.attempt(connection)
    if unit.error is None:
        try:
            # Alone, the commit would silently become a rollback.
            connection.exec_driver_sql("SELECT 1" if alone else "RELEASE SAVEPOINT unit")
        except DBAPIError as error:
            # The unit swallowed the fault of a statement, after which nothing of it can be kept.
            unit.error = error
        else:
            return True
    if link_is_lost(unit.error):
        raise unit.error
    if alone:
        connection.rollback()
    else:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT unit")
        connection.exec_driver_sql("RELEASE SAVEPOINT unit")
    return False
