"""The writing side of the log: what a rule decided becomes sealed, linked rows and a moved head.

A change is drafted first, which stores nothing, and written then: many drafts together cost few statements. Functions
over a connection; the caller's transaction decides.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, select, update

from chatserver.conversation.chain import BEGINNING
from chatserver.conversation.events import KEYED, THREAD_OF, TYPE_OF, Body, By, Recorded, Thread, encode_body
from chatserver.conversation.head_rows import changed, columns_of
from chatserver.conversation.sealing import emptied_body, sealed_columns
from chatserver.conversation.search import note_again
from chatserver.conversation.states import Change, Head, after, fold
from chatserver.conversation.store import read_page, seal_attributes
from chatserver.conversation.tables import conversations, events, sent_keys
from chatserver.core.ids import key_digest
from chatserver.core.prepared import ForRows, inserting
from chatserver.core.sealing import vault_of


class Draft(Struct, frozen=True):
    """A change that is ready to be written: the head before and after, and the rows, as they are and as columns."""

    before: Head
    head: Head
    rows: list[Recorded]
    by: By
    columns: list[dict[str, Any]]


def draft(conn: Connection, head: Head, change: Change, by: By, now: int, *, key: str | None = None) -> Draft:
    """Make rows of what a rule decided, seal them and link each to the one before; nothing is stored yet.

    `key` is the sender's and belongs to the message, note or question of the change.
    """
    rows: list[Recorded] = []
    moved = head
    heads: dict[Thread, int] = {"public": head.public_head, "internal": head.internal_head}
    for body in change.events:
        kind = type(body)
        thread = THREAD_OF[kind]
        heads[thread] += 1
        own_key = key if isinstance(body, KEYED) else None
        rows.append(Recorded(head.id, thread, heads[thread], now, TYPE_OF[kind], by, own_key, encode_body(body)))
        moved = after(moved, body, now)
    fields = {"public_head": heads["public"], "internal_head": heads["internal"], **change.fields}
    if not rows:
        return Draft(head, msgspec.structs.replace(moved, **fields), rows, by, [])
    head = chained(conn, head)
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    links = {"public": head.public_chain or BEGINNING, "internal": head.internal_chain or BEGINNING}
    columns = []
    for row in rows:
        columns.append(sealed_columns(conn, head.number, data_key, row, links[row.thread]))
        links[row.thread] = columns[-1]["chain"]
    fields |= {"data_key": data_key, "public_chain": links["public"], "internal_chain": links["internal"]}
    return Draft(head, msgspec.structs.replace(moved, **fields), rows, by, columns)


# Appends rows to a log.
_APPEND: Final = inserting(events)
# Remembers what a sender's key stands for.
_REMEMBER_KEY: Final = inserting(sent_keys)
# Moves the head of a conversation to what its log has come to.
_MOVE_HEAD: Final = update(conversations).where(conversations.c.number == bindparam("b_number"))


def write(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Store drafts of different conversations."""
    rows = [columns for one in drafts for columns in one.columns]
    if rows:
        _APPEND.run(conn, rows)
    keyed = [_key_columns(one.head.number, row) for one in drafts for row in one.rows if row.key is not None]
    if keyed:
        _REMEMBER_KEY.run(conn, keyed)
    moves: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for one in drafts:
        columns = columns_of(conn, changed(one.before, one.head))
        if columns:
            moves.setdefault(tuple(columns), []).append({"b_number": one.head.number, **columns})
    for names, moved in moves.items():
        _moving(names).run(conn, moved)


def record(
    conn: Connection, head: Head, change: Change, by: By, now: int, *, key: str | None = None
) -> tuple[Head, list[Recorded]]:
    """Append what a rule decided and move the head. Returns the new head and the rows as they were stored."""
    drafted = draft(conn, head, change, by, now, key=key)
    write(conn, [drafted])
    return drafted.head, drafted.rows


def save_fields(conn: Connection, head: Head, **fields: Any) -> Head:
    """Change head fields that have no event."""
    moved = fold(head, Change(fields=fields), 0)
    _move(conn, head, moved)
    return moved


