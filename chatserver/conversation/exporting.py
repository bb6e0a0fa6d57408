"""Every conversation as a line of JSON, for keeping or moving elsewhere."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, bindparam, select

from chatserver.conversation import store
from chatserver.conversation.events import Recorded
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.proving import RowProof, read_proofs
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


# One conversation with its user.
_ONE: Final = (
    select(conversations, users.c.name.label("user_name"), users.c.kind.label("user_kind"))
    .outerjoin(users, users.c.id == conversations.c.user_id)
    .where(conversations.c.id == bindparam("id"))
)

Rooting = Callable[[Connection, Head], list[Any]]
"""Finds the signed roots that a conversation is in, and the way to them."""


async def export_lines(
    database: Database, rooting: Rooting | None = None, *, user: str | None = None
) -> AsyncIterator[bytes]:
    """A JSON object per conversation, of one user if asked, oldest first, without the line's end.

    `{conversation, user, locale, attributes, started_at, closed_at, disposition, events, proof?}`, where `events` are
    both threads as `sync` gives them, the internal one after the public, and `proof` is what it takes to check them
    elsewhere (`docs/tamper-evidence.md`). What is written meanwhile may be in it or not. Fifty
    conversations at a time are in memory.
    """
    after: int | None = 0
    while after is not None:
        lines, after = await export_page(database, after, rooting, user=user)
        for line in lines:
            yield line


async def export_one(database: Database, conversation: str, rooting: Rooting | None = None) -> dict[str, Any]:
    """The same object for one conversation that is there."""

    def query(conn: Connection) -> tuple[Head, dict[str, Any]]:
        row = conn.execute(_ONE, {"id": conversation}).one()
        head = head_of_row(conn, row)
        return head, _about(conn, head, row)

    head, about = await database.read(query)
    return await _record(database, head, about, rooting)


async def export_page(
    database: Database, after: int, rooting: Rooting | None = None, *, user: str | None = None
) -> tuple[list[bytes], int | None]:
    """The lines of some conversations that began after a number, and the number to go on after, None at the end."""
    found = await database.read(partial(_next, after=after, user=user))
    lines = [msgspec.json.encode(await _record(database, head, about, rooting)) for head, about in found]
    return lines, found[-1][0].number if len(found) == CONVERSATIONS_AT_ONCE else None


def _next(conn: Connection, after: int, user: str | None) -> list[tuple[Head, dict[str, Any]]]:
    query = _NEXT if user is None else _NEXT.where(conversations.c.user_id == user)
    rows = conn.execute(query, {"after": after}).all()
    return [(head, _about(conn, head, row)) for head, row in ((head_of_row(conn, row), row) for row in rows)]


async def _record(database: Database, head: Head, about: dict[str, Any], rooting: Rooting | None) -> dict[str, Any]:
    events: list[msgspec.Raw] = []
    proofs: dict[str, list[RowProof]] = {}
    for thread in ("public", "internal"):
        said, proofs[thread] = await _thread(database, head, thread)
        events += said
    if head.public_chain is None:  # stored by an earlier version, and not chained yet
        return {**about, "events": events}
    roots = await database.read(lambda conn: rooting(conn, head)) if rooting is not None else []
    # A thread may have grown beyond what is told here; a root that knows more proves nothing about it.
    told = [one for one in roots if one.leaf.seq <= head.head_of(one.leaf.thread)]
    return {**about, "events": events, "proof": {"rows": proofs, "roots": told}}


async def _thread(database: Database, head: Head, thread: str) -> tuple[list[msgspec.Raw], list[RowProof]]:
    events: list[msgspec.Raw] = []
    proofs: list[RowProof] = []
    last = 0
    while last < (most := head.head_of(thread)):
        limit = min(ROWS_AT_ONCE, most - last)
        rows, some = await database.read(partial(_page, head=head, thread=thread, after=last, limit=limit))
        if not rows:
            break
        events += [msgspec.Raw(row.wire(typed=True, with_key=False)) for row in rows]
        proofs += some
        last = rows[-1].seq
    return events, proofs


def _page(conn: Connection, head: Head, thread: str, after: int, limit: int) -> tuple[list[Recorded], list[RowProof]]:
    return store.read_page(conn, head, thread, after, limit), read_proofs(conn, head, thread, after, limit)


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
