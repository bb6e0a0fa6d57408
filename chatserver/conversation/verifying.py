"""Checks every log: numbers without a gap, heads that match, rows that are what was written."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, Final, TypedDict

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, literal_column, or_, select

from chatserver.conversation.chain_check import THREADS, ChainCheck, KnownHead, OpenedRow, opened_row
from chatserver.conversation.tables import conversations, events
from chatserver.core.ports import Database

CONVERSATIONS_AT_ONCE: Final = 200
ROWS_AT_ONCE: Final = 1_000
"""Each read is short, so that checking never keeps SQLite's log from shrinking."""

_LEAST: Final = -(2**63)
_MOST: Final = 2**63 - 1


class Fault(TypedDict):
    """What is wrong with one row, or with one that is not there.

    `reason`: `missing` (the first number of a gap up to the head), `beyond_head` (the first row that
    the head does not know of), `unreadable` (an unknown type, or a body that does not fit it),
    `misplaced` (a type of the other thread, or a thread or number that cannot be), `no_conversation`
    (`conversation` is then the number that the row names), `changed` (what stands there is not what was
    written after the row before), `unsealed` (a row among sealed ones that is not), `emptied` (a text is
    gone, and no `message_removed` says so), `head_changed` (the last row is not the one that the head knows).
    """

    ok: bool
    conversation: str
    thread: str
    seq: int
    reason: str


class Batch(Struct, frozen=True):
    """Some conversations, their heads by number, and the faults of their numbering."""

    heads: dict[int, KnownHead]
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
            self.conversations += len(batch.heads)
            for fault in batch.faults:
                yield fault
            async for fault in self._chains(after, batch):
                yield fault
            after = batch.upto

    async def _chains(self, after: int, batch: Batch) -> AsyncIterator[Fault]:
        check: ChainCheck | None = None
        async for opened in self._rows(after, batch):
            head = batch.heads[opened.number]
            if check is None or check.head is not head:
                for fault in _rest(check):
                    yield fault
                check = ChainCheck(head)
            reason = check.look(opened)
            if reason is not None:
                yield _fault(head.id, opened.row.thread, opened.row.seq, reason)
        for fault in _rest(check):
            yield fault

    async def _rows(self, after: int, batch: Batch) -> AsyncIterator[OpenedRow]:
        place = {"after": after, "upto": batch.upto, "number": after, "thread": "", "seq": 0}
        while rows := await self._database.read(partial(_read_rows, batch=batch, place=dict(place))):
            for row in rows:
                if row.number in batch.heads:
                    yield row
            place |= {"number": rows[-1].number, "thread": rows[-1].row.thread, "seq": rows[-1].row.seq}


def verify_logs(database: Database) -> LogCheck:
    """Check every log, also while it is being written: `async for fault in …`, then `.conversations`."""
    return LogCheck(database)


# The next conversations with their heads.
_HEADS: Final = (
    select(
        conversations.c.number,
        conversations.c.id,
        conversations.c.public_head,
        conversations.c.internal_head,
        conversations.c.public_chain,
        conversations.c.internal_chain,
    )
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
    known: dict[int, KnownHead] = {}
    for head in heads:
        lasts = {"public": head.public_head, "internal": head.internal_head}
        torn = {one for one in THREADS if held.get((head.number, one), (1, 0, 0)) != (1, lasts[one], lasts[one])}
        for thread in sorted(torn):
            found = _look_closer(conn, head.number, thread, lasts[thread])
            faults += [_fault(head.id, thread, seq, reason) for seq, reason in found]
        links = {"public": head.public_chain, "internal": head.internal_chain}
        known[head.number] = KnownHead(head.id, lasts, links, frozenset(torn))
    return Batch(known, upto, faults)


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
    select(events)
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


def _rest(check: ChainCheck | None) -> list[Fault]:
    """What only a whole conversation shows."""
    if check is None:
        return []
    return [_fault(check.head.id, thread, seq, reason) for seq, thread, reason in check.finish()]


def _read_rows(conn: Connection, batch: Batch, place: dict[str, Any]) -> list[OpenedRow]:
    rows = conn.execute(_ROWS, place).all()
    known = batch.heads
    return [opened_row(conn, known[row.conversation].id if row.conversation in known else "", row) for row in rows]


def _fault(conversation: str, thread: str, seq: int, reason: str) -> Fault:
    return {"ok": False, "conversation": conversation, "thread": thread, "seq": seq, "reason": reason}
