"""Rows of the audit log as auditors get them."""

import hashlib
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, select

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


def entry_of(row: Row[Any]) -> dict[str, Any]:
    """A row as it is shown."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    return {**plain, "reason": bytes(row.reason).decode(), "fields": msgspec.json.decode(bytes(row.fields))}


def line_of(row: Row[Any]) -> dict[str, Any]:
    """A row as it is exported: with the digests that are hashed, the hash, and the seal."""
    digests = {
        "reason_sha256": hashlib.sha256(bytes(row.reason)).hexdigest(),
        "fields_sha256": hashlib.sha256(bytes(row.fields)).hexdigest(),
        "hash": bytes(row.hash).hex(),
        "seal": bytes(row.seal).hex(),
    }
    return {**entry_of(row), **digests}
