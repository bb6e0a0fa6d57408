"""Lists of conversations: who may see which, searched, and a page at a time."""

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select

from chatserver.conversation.events import Status
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.search import find
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, parties, users
from chatserver.conversation.users import name_of_user
from chatserver.core.errors import invalid
from chatserver.core.session import Role, Session


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
    asked = select(conversations, users.c.name.label("user_name")).outerjoin(
        users, users.c.id == conversations.c.user_id
    )
    asked = asked.where(*_visible(session, searching=bool(wanted.query)), *_chosen(conn, wanted))
    asked = asked.order_by(conversations.c.number.desc()).limit(wanted.limit + 1)
    rows = conn.execute(asked).all()
    found = [Listed(head_of_row(row), _name(conn, row)) for row in rows[: wanted.limit]]
    return found, len(rows) > wanted.limit


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


def _chosen(conn: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.status is not UNSET:
        chosen.append(conversations.c.status == wanted.status)
    if wanted.cursor is not UNSET:
        place = conn.execute(_PLACE, {"id": wanted.cursor}).scalar()
        if place is None:
            raise invalid("cursor", "Take the cursor from the `next` of an earlier page.")
        chosen.append(conversations.c.number < place)
    if wanted.query:
        chosen.append(conversations.c.number.in_(find(conn, wanted.query)))
    return chosen
