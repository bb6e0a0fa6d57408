"""What actors wrote as their reason, sealed: with the key of the user whom it is about, so that it goes with them."""

from typing import Any, Final

from sqlalchemy import Connection, Row, select

from chatserver.conversation.tables import conversations, users
from chatserver.core.audit import Act, Actor
from chatserver.core.sealing import Erased, vault_of

OWN: Final = ":desk"
"""Owner of what is about no user, or has to outlive one."""


def sealed_reason(conn: Connection, at: int, actor: Actor, act: Act) -> bytes:
    """The reason of an act as it is stored; empty when there is none, and when its user has been erased meanwhile."""
    owner = _owner(conn, act) if act.reason else None
    if owner is None:
        return b""
    return vault_of(conn).seal(conn, owner, _bound(at, actor.id), act.reason.encode())


def opened_reason(conn: Connection, row: Row[Any]) -> str:
    """The reason of a row; empty when its user was erased."""
    stored = bytes(row.reason)
    if not stored or stored[0] != 1:  # none, or written by a version that did not seal
        return stored.decode()
    try:
        return vault_of(conn).open(conn, _bound(row.at, row.actor), stored).decode()
    except Erased:
        return ""


def _bound(at: int, actor: str) -> str:
    return f"audit|{at}|{actor}"


def _owner(conn: Connection, act: Act) -> str | None:
    kind, _, id_ = act.object.partition(":")
    if act.keep or kind not in ("user", "conversation"):
        return OWN
    user: str | None = id_
    if kind == "conversation":
        user = conn.execute(select(conversations.c.user_id).where(conversations.c.id == id_)).scalar()
    name = conn.execute(select(users.c.name).where(users.c.id == user)).scalar()
    if name == "":  # only an erasure takes a name: what was noted before it and comes after goes, too
        return None
    return OWN if name is None else user
