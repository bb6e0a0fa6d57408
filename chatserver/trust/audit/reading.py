"""Rows of the audit log as auditors get them."""

import hashlib
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, bindparam, select

from chatserver.trust.audit.reasons import opened_reason
from chatserver.trust.audit.store import read_chain
from chatserver.trust.audit.tables import audit

_PLAIN: Final = ("number", "at", "actor", "role", "session", "address", "action", "object", "outcome")
_EXACT: Final = ("actor", "action", "object", "outcome")


class Wanted(Struct, frozen=True, kw_only=True):
    """Which rows: at most `limit` below the number `cursor`, that fit everything else that is given."""

    actor: str = ""
    action: str = ""
    object: str = ""
    outcome: str = ""
    since: int = 0
    until: int = 2**62
    limit: int = 50
    cursor: int = 2**62


def find(conn: Connection, wanted: Wanted) -> list[Row[Any]]:
    """The rows that fit, newest first, and one more than wanted if there are more."""
    query = select(audit).where(audit.c.number < wanted.cursor)
    for name in _EXACT:
        if value := getattr(wanted, name):
            query = query.where(audit.c[name] == value)
    query = query.where(audit.c.at >= wanted.since, audit.c.at <= wanted.until)
    return list(conn.execute(query.order_by(audit.c.number.desc()).limit(wanted.limit + 1)))


def entry_of(conn: Connection, row: Row[Any]) -> dict[str, Any]:
    """A row as it is shown."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    return {**plain, "reason": opened_reason(conn, row), "fields": msgspec.json.decode(bytes(row.fields))}


def line_of(conn: Connection, row: Row[Any]) -> dict[str, Any]:
    """A row as it is exported: with the digests that are hashed, the hash, and the seal."""
    digests = {
        "reason_sha256": hashlib.sha256(bytes(row.reason)).hexdigest(),
        "fields_sha256": hashlib.sha256(bytes(row.fields)).hexdigest(),
        "hash": bytes(row.hash).hex(),
        "seal": bytes(row.seal).hex(),
    }
    return {**entry_of(conn, row), **digests}


def page_of(conn: Connection, wanted: Wanted) -> tuple[list[dict[str, Any]], bool]:
    """The rows that fit as they are shown, newest first, and whether there are more."""
    rows = find(conn, wanted)
    return [entry_of(conn, row) for row in rows[: wanted.limit]], len(rows) > wanted.limit


def lines_of(conn: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Rows that follow a number as they are exported, in order."""
    return [line_of(conn, row) for row in read_chain(conn, after, limit)]


# What concerns a user: themselves and their conversations.
_ABOUT: Final = select(audit).where(audit.c.object.in_(bindparam("objects", expanding=True))).order_by(audit.c.number)

OBJECTS_AT_ONCE: Final = 500


def entries_about(conn: Connection, objects: list[str]) -> list[dict[str, Any]]:
    """Every row about one of the objects."""
    found = []
    for start in range(0, len(objects), OBJECTS_AT_ONCE):
        some = objects[start : start + OBJECTS_AT_ONCE]
        found += [entry_of(conn, row) for row in conn.execute(_ABOUT, {"objects": some}).all()]
    return sorted(found, key=lambda entry: int(entry["number"]))


_DELETED: Final = select(audit.c.object).where(audit.c.action == "deleted", audit.c.actor == "system")


def deleted_conversations(conn: Connection) -> set[str]:
    """Conversations that went by a rule of retention: roots remember them, and nothing is wrong with that."""
    return {object_.removeprefix("conversation:") for object_ in conn.execute(_DELETED).scalars()}
