"""Lists of conversations: who may see which, searched, and a page at a time."""

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from chatserver.conversation.events import Status
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.search import find
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, parties, users
from chatserver.conversation.users import name_of_user
from chatserver.core.errors import invalid
from chatserver.core.session import Role, Session

# The newest conversation.
_NEWEST: Final = select(func.max(conversations.c.number))

LOOKED_THROUGH: Final = 500
"""Conversations among which a search looks first; then among four times as many before them, and so on."""


class Wanted(Struct, frozen=True):
    """What a list shall hold: at most `limit` conversations below the one named by `cursor`."""

    limit: int
    query: str = ""
    status: Status | UnsetType = UNSET
    cursor: str | UnsetType = UNSET


class Listed(Struct, frozen=True):
    """A conversation of a list, and its user's name."""

    head: Head
    user_name: str


# Where a conversation stands in the order of all: newest first.
_PLACE: Final = select(conversations.c.number).where(conversations.c.id == bindparam("id"))


def read_list(conn: Connection, session: Session, wanted: Wanted) -> tuple[list[Listed], bool]:
    """A page of what this session may see, newest first, and whether more follow."""
    below = _place(conn, wanted)
    most = wanted.limit + 1
    rows = _searched(conn, session, wanted, below) if wanted.query else _page(conn, session, wanted, below, most)
    found = [Listed(head_of_row(conn, row), _name(conn, row)) for row in rows[: wanted.limit]]
    return found, len(rows) > wanted.limit


def _searched(conn: Connection, session: Session, wanted: Wanted, below: int | None) -> list[Row[Any]]:
    """What is found, newest first: a word that everybody uses is not looked up in all that was ever said."""
    end = below if below is not None else (conn.execute(_NEWEST).scalar() or 0) + 1
    rows: list[Row[Any]] = []
    size = LOOKED_THROUGH
    while end > 1 and len(rows) <= wanted.limit:
        first = max(1, end - size)
        among = conversations.c.number.in_(find(conn, wanted.query, first, end))
        rows += _page(conn, session, wanted, end, wanted.limit + 1 - len(rows), conversations.c.number >= first, among)
        end, size = first, size * 4
    return rows


def _page(
    conn: Connection, session: Session, wanted: Wanted, below: int | None, most: int, *more: ColumnElement[bool]
) -> list[Row[Any]]:
    asked = select(conversations, users.c.name.label("user_name")).outerjoin(
        users, users.c.id == conversations.c.user_id
    )
    asked = asked.where(*_visible(session, searching=bool(wanted.query)), *more)
    if wanted.status is not UNSET:
        asked = asked.where(conversations.c.status == wanted.status)
    if below is not None:
        asked = asked.where(conversations.c.number < below)
    return list(conn.execute(asked.order_by(conversations.c.number.desc()).limit(most)))


def _name(conn: Connection, row: Row[Any]) -> str:
    return name_of_user(conn, row.user_id, row.user_name or "")


def _visible(session: Session, *, searching: bool) -> list[ColumnElement[bool]]:
    """Users see their own, agents what is or was theirs or offered, supervisors and auditors all."""
    if session.role in (Role.SUPERVISOR, Role.AUDITOR):
        return []
    if session.is_user:
        return [conversations.c.user_id == session.subject]
    mine: Select[Any] = select(parties.c.conversation).where(parties.c.agent_id == session.subject)
    if searching:
        # Text of what was only offered is not theirs to read, so neither to search.
        mine = mine.where(parties.c.assigned)
    return [conversations.c.number.in_(mine)]


def _place(conn: Connection, wanted: Wanted) -> int | None:
    """The number below which the page begins; None for the newest."""
    if wanted.cursor is UNSET:
        return None
    place: int | None = conn.execute(_PLACE, {"id": wanted.cursor}).scalar()
    if place is None:
        raise invalid("cursor", "Take the cursor from the `next` of an earlier page.")
    return place
