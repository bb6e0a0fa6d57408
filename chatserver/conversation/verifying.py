"""Checks every log: numbers without a gap, heads that match, bodies that can be read."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, Final, TypedDict

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, literal_column, or_, select

from chatserver.conversation.events import BODY_OF, THREAD_OF, decode_body
from chatserver.conversation.tables import conversations, events
from chatserver.core.ports import Database

CONVERSATIONS_AT_ONCE: Final = 200
ROWS_AT_ONCE: Final = 1_000
"""Each read is short, so that checking never keeps SQLite's log from shrinking."""

THREADS: Final = ("public", "internal")

_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1


class Fault(TypedDict):
    """What is wrong with one row, or with one that is not there.

    `reason`: `missing` (the first number of a gap up to the head), `beyond_head` (the first row that
    the head does not know of), `unreadable` (an unknown type, or a body that does not fit it),
    `misplaced` (a type of the other thread, or a thread or number that cannot be), `no_conversation`
    (`conversation` is then the number that the row names).
    """

    ok: bool
    conversation: str
    thread: str
    seq: int
    reason: str


class Batch(Struct, frozen=True):
    """Some conversations, the ids of `{number: id}`, and the faults of their numbering."""

    ids: dict[int, str]
    upto: int
    faults: list[Fault]


class LogCheck:
    """Iterates over the faults of all logs; `conversations` counts those that were checked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.conversations = 0

    async def __aiter__(self) -> AsyncIterator[Fault]:
        after = _LEAST
        while after < _MOST:
            batch = await self._database.read(partial(_check_numbers, after=after))
            self.conversations += len(batch.ids)
            for fault in batch.faults:
                yield fault
            async for row in self._rows(after, batch.upto):
                reason = _reason(row)
                if reason is not None and row.conversation in batch.ids:
                    yield _fault(batch.ids[row.conversation], row.thread, row.seq, reason)
            after = batch.upto

    async def _rows(self, after: int, upto: int) -> AsyncIterator[Row[Any]]:
        place = {"after": after, "upto": upto, "number": after, "thread": "", "seq": 0}
        while rows := await self._database.read(partial(_read_rows, place=dict(place))):
            for row in rows:
                yield row
            place |= {"number": rows[-1].conversation, "thread": rows[-1].thread, "seq": rows[-1].seq}


def verify_logs(database: Database) -> LogCheck:
    """Check every log, also while it is being written: `async for fault in …`, then `.conversations`."""
    return LogCheck(database)


# The next conversations with their heads.
_HEADS: Final = (
    select(conversations.c.number, conversations.c.id, conversations.c.public_head, conversations.c.internal_head)
    .where(conversations.c.number > bindparam("after"))
    .order_by(conversations.c.number)
    .limit(CONVERSATIONS_AT_ONCE)
)
# What each thread of a range of conversations holds.
_EXTENTS: Final = (
    select(
        events.c.conversation,
        events.c.thread,
        func.min(events.c.seq).label("first"),
        func.max(events.c.seq).label("last"),
        func.count().label("rows"),
    )
    .where(events.c.conversation > bindparam("after"), events.c.conversation <= bindparam("upto"))
    .group_by(events.c.conversation, events.c.thread)
    .order_by(events.c.conversation, events.c.thread)
)


def _check_numbers(conn: Connection, after: int) -> Batch:
    """Compare heads and rows of one snapshot: whatever is appended meanwhile, they belong together."""
    heads = conn.execute(_HEADS, {"after": after}).all()
    upto = heads[-1].number if len(heads) == CONVERSATIONS_AT_ONCE else _MOST
    extents = conn.execute(_EXTENTS, {"after": after, "upto": upto}).all()
    faults = list(_strangers(extents, {head.number: head.id for head in heads}))
    held = {(one.conversation, one.thread): (one.first, one.last, one.rows) for one in extents}
    for head in heads:
        for thread in THREADS:
            last = head.public_head if thread == "public" else head.internal_head
            if held.get((head.number, thread), (1, 0, 0)) != (1, last, last):
                found = _look_closer(conn, head.number, thread, last)
                faults += [_fault(head.id, thread, seq, reason) for seq, reason in found]
    return Batch({head.number: head.id for head in heads}, upto, faults)


def _strangers(extents: list[Row[Any]] | Any, ids: dict[int, str]) -> Iterator[Fault]:
    for one in extents:
        if one.conversation not in ids:
            yield _fault(str(one.conversation), one.thread, one.first, "no_conversation")
        elif one.thread not in THREADS:
            yield _fault(ids[one.conversation], one.thread, one.first, "misplaced")


_ORDERED: Final = (
    select(events.c.seq, func.lag(events.c.seq, 1, 0).over(order_by=events.c.seq).label("before"))
    .where(events.c.conversation == bindparam("number"), events.c.thread == bindparam("thread"))
    .subquery()
)
# Rows of a thread that do not follow the one before; the head tells which of them it knows.
_JUMPS: Final[Select[Any]] = (
    select(_ORDERED.c.seq, _ORDERED.c.before)
    .where(or_(_ORDERED.c.seq != _ORDERED.c.before + literal_column("1"), _ORDERED.c.seq == bindparam("next")))
    .order_by(_ORDERED.c.seq)
    .limit(ROWS_AT_ONCE)
)
_LAST: Final = select(func.coalesce(func.max(events.c.seq), 0)).where(
    events.c.conversation == bindparam("number"), events.c.thread == bindparam("thread")
)


def _look_closer(conn: Connection, number: int, thread: str, head: int) -> Iterator[tuple[int, str]]:
    """Where a thread differs from its head: gaps, numbers below one, rows beyond."""
    asked = {"number": number, "thread": thread}
    for row in conn.execute(_JUMPS, {**asked, "next": head + 1}).all():
        before = max(row.before, 0)
        if row.seq < 1:
            yield row.seq, "misplaced"
            continue
        if row.seq > before + 1 and before < head:
            yield before + 1, "missing"
        if row.seq > head:
            yield row.seq, "beyond_head"
            return
    last = max(conn.execute(_LAST, asked).scalar_one(), 0)
    if last < head:
        yield last + 1, "missing"


# Rows of a range of conversations in the order of the key, after a place.
_ROWS: Final = (
    select(events.c.conversation, events.c.thread, events.c.seq, events.c.type, events.c.body)
    .where(events.c.conversation > bindparam("after"), events.c.conversation <= bindparam("upto"))
    .where(
        or_(
            events.c.conversation > bindparam("number"),
            and_(events.c.conversation == bindparam("number"), events.c.thread > bindparam("thread")),
            and_(
                events.c.conversation == bindparam("number"),
                events.c.thread == bindparam("thread"),
                events.c.seq > bindparam("seq"),
            ),
        )
    )
    .order_by(events.c.conversation, events.c.thread, events.c.seq)
    .limit(ROWS_AT_ONCE)
)


def _read_rows(conn: Connection, place: dict[str, Any]) -> list[Row[Any]]:
    return list(conn.execute(_ROWS, place))


def _reason(row: Row[Any]) -> str | None:
    """Why a row cannot be what it says, if so."""
    if row.type not in BODY_OF:
        return "unreadable"
    if THREAD_OF[BODY_OF[row.type]] != row.thread:
        return "misplaced" if row.thread in THREADS else None
    try:
        decode_body(row.type, bytes(row.body))
    except (msgspec.MsgspecError, UnicodeDecodeError, TypeError):
        return "unreadable"
    return None


def _fault(conversation: str, thread: str, seq: int, reason: str) -> Fault:
    return {"ok": False, "conversation": conversation, "thread": thread, "seq": seq, "reason": reason}
