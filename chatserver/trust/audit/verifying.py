"""Checks the audit log: every row follows the one before, is sealed by the server's key, and none is missing."""

from collections.abc import AsyncIterator, Iterable
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Row

from chatserver.core.ports import Database
from chatserver.trust.audit import rules
from chatserver.trust.audit.anchors import Anchor
from chatserver.trust.audit.rules import START, End
from chatserver.trust.audit.store import read_chain, read_end, row_of

ROWS_AT_ONCE: Final = 1_000
"""Each read is short, so that checking never keeps SQLite's log from shrinking."""


class Fault(Exception):
    """The first row that is not as it was written.

    `reason`: `missing` (it is not there, the ones after it are), `changed` (it does not follow the one before, or is
    not what was written), `forged` (well made, but not by a holder of the server's key), `truncated` (it and all after
    it are gone, although the head or an anchor knows of it), `other_past` (an anchor remembers another row there: the
    log was replaced, or brought back to an earlier state and written on).
    """

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"{number}: {reason}")
        self.number = number
        self.reason = reason


class AuditCheck:
    """A walk over the whole log; `rows` counts those that were good."""

    def __init__(self, database: Database, key: bytes, anchors: Iterable[Anchor] = ()) -> None:
        self._database = database
        self._key = key
        self._anchors = {anchor.number: anchor.hash for anchor in anchors}
        self.rows = 0

    async def run(self) -> None:
        """Look at every row, also while more are being written; raises the first `Fault`."""
        base, head = await self._database.read(_ends)
        end = self._begin(base)
        async for row in self._rows(end.number):
            if row.number != end.number + 1:
                raise Fault(end.number + 1, "missing")
            end = self._follow(end, row)
            self.rows += 1
        self._check_end(end, head)

    async def _rows(self, after: int) -> AsyncIterator[Row[Any]]:
        while rows := await self._database.read(partial(read_chain, after=after, limit=ROWS_AT_ONCE)):
            for row in rows:
                yield row
            after = rows[-1].number

    def _begin(self, base: End | None) -> End:
        if base is None:
            return End(0, START, b"")
        if not rules.is_sealed(self._key, "base", base):
            raise Fault(base.number, "forged")
        return base

    def _follow(self, end: End, row: Row[Any]) -> End:
        found = End(row.number, bytes(row.hash), bytes(row.seal))
        if rules.hash_of(end.hash, row_of(row)) != found.hash:
            raise Fault(row.number, "changed")
        if not rules.is_sealed(self._key, "row", found):
            raise Fault(row.number, "forged")
        if self._anchors.get(row.number, found.hash) != found.hash:
            raise Fault(row.number, "other_past")
        return found

    def _check_end(self, end: End, head: End | None) -> None:
        known = max([head.number if head is not None else 0, *self._anchors])
        if known > end.number:
            raise Fault(end.number + 1, "truncated")
        if head is not None and head.number and not rules.is_sealed(self._key, "head", head):
            raise Fault(head.number, "forged")


def _ends(conn: Connection) -> tuple[End | None, End | None]:
    return read_end(conn, "base"), read_end(conn, "head")