def _move(conn: Connection, head: Head, moved: Head) -> None:
    columns = columns_of(conn, changed(head, moved))
    if columns:
        _moving(tuple(columns)).run(conn, [{"b_number": head.number, **columns}])


@cache
def _moving(columns: tuple[str, ...]) -> ForRows:
    """Moves some columns of heads; a few dozen sets of them ever change together."""
    kinds = {name: conversations.c[name].type for name in columns}
    return ForRows(
        {"b_number": conversations.c.number.type, **kinds},
        lambda given: (
            update(conversations)
            .where(conversations.c.number == given.c.b_number)
            .values({name: given.c[name] for name in columns})
        ),
    )


def _key_columns(number: int, row: Recorded) -> dict[str, Any]:
    assert row.key is not None
    digest = key_digest(row.sender, row.key)
    return {"conversation": number, "digest": digest, "thread": row.thread, "seq": row.seq}


# What is known of the user besides, as it is stored.
_ATTRIBUTES: Final = select(conversations.c.attributes).where(conversations.c.number == bindparam("number"))
# One row of a thread.
_ROW: Final = select(events).where(
    events.c.conversation == bindparam("number"),
    events.c.thread == bindparam("thread"),
    events.c.seq == bindparam("seq"),
)
# Reads a stretch of a thread.
_ROWS: Final = select(events).where(
    events.c.conversation == bindparam("number"),
    events.c.thread == bindparam("thread"),
    events.c.seq.between(bindparam("first"), bindparam("last")),
)
# Takes the text out of a row, or seals one that was stored before there was a vault.
_REPLACE: Final = update(events).where(
    events.c.conversation == bindparam("b_number"),
    events.c.thread == bindparam("b_thread"),
    events.c.seq == bindparam("b_seq"),
)


def empty_row(conn: Connection, head: Head, thread: str, seq: int, body: Body) -> None:
    """Put a body without its text in the place of a row's; nothing else ever changes a row.

    The salt goes too, so that nobody can find out from the digest, which stays, what was said.
    """
    head = chained(conn, head)
    row = conn.execute(_ROW, {"number": head.number, "thread": thread, "seq": seq}).one()
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    sealed = emptied_body(conn, data_key, row, encode_body(body))
    place = {"b_number": head.number, "b_thread": thread, "b_seq": seq}
    conn.execute(_REPLACE.values(body=sealed), place)


def empty_rows(conn: Connection, head: Head, thread: str, bodies: Mapping[int, Body]) -> None:
    """The same for many rows of a thread, by `seq`: one question and one statement for all of them."""
    if not bodies:
        return
    head = chained(conn, head)
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    among = {"number": head.number, "thread": thread, "first": min(bodies), "last": max(bodies)}
    changed = [
        {
            "b_number": head.number,
            "b_thread": thread,
            "b_seq": row.seq,
            "b_body": emptied_body(conn, data_key, row, encode_body(bodies[row.seq])),
        }
        for row in conn.execute(_ROWS, among).all()
        if row.seq in bodies
    ]
    conn.execute(_REPLACE.values(body=bindparam("b_body")), changed)


def chained(conn: Connection, head: Head) -> Head:
    """Seal and link what an earlier version has stored of a conversation; returns the head with its last links."""
    if head.public_chain is not None or not head.public_head:
        return head
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    links: dict[str, bytes] = {}
    for thread in ("public", "internal"):
        links[thread] = BEGINNING
        for row in read_page(conn, head, thread, 0, head.head_of(thread)):
            columns = sealed_columns(conn, head.number, data_key, row, links[thread])
            links[thread] = columns["chain"]
            place = {"b_number": head.number, "b_thread": thread, "b_seq": row.seq}
            conn.execute(_REPLACE.values(**columns), place)
    note_again(conn, head.number)
    plain = conn.execute(_ATTRIBUTES, {"number": head.number}).scalar_one()
    attributes = seal_attributes(conn, head, plain)
    links_now = {f"{thread}_chain": link for thread, link in links.items()}
    moved = msgspec.structs.replace(head, data_key=data_key, **links_now)
    _move(conn, head, moved)
    conn.execute(_MOVE_HEAD.values(attributes=attributes), {"b_number": head.number})
    return moved
