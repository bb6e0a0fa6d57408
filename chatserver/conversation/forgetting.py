"""Takes texts out of conversations for good: on a user's wish, or because of their age."""

from typing import Final

from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Connection, update

from chatserver.conversation import store
from chatserver.conversation.appending import empty_row, empty_rows
from chatserver.conversation.attachments.store import erase as erase_files
from chatserver.conversation.attachments.store import erase_all as erase_all_files
from chatserver.conversation.events import (
    Body,
    CallbackRequested,
    ConsultAsked,
    ConversationClosed,
    ConversationRated,
    HandedOff,
    MessagePosted,
    MessageRemoved,
    NoteAdded,
)
from chatserver.conversation.log import SYSTEM, Appended, append
from chatserver.conversation.search import remove_all_from_index
from chatserver.conversation.states import Change, Head
from chatserver.conversation.tables import conversations

ERASED: Final = "erased"
"""The disposition of a conversation that ends with the erasure of its user, and what `removed` says."""

ROWS_AT_ONCE: Final = 200
"""Rows that one transaction empties: so that nobody waits for it for long."""


class Emptied(Struct, frozen=True):
    """What a step did: what was appended, the last row looked at, how many were emptied, whether more follow."""

    appended: tuple[Appended, ...]
    last: int
    count: int
    more: bool


def close_for_good(conn: Connection, head: Head, now: int) -> tuple[Appended, ...]:
    """End a conversation that is still open."""
    if not head.is_open:
        return ()
    return (append(conn, head, Change((ConversationClosed(disposition=ERASED),)), SYSTEM, now),)


def empty_messages(conn: Connection, head: Head, after: int, now: int) -> Emptied:
    """Take the text out of the next messages, out of the index too, and say so in the log."""
    rows = store.read_page(conn, head, "public", after, ROWS_AT_ONCE)
    told, emptied = [], dict[int, Body]()
    for row in rows:
        body = row.read() if row.type == "message_posted" else None
        if isinstance(body, MessagePosted) and _says_something(body):
            emptied[row.seq] = MessagePosted(text="", removed=[ERASED], reply_to=body.reply_to)
            told.append(MessageRemoved(message=row.id, removed=[ERASED]))
    empty_rows(conn, head, "public", emptied)
    if rows:
        remove_all_from_index(conn, head.number, rows[0].seq, rows[-1].seq)
        erase_all_files(conn, head.number, "public", rows[0].seq, rows[-1].seq, now)
    appended = (append(conn, head, Change(tuple(told)), SYSTEM, now),) if told else ()
    last = rows[-1].seq if rows else after
    return Emptied(appended, last, len(told), len(rows) == ROWS_AT_ONCE)


def _says_something(body: MessagePosted) -> bool:
    return bool(body.text or body.attachments)


def without_words(body: Body) -> Body | None:
    """What is left of an event beside messages when what somebody wrote is taken out; None if nobody wrote in it."""
    match body:
        case NoteAdded(text=text) if text:
            return replace(body, text="", files=UNSET)
        case ConsultAsked(text=text) if text:
            return replace(body, text="")
        case ConversationRated(comment=comment) if comment:
            return replace(body, comment=UNSET)
        case CallbackRequested(phone_hint=hint) if hint:
            return replace(body, phone_hint="")
        case HandedOff(reason=reason) if reason != ERASED:
            return replace(body, reason=ERASED)
        case _:
            return None


def empty_the_rest(conn: Connection, head: Head, now: int) -> int:
    """Take notes, comments and reasons out of a conversation whose messages are emptied; returns how many.

    They leave no event: users never learn of notes, and of the others nothing is shown that would have to go.
    """
    count = 0
    for thread in ("internal", "public"):
        last = 0
        while rows := store.read_page(conn, head, thread, last, ROWS_AT_ONCE):
            for row in rows:
                rest = without_words(row.read())
                if rest is not None:
                    empty_row(conn, head, thread, row.seq, rest)
                    erase_files(conn, head.number, thread, row.seq, now)
                    count += 1
            last = rows[-1].seq
    conn.execute(update(conversations).where(conversations.c.number == head.number).values(attributes="{}", topic=""))
    return count
