"""The SQL of approvals, alerts and looks. Functions over a connection; the caller's transaction decides."""

from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from chatserver.conversation.tables import parties
from chatserver.core.ids import new_id
from chatserver.core.sealing import open_text, seal_text
from chatserver.trust.agents import read_agent
from chatserver.trust.oversight.messages import AlertInfo, Overseer
from chatserver.trust.oversight.rules import Approval
from chatserver.trust.oversight.tables import alerts, approvals, looks

DESK: Final = ":desk"
"""Owner of what is about nobody's data but the staff's own work."""

KEPT_MS: Final = 90 * 86_400_000
"""Approvals and alerts are listed for this long; the audit log keeps what happened."""

_SAME: Final = ("id", "kind", "object", "requested_by", "requested_at", "device", "status")
_DECIDED: Final = ("decided_by", "decided_at", "same_device")


def add_approval(conn: Connection, approval: Approval) -> None:
    """Keep what somebody asks for."""
    values = {name: getattr(approval, name) for name in (*_SAME, *_DECIDED)}
    values["reason"] = seal_text(conn, _owner(approval), f"approvals|{approval.id}", approval.reason)
    conn.execute(insert(approvals).values(**values))


def _owner(approval: Approval) -> str:
    """Whose key seals a reason: the user's whom it is about, so that it goes with them; why they went stays."""
    about_user = approval.object.startswith("user:") and approval.kind != "erase_user"
    return approval.object.removeprefix("user:") if about_user else DESK


def read_approval(conn: Connection, approval: str, *, lock: bool = False) -> Approval | None:
    """An approval by id, locked until the transaction ends if asked."""
    query = select(approvals).where(approvals.c.id == approval)
    row = conn.execute(query.with_for_update() if lock else query).first()
    return _approval_of(conn, row) if row is not None else None


def read_approvals(conn: Connection, since: int, limit: int) -> list[Approval]:
    """The latest approvals."""
    query = select(approvals).where(approvals.c.requested_at >= since).order_by(approvals.c.requested_at.desc())
    return [_approval_of(conn, row) for row in conn.execute(query.limit(limit))]


def _approval_of(conn: Connection, row: Row[Any]) -> Approval:
    fields = {name: getattr(row, name) for name in (*_SAME, *_DECIDED)}
    return Approval(**fields, reason=open_text(conn, f"approvals|{row.id}", row.reason))


def save_approval(conn: Connection, approval: Approval) -> None:
    """Keep how it was decided, or that it was used."""
    changed = {name: getattr(approval, name) for name in ("status", *_DECIDED)}
    conn.execute(update(approvals).where(approvals.c.id == approval.id).values(**changed))


def overseer_of(conn: Connection, identity: str) -> Overseer:
    """Somebody of the staff by identity, with the name of their account."""
    agent = read_agent(conn, identity.removeprefix("agent:"))
    return Overseer(identity.removeprefix("agent:"), agent.name if agent is not None else "")


# --- looks ---


def look(conn: Connection, agent: str, kind: str, object_: str, now: int, window_ms: int) -> None:
    """Remember that somebody looked at something; within the window the first time counts.

    Whoever comes later has a later instant, whatever the clocks of processes say: the place of a look never changes.
    """
    if _looked(conn, agent, kind, object_, now - window_ms):
        return
    upsert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    mine = and_(looks.c.agent == agent, looks.c.kind == kind)
    newest = conn.execute(select(func.max(looks.c.at)).where(mine)).scalar() or 0
    row = {"agent": agent, "kind": kind, "object": object_, "at": max(now, newest + 1)}
    conn.execute(upsert(looks).values(**row).on_conflict_do_nothing())


def _looked(conn: Connection, agent: str, kind: str, object_: str, since: int) -> bool:
    mine = and_(looks.c.agent == agent, looks.c.kind == kind, looks.c.object == object_, looks.c.at > since)
    return conn.execute(select(looks.c.at).where(mine).limit(1)).first() is not None


