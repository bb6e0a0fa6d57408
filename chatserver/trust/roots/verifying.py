"""Checks the roots, and the logs against them and against the anchors that are kept elsewhere."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from chatserver.conversation.verifying import Fault
from chatserver.core.ports import Database
from chatserver.trust.roots import store
from chatserver.trust.roots.merkle import Leaf, root_of
from chatserver.trust.roots.record import FIRST, Anchor, SignedRoot
from chatserver.trust.roots.signing import read_anchor, read_anchors

ROOTS_AT_ONCE: Final = 50

THREAD: Final = "roots"
"""What stands in `thread` of a fault of a root itself; `seq` is its number, and no conversation is named."""


async def root_faults(database: Database, folder: Path | None) -> AsyncIterator[Fault]:
    """What is wrong with roots and with what they stand for.

    Of a root: `missing` (the one before it), `bad_signature`, `other_leaves` (they do not give its hash), `not_linked`
    (it does not name the one before), `rolled_back` (an anchor knows a root that the database has lost), `other_root`
    (the anchor has another one of this number), `unreadable` (the file of an anchor). Of a row: `cut_off` (a root
    knows of it, and it is gone), `other_past` (a root remembers another row there).
    """
    known: dict[int, SignedRoot] = {}
    before, number = FIRST, 0
    while some := await database.read(partial(store.read_roots, after=number, limit=ROOTS_AT_ONCE)):
        for signed in some:
            leaves = await database.read(partial(store.read_leaves, number=signed.root.number))
            for reason in _reasons(signed, number, before, leaves):
                yield _of_root(signed.root.number, reason)
            for fault in await database.read(partial(_row_faults, leaves=leaves)):
                yield fault
            known[signed.root.number], before, number = signed, signed.root.digest, signed.root.number
    for fault, anchor in _anchors(folder, known):
        yield fault
        for one in await database.read(partial(_row_faults, leaves=anchor.leaves if anchor else [])):
            yield one


def _reasons(signed: SignedRoot, last: int, before: str, leaves: list[Leaf]) -> Iterator[str]:
    root = signed.root
    if root.number != last + 1:
        yield "missing"  # the one before it
    elif root.before != before:
        yield "not_linked"
    if not signed.is_signed():
        yield "bad_signature"
    if root_of([leaf.digest for leaf in leaves]).hex() != root.root:
        yield "other_leaves"


def _anchors(folder: Path | None, known: dict[int, SignedRoot]) -> Iterator[tuple[Fault, Anchor | None]]:
    """The faults that anchors show, with the anchor where its leaves are to be looked at."""
    for path in read_anchors(folder) if folder is not None else []:
        anchor = read_anchor(path)
        if anchor is None or not anchor.signed.is_signed():
            yield _of_root(int(path.stem.removeprefix("root-")), "unreadable"), None
            continue
        number = anchor.signed.root.number
        if known.get(number) != anchor.signed:
            yield _of_root(number, "other_root" if number in known else "rolled_back"), anchor


def _row_faults(conn: Connection, leaves: list[Leaf]) -> list[Fault]:
    faults = []
    for leaf in leaves:
        link = store.read_link(conn, leaf)
        if link != leaf.chain:
            reason = "cut_off" if link is None else "other_past"
            faults.append(_fault(leaf.conversation, leaf.thread, leaf.seq, reason))
    return faults


def _of_root(number: int, reason: str) -> Fault:
    return _fault("", THREAD, number, reason)


def _fault(conversation: str, thread: str, seq: int, reason: str) -> Fault:
    return {"ok": False, "conversation": conversation, "thread": thread, "seq": seq, "reason": reason}
