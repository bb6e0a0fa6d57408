"""Keeps secrets out of the log: those in a text that comes, and those of which earlier messages hold a part."""

from typing import Final

from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select

from chatserver.conversation.events import MessagePosted, MessageRemoved, Recorded
from chatserver.conversation.log import SYSTEM, Appended, append
from chatserver.conversation.sealing import recorded_of_row
from chatserver.conversation.search import remove_from_index
from chatserver.conversation.states import Change, Head
from chatserver.conversation.store import empty_row
from chatserver.conversation.tables import events
from chatserver.core.ports import Cleaned, Shield
from chatserver.core.session import Session

PARTS_BEFORE: Final = 2
"""Earlier messages of the sender that are looked at: people send a phrase in two or three parts."""

LOOKED_BACK: Final = 40
"""Events among which they are looked for; a part that is further back is no part of the same breath."""


class Held(Struct, frozen=True):
    """A message without secrets, and the earlier ones to empty: each with the types of what it held a part of."""

    said: MessagePosted
    emptied: list[tuple[Recorded, list[str]]] = []


# The latest messages of one sender.
_EARLIER: Final = (
    select(events)
    .where(
        events.c.conversation == bindparam("number"),
        events.c.thread == "public",
        events.c.seq > bindparam("after"),
        events.c.type == "message_posted",
        events.c.by_role == bindparam("role"),
        events.c.by_id == bindparam("sender"),
    )
    .order_by(events.c.seq.desc())
    .limit(PARTS_BEFORE)
)


class Guard:
    """Asks the shield about what is said, at the moment when it is stored."""

    def __init__(self, shield: Shield) -> None:
        self._shield = shield

    def clean(self, text: str) -> Cleaned:
        """The text by itself without secrets; quick, for outside of transactions."""
        return self._shield.clean(text)

    def hold(self, conn: Connection, head: Head, session: Session, written: str, cleaned: Cleaned) -> Held:
        """The message to post, together with what the sender wrote before."""
        if cleaned.removed or not self._shield.may_end(written):
            return Held(message_of(cleaned))
        rows = _earlier(conn, head, session)
        joined = self._shield.join([_text_of(row) for row in rows], written) if rows else None
        if joined is None:
            return Held(message_of(cleaned))
        return Held(message_of(joined.last), [(rows[place], types) for place, types in joined.emptied])


def message_of(cleaned: Cleaned) -> MessagePosted:
    """A message with a cleaned text."""
    return MessagePosted(text=cleaned.text, removed=cleaned.removed or UNSET)


def _earlier(conn: Connection, head: Head, session: Session) -> list[Recorded]:
    asked = {"number": head.number, "after": max(0, head.public_head - LOOKED_BACK)}
    rows = conn.execute(_EARLIER, {**asked, "role": session.by_role, "sender": session.subject})
    return [recorded_of_row(conn, head.id, row) for row in rows.all()][::-1]


def _text_of(row: Recorded) -> str:
    body = row.read()
    return body.text if isinstance(body, MessagePosted) else ""


def empty(conn: Connection, head: Head, held: Held | None, now: int) -> tuple[Appended, ...]:
    """Take the text out of earlier messages, out of the index of search too, and say so in the log."""
    if held is None or not held.emptied:
        return ()
    told = []
    for row, types in held.emptied:
        body = row.read()
        assert isinstance(body, MessagePosted)
        empty_row(conn, head, row.thread, row.seq, replace(body, text="", removed=types))
        remove_from_index(conn, head.number, row.seq)
        told.append(MessageRemoved(message=row.id, removed=types))
    return (append(conn, head, Change(tuple(told)), SYSTEM, now),)
