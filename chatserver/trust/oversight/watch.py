"""Watches how much each of the staff looks at: refuses what is too much, tells of what is odd, shuts the door."""

import asyncio
import hashlib
from functools import partial
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.conversation.store import read_head
from chatserver.core.audit import DONE, SYSTEM, Act, Audited
from chatserver.core.background import attempt
from chatserver.core.ports import About, Audit, Witness
from chatserver.core.session import Role, Session
from chatserver.trust.agents import disable_agent, lock_agent, read_agent
from chatserver.trust.oversight import store
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.messages import AlertInfo
from chatserver.trust.oversight.rules import HOUR_MS, LIMITS, Verdict, judge, limit_of, too_many

WATCHED: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.AUDITOR})

READING: Final = frozenset({"sync", "GET /api/v1/conversations/{id}", "GET /api/v1/conversations/{id}/transcript"})
"""What opens a conversation."""

SEARCH: Final = "GET /api/v1/conversations"

THEIRS_MS: Final = 86_400_000
"""What somebody was assigned within a day is theirs to read: it is no look-up."""

REMEMBERED: Final = 5_000
WAITING: Final = 5_000


class Look(Struct, frozen=True):
    """Somebody looked at something."""

    session: Session
    kind: str
    object: str


class Watch:
    """A `Witness` behind another one. `rate_factor` multiplies the limits; 0 is none."""

    def __init__(self, witness: Witness, audit: Audit, alerts: Alerts, rate_factor: float) -> None:
        self._witness = witness
        self._audit = audit
        self._alerts = alerts
        self._rate_factor = rate_factor
        self._known: dict[int, None] = {}  # by hash, as in the audit log
        self._looks: asyncio.Queue[Look] = asyncio.Queue(WAITING)

    # --- core.ports.Witness ---

    async def saw(self, session: Session, action: str, audited: Audited, about: About) -> None:
        """Note it, and if it was a look at somebody's conversation, count it soon."""
        await self._witness.saw(session, action, audited, about)
        if about.outcome != DONE or session.role not in WATCHED or not self._rate_factor:
            return
        if action in READING and about.object:
            self._look_soon(Look(session, "conversations", about.object))
        elif action == SEARCH and about.sought:
            digest = hashlib.blake2b(about.sought.encode(), digest_size=12).hexdigest()
            self._look_soon(Look(session, "searches", digest))

    def _look_soon(self, look: Look) -> None:
        key = hash((look.session.id, look.kind, look.object))
        if key in self._known or self._looks.full():
            return
        self._known[key] = None
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        self._looks.put_nowait(look)

    async def run(self) -> None:
        """Count looks until cancelled."""
        while True:
            look = await self._looks.get()
            await attempt("watch", partial(self.count, look))

    # --- counting ---

    async def take(self, session: Session, kind: str, object_: str) -> None:
        """Count a look before it is had; raises `rate_limited` if it is one too many, and tells of it."""
        verdict, first = await self.count(Look(session, kind, object_))
        if verdict.refused:
            raise too_many(kind, max(1_000, first + HOUR_MS - self._alerts.clock.now()))

    async def count(self, look: Look) -> tuple[Verdict, int]:
        """Count a look; returns what follows, and when the first one of this hour was."""
        database = self._alerts.database
        verdict, first, alert = await database.write(lambda conn: self._judge(conn, look))
        self._alerts.tell(alert)
        return verdict, first

    def _judge(self, conn: Connection, look: Look) -> tuple[Verdict, int, AlertInfo | None]:
        now, agent = self._alerts.clock.now(), look.session.subject
        most = limit_of(look.session, look.kind, self._rate_factor)
        if not most or (look.kind == "conversations" and _is_theirs(conn, look, now)):
            return Verdict(), now, None
        lock_agent(conn, agent)  # else two looks at once, neither of which sees the other, have one place
        store.look(conn, agent, look.kind, look.object, now, HOUR_MS)
        place, count, first = store.place_of_look(conn, agent, look.kind, look.object, now - HOUR_MS)
        verdict = judge(place=place, count=count, most=most, refuses=LIMITS[look.kind].refuses)
        alert = None
        if verdict.suspend:
            self._suspend(conn, look, count, most)
        if verdict.alert:
            known = {"count": count, "bound": most, "suspended": verdict.suspend}
            alert = self._alerts.keep(conn, look.kind, agent, **known)
        return verdict, first, alert

    def _suspend(self, conn: Connection, look: Look, count: int, most: int) -> None:
        """Shut an account: its sockets close within seconds, its tokens are void, until somebody enables it again."""
        account = read_agent(conn, look.session.subject)
        if account is None or account.disabled:
            return
        disable_agent(conn, account.email, self._alerts.clock.now())
        fields = {"kind": look.kind, "count": count, "bound": most}
        self._audit.note(conn, SYSTEM, Act("agent_suspended", look.session.identity, fields=fields))


def _is_theirs(conn: Connection, look: Look, now: int) -> bool:
    """Whether it is, or was within a day, assigned to whoever looks."""
    head = read_head(conn, look.object.removeprefix("conversation:"))
    if head is None:
        return True
    since = store.read_party_since(conn, head.number, look.session.subject)
    serves = head.agent is not None and head.agent.id == look.session.subject
    return serves or (since is not None and since > now - THEIRS_MS)
