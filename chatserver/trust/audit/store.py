"""The SQL of the audit log. Functions over a connection; the caller's transaction decides."""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from chatserver.core.audit import Act, Actor
from chatserver.trust.audit import rules
from chatserver.trust.audit.rules import START, End
from chatserver.trust.audit.tables import audit, audit_ends, audit_inbox

CHAINED_AT_ONCE: Final = 1_000

_FIELDS: Final = tuple(name for name in rules.Row.__struct_fields__ if name != "number")

# Takes a row in, to be chained soon.
_TAKE_IN: Final = insert(audit_inbox)


def take_in(conn: Connection, at: int, actor: Actor, act: Act, reason: bytes) -> None:
    """Keep an act, in the transaction of what it tells of."""
    conn.execute(
        _TAKE_IN,
        {
            "at": at,
            "actor": actor.id,
            "role": actor.role,
            "session": actor.session,
            "address": actor.address,
            "action": act.action,
            "object": act.object,
            "outcome": act.outcome,
            "reason": reason,
            "fields": msgspec.json.encode(act.fields),
        },
    )


# The next rows that are to be chained; some were kept in memory for a moment, so by their time.
_WAITING: Final = select(audit_inbox).order_by(audit_inbox.c.at, audit_inbox.c.number).limit(CHAINED_AT_ONCE)
_CHAIN: Final = insert(audit)
_END: Final = select(audit_ends).where(audit_ends.c.name == bindparam("name"))


def any_waiting(conn: Connection) -> bool:
    """Whether something is to be chained; quick."""
    return conn.execute(select(audit_inbox.c.number).limit(1)).first() is not None


def chain(conn: Connection, key: bytes) -> End:
    """Move what waits into the chain; returns its new end. Waits for another process that does the same."""
    head = _locked_head(conn)
    waiting = conn.execute(_WAITING).all()
    rows: list[dict[str, Any]] = []
    number, last = head.number, head.hash
    for waits in waiting:
        number += 1
        row = rules.Row(number=number, **{name: getattr(waits, name) for name in _FIELDS})
        last = rules.hash_of(last, row)
        seal = rules.seal_of(key, "row", number, last)
        rows.append({**msgspec.structs.asdict(row), "hash": last, "seal": seal})
    if not rows:
        return head
    conn.execute(_CHAIN, rows)
    conn.execute(delete(audit_inbox).where(audit_inbox.c.number.in_([one.number for one in waiting])))
    return _move(conn, "head", End(number, last, rules.seal_of(key, "head", number, last)))


def _locked_head(conn: Connection) -> End:
    locked = _END.with_for_update()
    row = conn.execute(locked, {"name": "head"}).first()
    if row is None:
        _begin(conn, "head")
        row = conn.execute(locked, {"name": "head"}).one()
    return End(row.number, row.hash, row.seal)


def _begin(conn: Connection, name: str) -> None:
    """Make an end of an empty log; whoever is second waits, and finds it made."""
    upsert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    values = {"name": name, "number": 0, "hash": START, "seal": b""}
    conn.execute(upsert(audit_ends).values(**values).on_conflict_do_nothing())


def _move(conn: Connection, name: str, end: End) -> End:
    moved = {"number": end.number, "hash": end.hash, "seal": end.seal}
    conn.execute(update(audit_ends).where(audit_ends.c.name == name).values(**moved))
    return end


def read_end(conn: Connection, name: str) -> End | None:
    """The `head` or `base` of the log, None before its first row, or before any was removed."""
    row = conn.execute(_END, {"name": name}).first()
    return End(row.number, row.hash, row.seal) if row is not None else None


# Rows of the chain in order.
_FROM: Final = (
    select(audit).where(audit.c.number > bindparam("after")).order_by(audit.c.number).limit(bindparam("limit"))
)


def read_chain(conn: Connection, after: int, limit: int) -> list[Row[Any]]:
    """Rows of the chain that follow a number, in order."""
    return list(conn.execute(_FROM, {"after": after, "limit": limit}))


def row_of(row: Row[Any]) -> rules.Row:
    """A row of `audit` as what is hashed."""
    return rules.Row(number=row.number, **{name: getattr(row, name) for name in _FIELDS})


def last_before(conn: Connection, at: int) -> End | None:
    """The last of the rows, from the beginning on, that are all older than an instant."""
    young = select(func.min(audit.c.number)).where(audit.c.at >= at).scalar_subquery()
    query = select(audit).where(audit.c.number < func.coalesce(young, bindparam("none")))
    row = conn.execute(query.order_by(audit.c.number.desc()).limit(1), {"none": 2**62}).first()
    return End(row.number, row.hash, row.seal) if row is not None else None


def forget_to(conn: Connection, key: bytes, end: End) -> int:
    """Remove the beginning of the log up to a row, and keep what the next one follows; returns how many."""
    _begin(conn, "base")
    _move(conn, "base", End(end.number, end.hash, rules.seal_of(key, "base", end.number, end.hash)))
    return conn.execute(delete(audit).where(audit.c.number <= end.number)).rowcount
