"""Every conversation as a line of JSON, for keeping or moving elsewhere."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from chatserver.conversation import store
from chatserver.conversation.events import Recorded
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, users
from chatserver.conversation.users import name_of_user
from chatserver.conversation.views import view_of
from chatserver.core.ports import Database

CONVERSATIONS_AT_ONCE: Final = 50
ROWS_AT_ONCE: Final = 1_000
"""Each read is short, so that an export never keeps SQLite's log from shrinking."""

# The next conversations in the order of their beginning, with their users.
_NEXT: Final = (
    select(conversations, users.c.name.label("user_name"), users.c.kind.label("user_kind"))
    .outerjoin(users, users.c.id == conversations.c.user_id)
    .where(conversations.c.number > bindparam("after"))
    .order_by(conversations.c.number)
    .limit(CONVERSATIONS_AT_ONCE)
)


async def export_lines(database: Database) -> AsyncIterator[bytes]:
    """A JSON object per conversation, oldest first, without the line's end.

    `{conversation, user, locale, attributes, started_at, closed_at, disposition, events}`, where
    `events` are both threads as `sync` gives them, the internal one after the public. What is
    written meanwhile may be in it or not. One conversation at a time is in memory.
    """
    after = 0
    while rows := await database.read(partial(_next, after=after)):
        for head, about in rows:
            events = [await _thread(database, head, thread) for thread in ("public", "internal")]
            yield msgspec.json.encode({**about, "events": [*events[0], *events[1]]})
        after = rows[-1][0].number


def _next(conn: Connection, after: int) -> list[tuple[Head, dict[str, Any]]]:
    rows = conn.execute(_NEXT, {"after": after}).all()
    return [(head, _about(conn, head, row)) for head, row in ((store.head_of_row(row), row) for row in rows)]


async def _thread(database: Database, head: Head, thread: str) -> list[msgspec.Raw]:
    events: list[msgspec.Raw] = []
    last = 0
    while last < head.head_of(thread):
        found = await database.read(partial(_page, head=head, thread=thread, after=last))
        page = [row for row in found if row.seq <= head.head_of(thread)]
        if not page:
            break
        events += [msgspec.Raw(row.wire(typed=True, with_key=False)) for row in page]
        last = page[-1].seq
    return events


def _page(conn: Connection, head: Head, thread: str, after: int) -> list[Recorded]:
    return store.read_page(conn, head, thread, after, ROWS_AT_ONCE)


def _about(conn: Connection, head: Head, row: Row[Any]) -> dict[str, Any]:
    name = name_of_user(conn, head.user_id, row.user_name) if row.user_name is not None else None
    return {
        "conversation": view_of(head, for_user=False),
        "user": {"id": head.user_id, "kind": row.user_kind, "name": name},
        "locale": head.locale,
        "attributes": store.attributes_of(conn, head.id, row.attributes),
        "started_at": head.started_at,
        "closed_at": head.closed_at,
        "disposition": head.disposition,
    }
