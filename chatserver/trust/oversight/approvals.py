"""What takes two persons: asked for by one, decided by another, each step in the audit log."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from chatserver.core.audit import Act
from chatserver.core.ids import new_id
from chatserver.core.ports import Audit, Hub
from chatserver.core.session import OVERSEERS, Session
from chatserver.trust.oversight import store
from chatserver.trust.oversight.alerts import Alerts
from chatserver.trust.oversight.messages import AlertInfo, ApprovalEvent, ApprovalInfo
from chatserver.trust.oversight.rules import (
    DECIDE_WITHIN_MS,
    KINDS,
    Approval,
    check_request,
    check_use,
    decide,
)


class Approvals:
    """The verbs of approvals."""

    def __init__(self, audit: Audit, alerts: Alerts, hub: Hub) -> None:
        self._audit = audit
        self._alerts = alerts
        self._hub = hub
        self._database = alerts.database
        self._clock = alerts.clock

    async def ask(self, session: Session, kind: str, object_: str, reason: str) -> ApprovalInfo:
        """Ask for something; raises `forbidden` or `invalid`."""
        check_request(session, kind, object_)
        asked = Approval(
            id=new_id("p"),
            kind=kind,
            object=object_,
            reason=reason,
            requested_by=session.identity,
            requested_at=self._clock.now(),
            device=session.device,
            status="pending",
        )

        def unit(conn: Connection) -> ApprovalInfo:
            store.add_approval(conn, asked)
            self._note(conn, session, "approval_requested", asked, reason)
            return self._shown(conn, asked)

        return await self._told(unit)

    async def decide(self, session: Session, approval: str, *, approve: bool) -> ApprovalInfo:
        """Approve or refuse what somebody else asks for."""

        def unit(conn: Connection) -> tuple[ApprovalInfo, list[AlertInfo | None]]:
            found = store.read_approval(conn, approval, lock=True)
            decided = decide(found, session, approve=approve, now=self._clock.now())
            store.save_approval(conn, decided)
            self._note(conn, session, f"approval_{decided.status}", decided)
            return self._shown(conn, decided), self._alarm(conn, decided)

        shown, alerts = await self._database.write(unit)
        for alert in alerts:
            self._alerts.tell(alert)
        self._tell(shown)
        return shown

    def _alarm(self, conn: Connection, decided: Approval) -> list[AlertInfo | None]:
        """Glass that is broken, and two accounts on one machine, are looked at by everybody who oversees."""
        if decided.status != "approved":
            return []
        odd = {"glass_broken": decided.kind == "break_glass", "same_device": decided.same_device}
        kinds = [kind for kind, holds in odd.items() if holds]
        return [store.add_alert(conn, kind, decided.requested_by, self._clock.now()) for kind in kinds]

    def use(self, conn: Connection, session: Session, approval: str, kind: str, object_: str) -> Approval:
        """Check an approval in the transaction of what it allows, and use it up if it is good once; else raises."""
        found = store.read_approval(conn, approval, lock=True)
        check_use(found, session, kind, object_, self._clock.now())
        assert found is not None
        used = replace(found, status="used") if KINDS[kind].once else found
        if used.status != found.status:
            store.save_approval(conn, used)
        self._note(conn, session, "approval_used", used)
        return used

    async def list(self, status: str | None, limit: int) -> list[ApprovalInfo]:
        """The latest approvals, of one status if asked."""
        since = self._clock.now() - store.KEPT_MS

        def query(conn: Connection) -> list[ApprovalInfo]:
            return [self._shown(conn, one) for one in store.read_approvals(conn, since, 1_000)]

        found = await self._database.read(query)
        return [one for one in found if status is None or one.status == status][:limit]

    def _note(self, conn: Connection, session: Session, action: str, approval: Approval, reason: str = "") -> None:
        fields = {"approval": approval.id, "kind": approval.kind}
        if approval.same_device:
            fields["same_device"] = "yes"
        self._audit.note(conn, session.actor, Act(action, approval.object, reason, fields=fields))

    async def _told(self, unit: Callable[[Connection], ApprovalInfo]) -> ApprovalInfo:
        shown = await self._database.write(unit)
        self._tell(shown)
        return shown

    def _tell(self, shown: ApprovalInfo) -> None:
        self._hub.pass_on([OVERSEERS, f"agent:{shown.requested_by.id}"], "approval", ApprovalEvent(shown))

    def _shown(self, conn: Connection, approval: Approval) -> ApprovalInfo:
        decided: dict[str, Any] = {}
        until = approval.requested_at + DECIDE_WITHIN_MS
        if approval.decided_by is not None and approval.decided_at is not None:
            by = store.overseer_of(conn, approval.decided_by)
            decided = {"decided_by": by, "decided_at": approval.decided_at, "same_device": approval.same_device}
            until = approval.decided_at + KINDS[approval.kind].good_ms
        waits = approval.status in ("pending", "approved")
        status: Any = "expired" if waits and self._clock.now() > until else approval.status
        return ApprovalInfo(
            id=approval.id,
            kind=approval.kind,  # type: ignore[arg-type]
            object=approval.object,
            reason=approval.reason,
            status=status,
            requested_by=store.overseer_of(conn, approval.requested_by),
            requested_at=approval.requested_at,
            until=until,
            **decided,
        )
