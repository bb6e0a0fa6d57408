"""The SQL of those who wait: a lane is a tier and a skill, a place the score of `rules.score`."""

from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, cast, func, or_, select

from chatserver.conversation import store as log_store
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, users
from chatserver.desk.rules import PRIORITIES, PRIORITY_BOOST_MS, score

Lane = tuple[int, str]

_WAITS: Final = conversations.c.status == "waiting"
_PLACE: Final = conversations.c.queued_at - cast(conversations.c.priority, BigInteger) * PRIORITY_BOOST_MS


def waiting_heads(conn: Connection, among: list[str] | None = None) -> list[Head]:
    """Everybody who waits, or those among these conversations, in the order of their places."""
    query = select(conversations).where(_WAITS).order_by(_PLACE)
    return log_store.select_heads(conn, query if among is None else query.where(conversations.c.id.in_(among)))


def waiting_places(conn: Connection) -> dict[Lane, dict[str, int]]:
    """Everybody who waits with their place, by lane."""
    table = conversations.c
    query = select(table.tier, table.skill, table.id, _PLACE.label("place")).where(_WAITS)
    found: dict[Lane, dict[str, int]] = {}
    for row in conn.execute(query):
        found.setdefault((row.tier, row.skill), {})[row.id] = row.place
    return found


def front_of_lanes(conn: Connection, most: int) -> list[tuple[Head, str | None]]:
    """The first `most` of every lane, each with the user's last agent."""
    table = conversations.c
    turn = func.row_number().over(partition_by=(table.tier, table.skill), order_by=(_PLACE, table.id))
    turns = select(table.number, turn.label("turn")).where(_WAITS).subquery()
    query = (
        select(conversations, users.c.last_agent.label("known_agent"))
        .join(turns, turns.c.number == table.number)
        .join(users, users.c.id == table.user_id)
        .where(turns.c.turn <= most)
    )
    return [(head_of_row(row), row.known_agent) for row in conn.execute(query)]


def waiting_before(conn: Connection, head: Head) -> Head | None:
    """Who comes before this one in its lane and waits, the first of them, locked.

    Whoever another transaction has in its hands at this moment is left out: they are being served.
    """
    query = select(conversations).where(_WAITS, _before(head)).order_by(_PLACE).limit(1)
    found = log_store.select_heads(conn, query.with_for_update(skip_locked=True))
    return found[0] if found else None


def _before(head: Head) -> ColumnElement[bool]:
    """One range of the index for each priority."""
    table = conversations.c
    place = score(head.queued_at or 0, head.priority)
    sooner = (
        and_(table.priority == priority, table.queued_at < place + priority * PRIORITY_BOOST_MS)
        for priority in PRIORITIES
    )
    return and_(table.tier == head.tier, table.skill == head.skill, or_(*sooner))
