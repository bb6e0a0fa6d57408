"""Checks the rows of one conversation against their chain."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row

from chatserver.conversation import chain
from chatserver.conversation.events import BODY_OF, THREAD_OF, By, MessageRemoved, Recorded, decode_body
from chatserver.conversation.sealing import is_plain, open_content
from chatserver.core.sealing import Erased, Unreadable, vault_of

THREADS: Final = ("public", "internal")

Seal = Literal["open", "plain", "emptied", "erased", "unreadable"]


class KnownHead(Struct, frozen=True):
    """What the head of a conversation says of its threads: last numbers, and last links where it is chained."""

    id: str
    seqs: dict[str, int]
    links: dict[str, bytes | None]
    torn: frozenset[str] = frozenset()
    """Threads whose numbers do not fit the head, which is told as such."""


class OpenedRow(Struct, frozen=True):
    """A row as it stands, the state of its seal, and the digests beside it; `salt` is empty unless `open`."""

    number: int
    row: Recorded
    seal: Seal
    salt: bytes
    content: bytes
    link: bytes


def opened_row(conn: Connection, conversation: str, row: Row[Any]) -> OpenedRow:
    """Open a row of `events` to be checked; what is wrong with it is found later."""
    seal: Seal = "plain"
    name, salt, body = row.by_name, b"", bytes(row.body)
    if not is_plain(row):
        try:
            content = open_content(vault_of(conn), conn, row)
            seal = "open" if content.salt else "emptied"
            name, salt, body = content.name, content.salt, content.body
        except Erased:
            seal = "erased"
        except Unreadable:
            seal = "unreadable"
    by = By(row.by_role, row.by_id, name)
    recorded = Recorded(conversation, row.thread, row.seq, row.at, row.type, by, None, body)
    return OpenedRow(row.conversation, recorded, seal, salt, bytes(row.content or b""), bytes(row.chain or b""))


class ChainCheck:
    """Looks at the rows of a conversation in the order of `(thread, seq)`; at the end `finish` tells the rest."""

    def __init__(self, head: KnownHead) -> None:
        self.head = head
        self._before: tuple[str, int, bytes] = ("", 0, chain.BEGINNING)
        self._emptied: dict[str, tuple[int, str]] = {}
        self._explained: set[str] = set()

    def look(self, opened: OpenedRow) -> str | None:
        """Why the row cannot be what was written, if so."""
        row = opened.row
        reason = _cannot_be(row)
        if reason is None and 1 <= row.seq <= self.head.seqs.get(row.thread, 0):
            reason = self._link_fault(opened) or _body_fault(opened) or self._head_fault(opened)
        self._before = (row.thread, row.seq, opened.link)
        if reason is None and opened.seal == "emptied" and row.type == "message_posted":
            self._emptied[row.id] = row.seq, row.thread
        if reason is None and row.type == "message_removed" and opened.seal in ("open", "plain"):
            body = row.read()
            assert isinstance(body, MessageRemoved)
            self._explained.add(body.message)
        return reason

    def finish(self) -> Iterator[tuple[int, str, str]]:
        """`(seq, thread, reason)` of what only the whole conversation shows."""
        for message, (seq, thread) in self._emptied.items():
            if message not in self._explained:
                yield seq, thread, "emptied"

    def _link_fault(self, opened: OpenedRow) -> str | None:
        row = opened.row
        if self.head.links[row.thread] is None:
            return None  # stored by an earlier version, and not sealed yet
        if not opened.link or opened.seal == "plain":
            return "unsealed"
        thread, seq, before = self._before
        if row.seq == 1:
            before = chain.BEGINNING
        elif thread != row.thread or seq != row.seq - 1:
            return None  # a gap is told as one
        return None if chain.link(before, row, opened.content) == opened.link else "changed"

    def _head_fault(self, opened: OpenedRow) -> str | None:
        row = opened.row
        known = self.head.links[row.thread]
        is_last = row.seq == self.head.seqs[row.thread] and row.thread not in self.head.torn
        return "head_changed" if is_last and known is not None and known != opened.link else None


def _cannot_be(row: Recorded) -> str | None:
    if row.type not in BODY_OF:
        return "unreadable"
    if THREAD_OF[BODY_OF[row.type]] != row.thread:
        return "misplaced" if row.thread in THREADS else None
    return None


def _body_fault(opened: OpenedRow) -> str | None:
    row = opened.row
    if opened.seal == "unreadable":
        return "unreadable"
    if opened.seal == "erased":
        return None
    if opened.salt and chain.content_hash(opened.salt, chain.content_of(row.by, row.body)) != opened.content:
        return "changed"
    try:
        decode_body(row.type, row.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
        return "unreadable"
    return None
