"""The SQL of the catalogue. A change is a new version; what was is kept."""

from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from chatserver.conversation.events import By
from chatserver.core.errors import conflict
from chatserver.core.sealing import STAFF, open_text, seal_text
from chatserver.desk.catalogue.kinds import KINDS, MOST, Item, Routing
from chatserver.desk.catalogue.rules import ROUTING_ID
from chatserver.desk.catalogue.tables import catalogue

T = TypeVar("T", bound=Item)

_names: Final = {kind: name for name, kind in KINDS.items()}
_decoders: Final = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
_columns: Final = catalogue.c


def name_of(kind: type[Item]) -> str:
    """The name of a kind, in paths and in the table."""
    return _names[kind]


class Kept(Struct, Generic[T], frozen=True):
    """A version of an item: who made it, and when; a `removed` one is not shown any more."""

    id: str
    version: int
    at: int
    by: By
    removed: bool
    item: T


def _kept(conn: Connection, kind: str, row: Row[Any]) -> Kept[Any]:
    item = _decoders[kind].decode(bytes(row.body))
    return Kept(
        row.id, row.version, row.at, By("agent", row.by_id or None, _author(conn, kind, row)), row.removed, item
    )


def _author(conn: Connection, kind: str, row: Row[Any]) -> str:
    return open_text(conn, _bound(kind, row.id, row.version), row.by_name)


def _bound(kind: str, id_: str, version: int) -> str:
    return f"catalogue.by|{kind}|{id_}|{version}"


# What counts of a kind now.
_LIVE: Final = (
    select(catalogue)
    .where(_columns.kind == bindparam("kind"), _columns.live, _columns.removed.is_(False))
    .order_by(_columns.id)
)


def read_items(conn: Connection, kind: type[T]) -> list[Kept[T]]:
    """Everything of a kind that counts now, by id."""
    name = _names[kind]
    return [_kept(conn, name, row) for row in conn.execute(_LIVE, {"kind": name}).all()]


def read_item(conn: Connection, kind: type[T], id_: str) -> Kept[T] | None:
    """One item as it is now, None when there is none."""
    name = _names[kind]
    row = conn.execute(_LIVE.where(_columns.id == bindparam("id")), {"kind": name, "id": id_}).first()
    return _kept(conn, name, row) if row is not None else None


def read_versions(conn: Connection, kind: type[T], id_: str) -> list[Kept[T]]:
    """Everything that an item has been, the newest first."""
    name = _names[kind]
    query = select(catalogue).where(_columns.kind == name, _columns.id == id_).order_by(_columns.version.desc())
    return [_kept(conn, name, row) for row in conn.execute(query.limit(MOST)).all()]


def save_item(conn: Connection, id_: str, item: T, by: By, now: int, *, removed: bool = False) -> Kept[T]:
    """A new version of an item. Raises `conflict` when there are too many of its kind, or two change it."""
    name = _names[type(item)]
    mine = (_columns.kind == name, _columns.id == id_)
    before = conn.execute(select(func.max(_columns.version)).where(*mine)).scalar() or 0
    counted = select(func.count()).where(_columns.kind == name, _columns.live)
    if not before and conn.execute(counted).scalar_one() >= MOST:
        raise conflict(f"There are {MOST} already. Remove some first.")
    conn.execute(update(catalogue).where(*mine, _columns.live).values(live=False))
    fresh = {"version": before + 1, "live": True, "removed": removed, "body": msgspec.json.encode(item)}
    sealed = seal_text(conn, STAFF, _bound(name, id_, before + 1), by.name)
    author = {"at": now, "by_id": by.id or "", "by_name": sealed}
    try:
        conn.execute(insert(catalogue).values(kind=name, id=id_, **fresh, **author))
    except IntegrityError:
        raise conflict("Somebody else has changed it at this moment. Look at it again.") from None
    return Kept(id_, before + 1, now, by, removed, item)


def remove_item(conn: Connection, kind: type[T], id_: str, by: By, now: int) -> bool:
    """Show an item no more; False when there is none."""
    kept = read_item(conn, kind, id_)
    if kept is None:
        return False
    save_item(conn, id_, kept.item, by, now, removed=True)
    return True


def read_routing(conn: Connection) -> Routing:
    """How the desk routes now."""
    kept = read_item(conn, Routing, ROUTING_ID)
    return kept.item if kept is not None else Routing()
