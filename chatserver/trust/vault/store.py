"""The SQL of the vault."""

from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from chatserver.core.prepared import Prepared
from chatserver.trust.vault.tables import data_keys, master_keys

# All master keys, oldest first.
_MASTERS: Final = select(master_keys).order_by(master_keys.c.number)
# One data key.
_KEY: Final = Prepared(select(data_keys).where(data_keys.c.id == bindparam("id")))
# The data key that seals what is new of an owner.
_PRESENT: Final = Prepared(
    select(data_keys.c.id)
    .where(
        data_keys.c.owner == bindparam("owner"),
        data_keys.c.retired_at.is_(None),
        data_keys.c.wrapped.is_not(None),
    )
    .order_by(data_keys.c.made_at.desc(), data_keys.c.id.desc())
    .limit(1)
)
# Stores a data key.
_ADD: Final = Prepared(
    insert(data_keys).values({name: bindparam(name) for name in ("id", "owner", "master", "wrapped", "made_at")})
)
# Some data keys that a later master key is to wrap.
_STALE: Final = (
    select(data_keys.c.id, data_keys.c.master, data_keys.c.wrapped)
    .where(data_keys.c.master < bindparam("master"), data_keys.c.wrapped.is_not(None))
    .order_by(data_keys.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)
# Puts a data key under another master key.
_REWRAP: Final = (
    update(data_keys)
    .where(data_keys.c.id == bindparam("b_id"))
    .values(master=bindparam("b_master"), wrapped=bindparam("b_wrapped"))
)


def read_masters(conn: Connection) -> list[Row[Any]]:
    """All master keys, oldest first: `(number, wrapped, made_at)`."""
    return list(conn.execute(_MASTERS))


def insert_master(conn: Connection, number: int, wrapped: bytes, now: int) -> None:
    """Store a master key; raises `IntegrityError` when somebody else has just made this one."""
    conn.execute(insert(master_keys).values(number=number, wrapped=wrapped, made_at=now))


def replace_master(conn: Connection, number: int, wrapped: bytes) -> None:
    """Keep a master key as another secret wraps it."""
    conn.execute(update(master_keys).where(master_keys.c.number == number).values(wrapped=wrapped))


def drop_unused_masters(conn: Connection, newest: int) -> int:
    """Forget the master keys below the newest that wrap nothing; returns how many."""
    used = select(data_keys.c.master).where(data_keys.c.wrapped.is_not(None)).distinct()
    dropped = delete(master_keys).where(master_keys.c.number < newest, master_keys.c.number.not_in(used))
    return conn.execute(dropped).rowcount


def read_key(conn: Connection, id_: int) -> Any:
    """One data key, or None."""
    return _KEY.first(conn, {"id": id_})


def read_present_key(conn: Connection, owner: str) -> int | None:
    """The id of the data key that seals what is new of an owner."""
    row = _PRESENT.first(conn, {"owner": owner})
    return None if row is None else int(row.id)


def insert_key(conn: Connection, id_: int, owner: str, master: int, wrapped: bytes, now: int) -> None:
    """Store a data key."""
    _ADD.run(conn, {"id": id_, "owner": owner, "master": master, "wrapped": wrapped, "made_at": now})


def read_stale_keys(conn: Connection, master: int, limit: int) -> list[Row[Any]]:
    """Data keys that an older master key wraps, locked."""
    return list(conn.execute(_STALE, {"master": master, "limit": limit}))


def rewrap_keys(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Put data keys under another master key: `{b_id, b_master, b_wrapped}` each."""
    conn.execute(_REWRAP, rows)


def retire_keys(conn: Connection, now: int) -> int:
    """Let no data key of a user seal anything new; returns how many did so far."""
    live = (data_keys.c.retired_at.is_(None), data_keys.c.wrapped.is_not(None), data_keys.c.owner.not_like(":%"))
    return conn.execute(update(data_keys).where(*live).values(retired_at=now)).rowcount


def destroy_keys(conn: Connection, owner: str, now: int) -> list[int]:
    """Forget the data keys of an owner, and whose they were; returns their ids, which stay."""
    ids = list(conn.execute(select(data_keys.c.id).where(data_keys.c.owner == owner)).scalars())
    gone = {"owner": None, "wrapped": None, "destroyed_at": now}
    conn.execute(update(data_keys).where(data_keys.c.owner == owner).values(**gone))
    return ids


def read_destroyed(conn: Connection, since: int) -> list[int]:
    """The data keys that were destroyed since an instant."""
    return list(conn.execute(select(data_keys.c.id).where(data_keys.c.destroyed_at >= since)).scalars())


def count_keys(conn: Connection) -> dict[str, int]:
    """How many data keys are in use, retired and destroyed, for operators and metrics."""
    row = conn.execute(
        select(
            func.count(data_keys.c.wrapped).label("kept"),
            func.count(data_keys.c.retired_at).label("retired"),
            func.count(data_keys.c.destroyed_at).label("destroyed"),
        )
    ).one()
    return dict(row._mapping)
