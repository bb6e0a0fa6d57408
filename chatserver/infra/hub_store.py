"""The SQL of the hub: what was committed after what was delivered."""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from chatserver.conversation import store
from chatserver.conversation.chain_check import THREADS
from chatserver.conversation.events import Recorded
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, events

PAGE: Final = 200
"""Events of a thread read at a time."""

_BEGIN: Final = ("conversation_started", "conversation_reopened")
"""With these a conversation becomes a user's; with an assignment it becomes an agent's."""


def read_after(conn: Connection, delivered: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[Head, list[Recorded]]]:
    """The heads of conversations, and a page of each of their threads that follows what was delivered, by id."""
    heads = store.read_heads(conn, list(delivered))
    moved = [
        (head, thread, delivered[id_][thread])
        for id_, head in heads.items()
        for thread in THREADS
        if head.head_of(thread) > delivered[id_][thread]
    ]
    pages = store.read_pages(conn, moved, PAGE)
    return {id_: (head, pages.get(id_, [])) for id_, head in heads.items()}


def read_heads(conn: Connection, ids: list[str]) -> dict[str, tuple[int, int, int]]:
    """Public head, internal head and epoch of conversations, by id."""
    table = conversations.c
    query = select(table.id, table.public_head, table.internal_head, table.epoch)
    return {row[0]: (row[1], row[2], row[3]) for row in conn.execute(query.where(table.id.in_(ids)))}


def read_unknown(conn: Connection, identities: list[str], known: Collection[str]) -> list[tuple[str, dict[str, int]]]:
    """Open conversations of users and agents that nobody knows of here, and from where they are to be told.

    `identities` are `user:ID` and `agent:ID`; `known` are ids of conversations.
    """
    users = {one.removeprefix("user:") for one in identities if one.startswith("user:")}
    agents = {one.removeprefix("agent:") for one in identities if one.startswith("agent:")}
    table = conversations.c
    theirs = or_(
        and_(table.user_id.in_(users), table.status != "closed"),
        and_(table.agent_id.in_(agents), table.status == "active"),
    )
    query = select(table.id, table.number, table.user_id).where(theirs)
    return [
        (row.id, {"public": _before_entry(conn, row.number, of_user=row.user_id in users)})
        for row in conn.execute(query).all()
        if row.id not in known
    ]


def _before_entry(conn: Connection, number: int, *, of_user: bool) -> int:
    """The last event before the one that made it theirs."""
    entries = _BEGIN if of_user else ("agent_assigned",)
    log = events.c
    query = select(func.max(log.seq)).where(log.conversation == number, log.thread == "public", log.type.in_(entries))
    return int(conn.execute(query).scalar_one()) - 1
