"""SQL of the outbox: put, take under a lease, settle, look, clean up."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from chatserver.core.ids import new_id
from chatserver.core.outbox import Draft, Parcel
from chatserver.core.sealing import Erased, Unreadable, vault_of
from chatserver.infra.outbox import rules
from chatserver.infra.outbox.rules import LEASE_MS, Next, Taken
from chatserver.infra.outbox.tables import outbox

_WAITS: Final = outbox.c.state == "waiting"


class Leased(Struct, frozen=True):
    """A parcel that this process may carry until its lease ends."""

    number: int
    parcel: Parcel
    taken: Taken


# The same work for the same receiver that nobody has carried yet.
_SAME: Final = select(outbox.c.id).where(
    outbox.c.target == bindparam("target"),
    outbox.c.kind == bindparam("kind"),
    outbox.c.about == bindparam("about"),
    outbox.c.owner == bindparam("owner"),
    _WAITS,
)


def put(conn: Connection, draft: Draft, target: bytes, now: int) -> str:
    """Add a parcel; the id of the one that waits already if it is the same work."""
    same = {"target": target, "kind": draft.kind, "about": draft.about, "owner": draft.owner}
    waiting: str | None = conn.execute(_SAME, same).scalar()
    if waiting is not None:
        return waiting
    parcel = new_id("p")
    blank: dict[str, Any] = dict.fromkeys(("attempts", "faults", "losses"), 0)
    sealed = vault_of(conn).seal(conn, draft.person, _place(parcel), draft.payload)
    row = {"id": parcel, "payload": sealed, "created_at": now, "due_at": now, "state": "waiting"}
    conn.execute(insert(outbox).values(**blank, **row, **same))
    return parcel


def _place(parcel: str) -> str:
    return f"outbox|{parcel}"


def count_since(conn: Connection, kind: str, since: int, owner: str, target: bytes | None) -> int:
    """Parcels of a kind put since an instant, by an owner or for a target."""
    asked = select(func.count()).where(outbox.c.kind == kind, outbox.c.created_at >= since)
    if owner:
        asked = asked.where(outbox.c.owner == owner)
    if target is not None:
        asked = asked.where(outbox.c.target == target)
    return conn.execute(asked).scalar_one()


_IS_DUE: Final = and_(
    _WAITS,
    outbox.c.due_at <= bindparam("now"),
    outbox.c.kind.in_(bindparam("kinds", expanding=True)),
    or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= bindparam("now")),
)
# Whether there is anything to take: an empty outbox costs no write.
_ANY: Final = select(outbox.c.number).where(_IS_DUE).limit(1)


def is_due(conn: Connection, kinds: Sequence[str], now: int) -> bool:
    """Whether a parcel of these kinds waits to be taken."""
    return conn.execute(_ANY, {"now": now, "kinds": list(kinds)}).first() is not None


# Those that are due and nobody carries, the longest due first; who else takes at this moment takes others.
_DUE: Final = (
    select(outbox).where(_IS_DUE).order_by(outbox.c.due_at).limit(bindparam("most")).with_for_update(skip_locked=True)
)
# Begins an attempt.
_LEASE: Final = update(outbox).where(outbox.c.number == bindparam("b_number"))


def take(conn: Connection, kinds: Sequence[str], now: int, most: int) -> list[Leased]:
    """Take at most so many parcels under a lease; what has outlived too many processes is put aside."""
    taken = []
    for row in conn.execute(_DUE, {"now": now, "kinds": list(kinds), "most": most}).all():
        losses = row.losses + (row.lease_until is not None)
        payload = _opened(conn, row)
        if isinstance(payload, str) or rules.is_lost(losses):
            reason = payload if isinstance(payload, str) else "ended its process"
            ended = {"state": "quarantined", "ended_at": now, "lease_until": None, "reason": reason}
            conn.execute(_LEASE.values(losses=losses, **ended), {"b_number": row.number})
            continue
        attempts = row.attempts + 1
        lease = {"attempts": attempts, "losses": losses, "lease_until": now + LEASE_MS}
        conn.execute(_LEASE.values(**lease), {"b_number": row.number})
        parcel = Parcel(row.id, row.kind, row.owner, row.about, payload, attempts, row.created_at)
        taken.append(Leased(row.number, parcel, Taken(attempts, row.faults, row.created_at)))
    return taken


def _opened(conn: Connection, row: Row[Any]) -> bytes | str:
    """The payload, or why there is none."""
    try:
        return vault_of(conn).open(conn, _place(row.id), row.payload)
    except Erased:
        return "the user was erased"
    except Unreadable:
        return "unreadable"


def settle(conn: Connection, leased: Leased, after: Next, now: int) -> None:
    """Keep what came of an attempt, unless the lease ended and somebody else has begun another."""
    mine = and_(outbox.c.number == leased.number, outbox.c.attempts == leased.taken.attempts, _WAITS)
    ended = {} if after.state == "waiting" else {"ended_at": now}
    spent = {"payload": b""} if after.state == "delivered" else {}
    columns = {"state": after.state, "due_at": after.due_at, "faults": after.faults, "reason": after.reason}
    conn.execute(update(outbox).where(mine).values(lease_until=None, **columns, **ended, **spent))


def clean_up(conn: Connection, now: int) -> None:
    """Delete what was delivered longer ago than limits look back, and what was put aside a month ago."""
    for state, kept_ms in (("delivered", rules.KEPT_MS), ("quarantined", rules.QUARANTINE_MS)):
        conn.execute(delete(outbox).where(outbox.c.state == state, outbox.c.ended_at < now - kept_ms))


class OutboxFigures(Struct, frozen=True):
    """The outbox at one instant: by kind how many wait and since when the first (ms since 1970), and put aside."""

    waiting: dict[str, int]
    oldest_at: dict[str, int]
    quarantined: dict[str, int]


# How many of each kind are in a state, and since when.
_COUNT: Final = (
    select(outbox.c.kind, func.count(), func.min(outbox.c.created_at))
    .where(outbox.c.state == bindparam("state"))
    .group_by(outbox.c.kind)
)


def read_figures(conn: Connection) -> OutboxFigures:
    """The figures, the same on every process."""
    waiting = conn.execute(_COUNT, {"state": "waiting"}).all()
    aside = conn.execute(_COUNT, {"state": "quarantined"}).all()
    return OutboxFigures(
        {kind: count for kind, count, _ in waiting},
        {kind: oldest_at for kind, _, oldest_at in waiting},
        {kind: count for kind, count, _ in aside},
    )


class Shown(Struct, frozen=True):
    """A parcel as operators see it: nothing of what is in it."""

    id: str
    kind: str
    owner: str
    about: str
    state: str
    created_at: int
    due_at: int
    attempts: int
    reason: str | None


def read_rows(conn: Connection, most: int) -> list[Shown]:
    """What waits or was put aside, the oldest first."""
    columns = [outbox.c[name] for name in Shown.__struct_fields__]
    asked = select(*columns).where(outbox.c.state != "delivered").order_by(outbox.c.number).limit(most)
    return [Shown(*row) for row in conn.execute(asked)]


def try_again(conn: Connection, parcel: str, now: int) -> bool:
    """Let what was put aside be carried as if it were new; False when there is no such parcel."""
    anew = {"state": "waiting", "ended_at": None, "due_at": now, "created_at": now, "faults": 0, "losses": 0}
    mine = and_(outbox.c.id == parcel, outbox.c.state == "quarantined")
    return bool(conn.execute(update(outbox).where(mine).values(**anew)).rowcount)


def drop(conn: Connection, parcel: str) -> bool:
    """Delete what was put aside; False when there is no such parcel."""
    return bool(conn.execute(delete(outbox).where(outbox.c.id == parcel, outbox.c.state == "quarantined")).rowcount)
