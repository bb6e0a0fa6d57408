"""Alerts about staff: kept, told to supervisors at once, counted."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from chatserver.core.errors import not_found
from chatserver.core.ports import Clock, Database, Hub
from chatserver.core.session import OVERSEERS, Session
from chatserver.trust.oversight import store
from chatserver.trust.oversight.messages import AlertEvent, AlertInfo
from chatserver.trust.oversight.rules import HOUR_MS


class Alerts:
    """Raises alerts; one of a kind about somebody within an hour is enough."""

    def __init__(self, database: Database, clock: Clock, hub: Hub) -> None:
        self.database = database
        self.clock = clock
        self._hub = hub
        self.raised: Counter[str] = Counter()
        """How many alerts this process has raised, by kind."""

    def keep(self, conn: Connection, kind: str, agent: str, **known: Any) -> AlertInfo | None:
        """Keep an alert in the caller's transaction; None if there is one. `tell` it after the commit."""
        now = self.clock.now()
        if store.alerted(conn, kind, agent, now - HOUR_MS, suspended=known.get("suspended", False)):
            return None
        return store.add_alert(conn, kind, agent, now, **known)

    def tell(self, alert: AlertInfo | None) -> None:
        """Tell supervisors, administrators and auditors who are connected."""
        if alert is not None:
            self.raised[alert.kind] += 1
            self._hub.pass_on([OVERSEERS], "alert", AlertEvent(alert))

    async def seen(self, session: Session, alert: str) -> AlertInfo:
        """Keep that somebody has looked at it; raises `not_found`."""
        now = self.clock.now()
        found = await self.database.write(lambda conn: store.see_alert(conn, alert, session.identity, now))
        if found is None:
            raise not_found("alert")
        return found
