"""Wallet users as the log knows them."""

import hashlib
from typing import Any, Final, Literal

from msgspec import Struct
from sqlalchemy import Connection, bindparam, insert, select, update

from chatserver.conversation.tables import users
from chatserver.core.prepared import Prepared
from chatserver.core.sealing import open_text, seal_text


class User(Struct, frozen=True):
    """A wallet user; `kind` is `signed` (the host app says who it is) or `visitor` (anonymous)."""

    id: str
    kind: Literal["signed", "visitor"]
    name: str
    locale: str
    vip: bool
    last_agent: str | None = None


def name_of_user(conn: Connection, user: str, stored: str) -> str:
    """What stands in `users.name`, opened."""
    return open_text(conn, f"name|{user}", stored)


# Asked at every connect.
_BY_ID: Final = Prepared(select(users).where(users.c.id == bindparam("id")))


def _user_of_row(conn: Connection, row: Any) -> User:
    return User(row.id, row.kind, name_of_user(conn, row.id, row.name), row.locale, bool(row.vip), row.last_agent)


def read_user(conn: Connection, user: str) -> User | None:
    """A user by id."""
    row = _BY_ID.first(conn, {"id": user})
    return _user_of_row(conn, row) if row is not None else None


def read_visitor(conn: Connection, visitor_key: str) -> User | None:
    """The anonymous user to whom a visitor key was given."""
    query = select(users).where(users.c.visitor_digest == visitor_digest(visitor_key))
    row = conn.execute(query).first()
    return _user_of_row(conn, row) if row is not None else None


_FIXED: Final = ("id", "kind", "visitor_digest", "created_at")
_CHANGING: Final = ("name", "locale", "vip")
# A user who comes for the first time.
_ADD: Final = Prepared(insert(users).values({name: bindparam(name) for name in (*_FIXED, *_CHANGING)}))
# What has changed about a user.
_CHANGE: Final = Prepared(
    update(users).where(users.c.id == bindparam("user")).values({name: bindparam(name) for name in _CHANGING})
)


def remember_user(conn: Connection, user: User, now: int, *, visitor_key: str | None = None) -> None:
    """Store a user, or what has changed about them since the last connect."""
    known = read_user(conn, user.id)
    if known is not None and (known.name, known.locale, known.vip) == (user.name, user.locale, user.vip):
        return
    name = seal_text(conn, user.id, f"name|{user.id}", user.name)
    changing = {"name": name, "locale": user.locale, "vip": user.vip}
    if known is None:
        digest = visitor_digest(visitor_key) if visitor_key is not None else None
        row = {"id": user.id, "kind": user.kind, "visitor_digest": digest, "created_at": now}
        _ADD.run(conn, {**row, **changing})
    else:
        _CHANGE.run(conn, {"user": user.id, **changing})


_REMEMBER_AGENT: Final = Prepared(
    update(users).where(users.c.id == bindparam("user")).values(last_agent=bindparam("agent"))
)


def remember_last_agent(conn: Connection, user: str, agent: str) -> None:
    """The agent whom a returning user gets when free at that moment."""
    _REMEMBER_AGENT.run(conn, {"user": user, "agent": agent})


def visitor_digest(visitor_key: str) -> bytes:
    """What is stored of a visitor key: enough to know it again, not to use it."""
    return hashlib.blake2b(visitor_key.encode(), digest_size=32).digest()
