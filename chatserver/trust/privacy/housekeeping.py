"""What is thrown away by itself once in a while, by one process for all."""

from typing import Final

import structlog
from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from chatserver.core.background import attempt
from chatserver.core.ports import Clock
from chatserver.trust.audit.trail import Trail
from chatserver.trust.oversight.rules import HOUR_MS
from chatserver.trust.oversight.store import forget_looks
from chatserver.trust.privacy.profiles import forget_reveals
from chatserver.trust.privacy.retention import Retention
from chatserver.trust.privacy.rules import DAY_MS
from chatserver.trust.privacy.tables import leases

LOOK_EVERY_S: Final = 600.0
"""How often each process looks whether it is time, and nobody else is at it."""

LEASE_MS: Final = HOUR_MS
"""For this long nobody else does the housekeeping: also how often it is done."""

log = structlog.get_logger(__name__)


class Housekeeping:
    """Lets go what is too old: conversations by rule, rows of the audit log, looks, reveals."""

    def __init__(self, clock: Clock, retention: Retention, trail: Trail, audit_days: int) -> None:
        self._clock = clock
        self._database = trail.database
        self._retention = retention
        self._forget_audit = trail.forget_before
        self._audit_ms = audit_days * DAY_MS

    async def look(self) -> None:
        """Do it, if an hour has passed and no other process does."""
        now = self._clock.now()
        if not await self._database.write(lambda conn: take_lease(conn, "housekeeping", now, now + LEASE_MS)):
            return
        await attempt("retention", self._retain)
        await attempt("forgetting the audit log", lambda: self._forget_audit(now - self._audit_ms))
        await attempt("forgetting looks", lambda: self._database.write(lambda conn: _forget(conn, now)))

    async def _retain(self) -> None:
        done = await self._retention.run()
        if any(done.values()):
            log.info("retention", **done)


def take_lease(conn: Connection, name: str, now: int, until: int) -> bool:
    """Whether this process has the work of that name until then; nobody else gets it before."""
    upsert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    conn.execute(upsert(leases).values(name=name, until=0).on_conflict_do_nothing())
    free = update(leases).where(leases.c.name == name, leases.c.until <= now)
    return conn.execute(free.values(until=until)).rowcount == 1


def _forget(conn: Connection, now: int) -> None:
    forget_looks(conn, now - DAY_MS)
    forget_reveals(conn, now)
