"""One time for all processes: the clock of a machine may be wrong, or be set while we run.

Time is counted by a clock that never jumps, beginning with what PostgreSQL, or else Redis, says. All processes ask the
same one, so that a lease which one of them wrote is judged by the others in the same time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.core.background import repeat
from chatserver.core.ports import Database

EVERY_S: Final = 5.0

DRIFT_NS: Final = 20_000_000
"""What an answer over the network is unsure by, nearly always: less is not followed."""

STEP_NS: Final = 2_000_000_000
"""No clock drifts by so much between two looks: somebody has set it."""

SLOW_NS: Final = 500_000_000
"""An answer that took longer says too little of when it was given."""

SETTLE_NS: Final = 35_000_000_000
"""After the common time has jumped, all processes have looked, and written their leases anew, within this time."""

Reference = Callable[[], Awaitable[int]]
"""Tells the common time in nanoseconds since 1970."""

log = structlog.get_logger(__name__)


class SharedClock:
    """Implements `core.ports.Clock`.

    `stepped` is told whose clock was set, `process` or `reference`, and by how many milliseconds. `own` is the
    machine's clock and `steady` one that never jumps, both in nanoseconds.
    """

    def __init__(self, own: Callable[[], int] = time.time_ns, steady: Callable[[], int] = time.monotonic_ns) -> None:
        self._own = own
        self._steady = steady
        self._ahead = own() - steady()
        self._own_ahead = self._ahead
        self._settled_at = 0
        self._asked = False
        self.stepped: Callable[[str, int], None] = lambda whose, ms: None

    def now(self) -> int:
        """Milliseconds since 1970."""
        return (self._steady() + self._ahead) // 1_000_000

    def is_settled(self) -> bool:
        """False for a while after the common time has jumped: what others wrote before then says nothing now."""
        return self._steady() >= self._settled_at

    async def run(self, reference: Reference) -> None:
        """Follow the common time until cancelled."""
        await repeat("clock", lambda: self.look(reference), EVERY_S, RedisError)

    async def look(self, reference: Reference) -> None:
        """Ask once. Raises `TimeoutError` and whatever the reference does."""
        began = self._steady()
        async with asyncio.timeout(SLOW_NS / 1e9):
            told = await reference()
        ended = self._steady()
        self._notice_own(ended)
        ahead = told - (began + ended) // 2
        step = ahead - self._ahead
        if abs(step) >= DRIFT_NS:
            self._ahead = ahead
        if abs(step) >= STEP_NS and self._asked:
            self._settled_at = ended + SETTLE_NS
            self._tell("reference", step)
        self._asked = True

    def _notice_own(self, now: int) -> None:
        ahead = self._own() - now
        step, self._own_ahead = ahead - self._own_ahead, ahead
        if abs(step) >= STEP_NS:
            self._tell("process", step)

    def _tell(self, whose: str, step: int) -> None:
        log.warning("clock_set", whose=whose, ms=step // 1_000_000)
        self.stepped(whose, step // 1_000_000)


def reference_of(database: Database, redis: Any) -> Reference:
    """The clock that all processes have in common."""

    async def ask_postgres() -> int:
        return await database.read(_postgres_time)

    async def ask_redis() -> int:
        seconds, micros = await redis.time()
        return int(seconds) * 1_000_000_000 + int(micros) * 1_000

    return ask_postgres if database.dialect == "postgresql" else ask_redis


def _postgres_time(conn: Connection) -> int:
    query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    return int(conn.exec_driver_sql(query).scalar_one()) * 1_000
