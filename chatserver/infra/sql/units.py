"""Units of work on their way into SQL: queued, run, committed in groups, answered."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection

from chatserver.core.distribution import LATENCY_BOUNDS_S, Distribution
from chatserver.core.errors import ChatError, retry
from chatserver.infra.sql.faults import cause_of, refusal_of

log = structlog.get_logger(__name__)

T = TypeVar("T")

BATCH_UNITS: Final = 256
"""Units that share one commit at most: beyond it the first would wait longer than a commit takes."""

BACKLOG_UNITS: Final = 20_000
"""Units waiting before new ones are refused: what a slow disk still commits within a deadline."""

BATCH_BOUNDS: Final = (1, 2, 4, 8, 16, 32, 64, 128, BATCH_UNITS)

PING_TIMEOUT_S: Final = 2.0
"""A storage that does not answer a ping within this time is not ready for users either."""

PING_EVERY_S: Final = 1.0
"""Pings between are answered from the last one: whoever asks often must not keep the disk busy."""

FAULT_FRESH_S: Final = 3.0
"""For this long after a fault a ping is not believed: on a full disk its few bytes may still fit."""


@dataclass(slots=True, eq=False)
class Unit:
    """One writing function, who waits for it, and what came of it. `asked_at` is monotonic seconds."""

    run: Callable[[Connection], Any]
    lane: str
    then: Callable[[Any], None] | None
    done: asyncio.Future[Any]
    asked_at: float
    result: Any = None
    error: BaseException | None = None

    def attempt(self, conn: Connection) -> None:
        """Run the function and keep what it returned or raised."""
        self.result, self.error = None, None
        try:
            self.result = self.run(conn)
        except Exception as error:
            self.error = error


@dataclass(slots=True)
class Figures:
    """What the database did since the start, for the metrics; `seconds` are from asked to answered."""

    batches: int = 0
    units: int = 0
    failed_units: int = 0
    reruns: int = 0
    seconds: Distribution = field(default_factory=lambda: Distribution(LATENCY_BOUNDS_S))
    batch_units: Distribution = field(default_factory=lambda: Distribution(BATCH_BOUNDS))

    def count(self, batch: Sequence[Unit], now: float) -> None:
        """Add one answered batch."""
        self.batches += 1
        self.units += len(batch)
        self.batch_units.add(len(batch))
        for unit in batch:
            self.failed_units += unit.error is not None
            self.seconds.add(now - unit.asked_at)


class OpenDatabase(ABC):
    """A database in use: `core.ports.Database`, with its health and figures.

    Units go through `_enqueue`; whoever ran them hands them back to `_settle` on the event loop.
    """

    dialect: str

    def __init__(self) -> None:
        self.figures = Figures()
        self._waiting = 0
        self._closing = False
        self._is_healthy = True
        self._failed_at: float | None = None
        self._pinged_at: float | None = None
        self._pinging = asyncio.Lock()

    @property
    def waiting(self) -> int:
        """Units that are not answered yet."""
        return self._waiting

    def healthy(self) -> bool:
        """Whether the last thing that was tried worked."""
        return self._is_healthy and not self._closing

    async def ping(self) -> bool:
        """Try the storage for real, within two seconds; afterwards `healthy()` says the same."""
        async with self._pinging:
            if self._pinged_at is None or time.monotonic() - self._pinged_at >= PING_EVERY_S:
                self._is_healthy = await self._storage_answers()
                self._pinged_at = time.monotonic()
        return self.healthy()

    async def _storage_answers(self) -> bool:
        failed_at = self._failed_at
        try:
            async with asyncio.timeout(PING_TIMEOUT_S):
                await self._try_storage()
        except (ChatError, TimeoutError):
            return False
        return failed_at is None or time.monotonic() - failed_at > FAULT_FRESH_S

    @abstractmethod
    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a reading function in a transaction of its own."""

    async def write(
        self,
        unit: Callable[[Connection], T],
        *,
        lane: str = "",
        then: Callable[[T], None] | None = None,
    ) -> T:
        """Run a writing function; returns after it is on disk (see `core.ports.Database`)."""
        if self._closing or self._waiting >= BACKLOG_UNITS:
            raise retry()
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting += 1
        self._enqueue(Unit(unit, lane, then, done, time.monotonic()))
        result: T = await done
        return result

    @abstractmethod
    async def scrub(self) -> None:
        """Let no copy of what was deleted stay in files beside the database, as far as it is ours to say."""

    @abstractmethod
    def _enqueue(self, unit: Unit) -> None:
        """Put a unit behind those that wait."""

    @abstractmethod
    async def _try_storage(self) -> None:
        """Do the least that shows that units can be committed."""

    def _settle(self, batch: Sequence[Unit], *, sound: bool) -> None:
        """Answer the units of a committed or failed batch, in commit order; on the event loop."""
        self._waiting -= len(batch)
        self._is_healthy = sound
        if not sound:
            self._failed_at = time.monotonic()
        self.figures.count(batch, time.monotonic())
        for unit in batch:
            if unit.error is not None:
                if not unit.done.done():
                    unit.done.set_exception(unit.error)
                continue
            if unit.then is not None:
                _call(unit.then, unit.result)
            if not unit.done.done():
                unit.done.set_result(unit.result)


def translate(batch: Sequence[Unit]) -> bool:
    """Turn driver faults of single units into refusals; False if the storage itself is at fault."""
    sound = True
    for unit in batch:
        refusal = refusal_of(unit.error) if unit.error is not None else None
        if refusal is not None:
            log.warning("sql.refused", code=refusal.code, cause=cause_of(unit.error))
            refusal.__cause__ = unit.error
            unit.error = refusal
            sound = sound and refusal.code != "storage"
    return sound


def fail(batch: Sequence[Unit], error: BaseException) -> None:
    """Nothing of the batch was stored, and this is why."""
    for unit in batch:
        unit.result = None
        unit.error = error


def _call(then: Callable[[Any], None], result: Any) -> None:
    try:
        then(result)
    except Exception:
        # It is committed whatever the listener does: its defect must not become the caller's refusal.
        log.exception("sql.then_failed")
