"""What guards users against those who serve them, put together: audit log, watch, approvals, need to know."""

from pathlib import Path

from chatserver.core.background import repeat, together
from chatserver.core.ports import Clock, Database, Hub
from chatserver.trust.audit.anchors import ANCHOR_EVERY_S, Anchors
from chatserver.trust.audit.api import AuditApi
from chatserver.trust.audit.trail import Trail
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.api import OversightApi
from chatserver.trust.oversight.approvals import Approvals
from chatserver.trust.oversight.watch import Watch
from chatserver.trust.privacy.api import UsersApi
from chatserver.trust.privacy.looking import Looking


class Rights:
    """The rooms of audit, oversight and privacy; `run` is their background work."""

    def __init__(self, database: Database, clock: Clock, key: bytes, hub: Hub, rate_factor: float) -> None:
        self.trail = Trail(database, clock, key)
        self.alerts = Alerts(database, clock, hub)
        self.watch = Watch(self.trail, self.trail, self.alerts, rate_factor)
        self.approvals = Approvals(self.trail, self.alerts, hub)
        looking = Looking(database, clock, self.trail, self.watch, self.approvals)
        self.apis = (AuditApi(self.trail), OversightApi(self.approvals, self.alerts), UsersApi(looking))

    def keep_anchors(self, file: Path) -> None:
        """Write where the audit log ends to a file, from now on."""
        self.anchors = Anchors(self.trail.database, self.trail.clock, file)

    async def run(self) -> None:
        """Store, chain, anchor and count, until cancelled."""
        await together(
            self.trail.run(),
            self.watch.run(),
            repeat("audit_anchor", self.anchors.drop, ANCHOR_EVERY_S),
        )
