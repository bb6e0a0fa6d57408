"""Lists of conversations: who may see which, searched, and a page at a time."""

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from chatserver.conversation.events import Status
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.search import find, is_frequent
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, parties, users
from chatserver.conversation.users import name_of_user
from chatserver.core.errors import invalid
from chatserver.core.session import Role, Session

# The newest conversation.
_NEWEST: Final = select(func.max(conversations.c.number))

LOOKED_THROUGH: Final = 500
"""Conversations among which a search looks first; then among four times as many before them, and so on."""

AT_ONCE: Final = 2_000
"""Conversations looked through for frequent words before the page ends: 3 to 4 ms at any size of the log."""


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


def read_list(conn: Connection, session: Session, wanted: Wanted) -> tuple[list[Listed], str | None]:
    """A page of what this session may see, newest first, and the cursor of the next if there may be more.

    A search for frequent words ends a page before it is full, or has anything, when it has looked through enough.
    """
    below = _place(conn, wanted)
    if wanted.query:
        rows, onwards = _searched(conn, session, wanted, below)
    else:
        rows, onwards = _page(conn, session, wanted, below, wanted.limit + 1), None
    found = [Listed(head_of_row(conn, row), _name(conn, row)) for row in rows[: wanted.limit]]
    return found, found[-1].head.id if len(rows) > wanted.limit else onwards


def _searched(
    conn: Connection, session: Session, wanted: Wanted, below: int | None
) -> tuple[list[Row[Any]], str | None]:
    """What is found, newest first, and from where on was not looked.

    A word that everybody uses is not looked up in all that was ever said, and several such words, which may never
    stand together, only in so much at a time. A rare word is found wherever it is.
    """
    begin = end = below if below is not None else (conn.execute(_NEWEST).scalar() or 0) + 1
    frequent = is_frequent(conn, wanted.query)
    size = LOOKED_THROUGH if frequent is not False else end
    left = AT_ONCE if frequent else end
    rows: list[Row[Any]] = []
    while end > 1 and len(rows) <= wanted.limit:
        first = max(1, end - min(size, left))
        among = conversations.c.number.in_(find(conn, wanted.query, first, end, apart=bool(frequent)))
        rows += _page(conn, session, wanted, end, wanted.limit + 1 - len(rows), conversations.c.number >= first, among)
        left, end, size = left - (end - first), first, size * 4
        if left == 0 and end > 1:
            if (onwards := _oldest(conn, session, end, begin)) is not None:
                return rows, onwards
            left = AT_ONCE  # they may see none of these, and are told of none
    return rows, None


def _oldest(conn: Connection, session: Session, first: int, end: int) -> str | None:
    """The oldest conversation from `first` up to `end` that this session may see."""
    number = conversations.c.number
    asked = select(conversations.c.id).where(number >= first, number < end, *_visible(session, searching=True))
    oldest: str | None = conn.execute(asked.order_by(number).limit(1)).scalar()
    return oldest


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