def place_of_look(conn: Connection, agent: str, kind: str, object_: str, since: int) -> tuple[int, int, int]:
    """The how manyth thing this was since then, how many there were in all, and when the first was."""
    mine = and_(looks.c.agent == agent, looks.c.kind == kind, looks.c.at > since)
    seen = list(conn.execute(select(looks.c.object, looks.c.at).where(mine).order_by(looks.c.at, looks.c.object)))
    place = next(place for place, one in enumerate(seen, 1) if one.object == object_)
    return place, len(seen), seen[0].at


def forget_looks(conn: Connection, before: int) -> int:
    """Forget looks that no limit counts any more, and lists that nobody reads any more."""
    conn.execute(delete(approvals).where(approvals.c.requested_at < before - KEPT_MS))
    conn.execute(delete(alerts).where(alerts.c.at < before - KEPT_MS))
    return conn.execute(delete(looks).where(looks.c.at < before)).rowcount


# Since when an agent has had to do with a conversation that was assigned to them.
_PARTY_SINCE: Final = select(parties.c.since_at).where(
    parties.c.conversation == bindparam("number"), parties.c.agent_id == bindparam("agent"), parties.c.assigned
)


def read_party_since(conn: Connection, number: int, agent: str) -> int | None:
    """When a conversation that is or was an agent's came to them; None if it never was."""
    since: int | None = conn.execute(_PARTY_SINCE, {"number": number, "agent": agent}).scalar()
    return since


# --- alerts ---


def add_alert(conn: Connection, kind: str, agent: str, now: int, **known: Any) -> AlertInfo:
    """Keep an alert about somebody; `known` are `count`, `bound`, `suspended`."""
    values = {"count": 1, "bound": 0, "suspended": False, **known}
    alert = new_id("w")
    conn.execute(insert(alerts).values(id=alert, at=now, kind=kind, agent=agent, **values))
    return AlertInfo(id=alert, at=now, kind=kind, agent=overseer_of(conn, identity_or(agent)), **values)


def identity_or(agent: str) -> str:
    """The identity of an account id."""
    return agent if agent.startswith("agent:") else f"agent:{agent}"


def alerted(conn: Connection, kind: str, agent: str, since: int, *, suspended: bool) -> bool:
    """Whether there is such an alert already."""
    same = and_(alerts.c.agent == agent, alerts.c.kind == kind, alerts.c.at > since)
    if suspended:
        same = and_(same, alerts.c.suspended)
    return conn.execute(select(alerts.c.id).where(same).limit(1)).first() is not None


def read_alerts(conn: Connection, limit: int, *, only_open: bool) -> list[AlertInfo]:
    """The latest alerts."""
    query = select(alerts).order_by(alerts.c.at.desc(), alerts.c.id).limit(limit)
    if only_open:
        query = query.where(alerts.c.seen_at.is_(None))
    return [_alert_of(conn, row) for row in conn.execute(query).all()]


def see_alert(conn: Connection, alert: str, agent: str, now: int) -> AlertInfo | None:
    """Keep who has looked at an alert first."""
    unseen = and_(alerts.c.id == alert, alerts.c.seen_at.is_(None))
    conn.execute(update(alerts).where(unseen).values(seen_by=agent, seen_at=now))
    row = conn.execute(select(alerts).where(alerts.c.id == bindparam("id")), {"id": alert}).first()
    return _alert_of(conn, row) if row is not None else None


def _alert_of(conn: Connection, row: Row[Any]) -> AlertInfo:
    seen = {}
    if row.seen_by is not None:
        seen = {"seen_by": overseer_of(conn, row.seen_by), "seen_at": row.seen_at}
    plain = {name: getattr(row, name) for name in ("id", "at", "kind", "count", "bound", "suspended")}
    return AlertInfo(**plain, agent=overseer_of(conn, row.agent), **seen)
