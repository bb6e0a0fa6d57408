"""The audit log at work: implements `core.ports.Audit` and `core.ports.Witness`."""

import asyncio
from typing import Final

from sqlalchemy import Connection

from chatserver.core.audit import TRESPASSES, Act, Actor, Audited
from chatserver.core.background import attempt
from chatserver.core.ports import About, Clock, Database
from chatserver.core.session import STAFF, Session
from chatserver.trust.audit import store
from chatserver.trust.audit.reasons import sealed_reason
from chatserver.trust.audit.rules import End, worth_noting
from chatserver.trust.keys import derived_key

CHAIN_EVERY_S: Final = 1.0
"""How long a row waits to be chained, at most; until then it is kept, but not yet held by those after it."""

WAITING: Final = 20_000
"""Rows in memory while the storage takes none; each stands for something that staff have seen meanwhile."""

REMEMBERED: Final = 5_000
"""What sessions have been noted to read, some 130 bytes each; forgotten, it is noted once more."""

HOUR_MS: Final = 3_600_000
TRIES: Final = 100
"""Refusals of one user that are noted in an hour: who tries more is known by then, and fills no disk."""


def audit_key(secret_key: str) -> bytes:
    """The key with which rows are sealed; whoever has only the database has it not."""
    return derived_key(secret_key, "audit")


class Trail:
    """Notes, chains and remembers; `run` is its background work."""

    def __init__(self, database: Database, clock: Clock, key: bytes) -> None:
        self.database = database
        self.clock = clock
        self.key = key
        self._later: list[tuple[int, Actor, Act]] = []
        self._seen: dict[int, None] = {}  # by hash: that two of so many share one happens once in 10^10 lives
        self._tries: dict[int, tuple[int, int]] = {}  # by hash of the user: the hour, refusals in it
        self._chaining = asyncio.Lock()
        self.lost = 0
        """Rows that found no place; beyond 0 only where the storage was away for long."""

    # --- core.ports.Audit ---

    def note(self, conn: Connection, actor: Actor, act: Act) -> None:
        """Add a row in the caller's transaction."""
        self._take_in(conn, self.clock.now(), actor, act)

    async def write(self, actor: Actor, act: Act) -> None:
        """Add a row by itself; returns when it is on disk."""
        at = self.clock.now()
        await self.database.write(lambda conn: self._take_in(conn, at, actor, act), lane=f"audit:{actor.id}")

    def later(self, actor: Actor, act: Act) -> None:
        """Add a row within a second, together with others."""
        if len(self._later) >= WAITING:
            self.lost += 1
            return
        self._later.append((self.clock.now(), actor, act))

    def _take_in(self, conn: Connection, at: int, actor: Actor, act: Act) -> None:
        store.take_in(conn, at, actor, act, sealed_reason(conn, at, actor, act))

    # --- core.ports.Witness ---

    async def saw(self, session: Session, action: str, audited: Audited, about: About) -> None:
        """Note what staff asked if it is worth a row."""
        if session.role not in STAFF:
            if session.is_user and about.outcome in TRESPASSES and self._is_noted(session):
                # Without the address: who was erased leaves nothing of themselves in a log that nobody can change.
                actor = Actor(session.identity, str(session.role), session.id)
                self.later(actor, Act(action, about.object, outcome=about.outcome))
            return
        what = hash((session.id, action, about.object))
        seen = audited is Audited.ONCE and what in self._seen
        if not worth_noting(audited, about.outcome, seen=seen):
            return
        act = Act(action, about.object, about.reason, about.outcome, about.fields)
        if about.wait:
            await self.write(session.actor, act)
        else:
            self.later(session.actor, act)
        if audited is Audited.ONCE:
            self._remember(what)

    def _is_noted(self, session: Session) -> bool:
        """Whether one more refusal of this user leaves a row."""
        who, hour = hash(session.identity), self.clock.now() // HOUR_MS
        since, count = self._tries.pop(who, (hour, 0))
        self._tries[who] = (hour, count + 1) if since == hour else (hour, 1)
        if len(self._tries) > REMEMBERED:
            del self._tries[next(iter(self._tries))]
        return self._tries[who][1] <= TRIES

    def _remember(self, what: int) -> None:
        self._seen[what] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    # --- background ---

    async def run(self) -> None:
        """Store and chain what came, until cancelled."""
        while True:
            await attempt("audit", self.settle)
            await asyncio.sleep(CHAIN_EVERY_S)

    async def settle(self) -> None:
        """Store what waits in memory and chain everything that is stored."""
        await self._store_later()
        async with self._chaining:
            while await self.database.read(store.any_waiting):
                await self._chain()

    async def _store_later(self) -> None:
        taken, self._later = self._later, []

        def unit(conn: Connection) -> None:
            for at, actor, act in taken:
                self._take_in(conn, at, actor, act)

        if not taken:
            return
        try:
            await self.database.write(unit, lane="audit")
        except BaseException:
            self._later = taken + self._later
            raise

    async def _chain(self) -> End:
        return await self.database.write(lambda conn: store.chain(conn, self.key))

    async def forget_before(self, instant: int) -> int:
        """Remove the beginning of the log as far as it is older than an instant; returns how many rows."""

        def unit(conn: Connection) -> int:
            end = store.last_before(conn, instant)
            return 0 if end is None else store.forget_to(conn, self.key, end)

        return await self.database.write(unit)
