"""The SQL of those who wait: a lane is a tier and a skill, a place the score of `rules.score`."""

from typing import Final

from sqlalchemy import BigInteger, Connection, bindparam, cast, func, literal_column, select

from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, users
from chatserver.core.prepared import Prepared
from chatserver.desk.queue import Entry, Wish
from chatserver.desk.rules import PRIORITIES, PRIORITY_BOOST_MS, score

Lane = tuple[int, str]

_WAITS: Final = conversations.c.status == literal_column("'waiting'")
_PLACE: Final = conversations.c.queued_at - cast(conversations.c.priority, BigInteger) * PRIORITY_BOOST_MS


_ENTRIES: Final = (
    select(
        conversations.c.id,
        conversations.c.tier,
        conversations.c.skill,
        conversations.c.locale,
        conversations.c.avoid_agent,
        _PLACE.label("place"),
        users.c.last_agent.label("known_agent"),
    )
    .outerjoin(users, users.c.id == conversations.c.user_id)
    .where(_WAITS)
    .order_by(_PLACE)
)


def waiting_entries(conn: Connection, among: list[str] | None = None) -> list[Entry]:
    """Everybody who waits, or those among these conversations, in the order of their places.

    No more than the index needs: there may be a hundred thousand.
    """
    query = _ENTRIES if among is None else _ENTRIES.where(conversations.c.id.in_(among))
    return [
        Entry(row.id, row.tier, row.skill, row.place, Wish(row.locale[:2], row.avoid_agent, row.known_agent))
        for row in conn.execute(query)
    ]


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
    return [(head_of_row(conn, row), row.known_agent) for row in conn.execute(query).all()]


# One range of the index: asked for all priorities at once, it would read the whole lane.
_FIRST_BEFORE: Final = Prepared(
    select(conversations)
    .where(
        _WAITS,
        conversations.c.tier == bindparam("tier"),
        conversations.c.skill == bindparam("skill"),
        conversations.c.priority == bindparam("priority"),
        conversations.c.queued_at < bindparam("queued_before"),
    )
    .order_by(conversations.c.queued_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def waiting_before(conn: Connection, head: Head) -> Head | None:
    """Who comes before this one in its lane and waits, the first of them, locked.

    Whoever another transaction has in its hands at this moment is left out: they are being served.
    """
    place = score(head.queued_at or 0, head.priority)
    firsts: list[Head] = []
    for priority in PRIORITIES:
        before = place + priority * PRIORITY_BOOST_MS
        lane = {"tier": head.tier, "skill": head.skill, "priority": priority, "queued_before": before}
        row = _FIRST_BEFORE.first(conn, lane)
        if row is not None:
            firsts.append(head_of_row(conn, row))
    return min(firsts, key=lambda first: score(first.queued_at or 0, first.priority), default=None)
