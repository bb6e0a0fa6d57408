"""What guards users against those who serve them, put together: audit log, watch, approvals, need to know."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from chatserver.conversation.log import Log
from chatserver.core.background import repeat, together
from chatserver.core.personal import PersonalData
from chatserver.core.ports import Clock, Database, Hub
from chatserver.trust.audit.anchors import ANCHOR_EVERY_S, Anchors
from chatserver.trust.audit.api import AuditApi
from chatserver.trust.audit.trail import Trail
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.api import OversightApi
from chatserver.trust.oversight.approvals import Approvals
from chatserver.trust.oversight.watch import Watch
from chatserver.trust.privacy.api import UsersApi
from chatserver.trust.privacy.duties import DutiesApi
from chatserver.trust.privacy.erasing import Erasing
from chatserver.trust.privacy.exporting import Exporting
from chatserver.trust.privacy.holding import Holds
from chatserver.trust.privacy.housekeeping import LOOK_EVERY_S, Housekeeping
from chatserver.trust.privacy.looking import Looking
from chatserver.trust.privacy.retention import Retention
from chatserver.trust.privacy.rules import parse_rules

After: TypeAlias = Callable[[], Awaitable[None]]
"""Deletes the bytes that the database no longer names."""


class Rights:
    """The rooms of audit, oversight and privacy; `run` is their background work."""

    def __init__(self, database: Database, clock: Clock, key: bytes, hub: Hub, rate_factor: float) -> None:
        self.trail = Trail(database, clock, key)
        self.alerts = Alerts(database, clock, hub)
        self.watch = Watch(self.trail, self.trail, self.alerts, rate_factor)
        self.approvals = Approvals(self.trail, self.alerts, hub)
        looking = Looking(database, clock, self.trail, self.watch, self.approvals)
        self.apis: tuple[Any, ...] = (
            AuditApi(self.trail),
            OversightApi(self.approvals, self.alerts),
            UsersApi(looking),
        )

    def keep_duties(
        self, log: Log, shares: Sequence[PersonalData], after: After, retention: str, audit_days: int
    ) -> None:
        """Export, erase, hold and retain from now on; raises `RetentionRefused`."""
        trail, database, clock = self.trail, self.trail.database, self.trail.clock
        self.erasing = Erasing(log, trail, shares, after)
        self.exporting = Exporting(trail, shares)
        self.holds = Holds(database, clock, trail)
        self.retention = Retention(log, trail, parse_rules(retention))
        self.housekeeping = Housekeeping(clock, self.retention, trail, audit_days)
        duties = DutiesApi(database, trail, self.approvals, self.exporting)
        self.apis = (*self.apis, duties.join(self.erasing, self.holds))

    def keep_anchors(self, file: Path) -> None:
        """Write where the audit log ends to a file, from now on."""
        self.anchors = Anchors(self.trail.database, self.trail.clock, file)

    async def run(self) -> None:
        """Store, chain, anchor and count, until cancelled."""
        await together(
            self.trail.run(),
            self.watch.run(),
            repeat("audit_anchor", self.anchors.drop, ANCHOR_EVERY_S),
            repeat("housekeeping", self.housekeeping.look, LOOK_EVERY_S),
        )
