"""Anchors: what the end of the audit log was at some moment, kept where whoever changes the database does not reach."""

import os
from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec import Struct

from chatserver.core.ports import Clock, Database
from chatserver.trust.audit.store import read_end

ANCHOR_EVERY_S: Final = 300.0
"""Rows that nobody keeps elsewhere yet can be cut off unseen: as much as five minutes of them."""

log = structlog.get_logger(__name__)


class AnchorsUnreadable(Exception):
    """The file of anchors holds something else; the message says where."""


class Anchor(Struct, frozen=True):
    """The hash of a row, and when it was the last one (milliseconds since 1970)."""

    at: int
    number: int
    hash: bytes


class Anchors:
    """Writes an anchor to a file and to the log of the process whenever the audit log has grown."""

    def __init__(self, database: Database, clock: Clock, file: Path) -> None:
        self._database = database
        self._clock = clock
        self._file = file
        self._last = 0

    async def drop(self) -> None:
        """Keep where the audit log ends now, if it has grown since."""
        head = await self._database.read(lambda conn: read_end(conn, "head"))
        if head is None or head.number <= self._last:
            return
        keep(self._file, Anchor(self._clock.now(), head.number, head.hash))
        log.info("audit_anchor", number=head.number, hash=head.hash.hex())
        self._last = head.number


def keep(file: Path, anchor: Anchor) -> None:
    """Add an anchor to the file; several processes may do so."""
    line = msgspec.json.encode({"at": anchor.at, "number": anchor.number, "hash": anchor.hash.hex()})
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(opened, line + b"\n")
    finally:
        os.close(opened)


def read_anchors(file: Path) -> list[Anchor]:
    """The anchors of a file, none if there is no file; raises `AnchorsUnreadable`."""
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            kept = msgspec.json.decode(line, type=_Kept)
            found.append(Anchor(kept.at, kept.number, bytes.fromhex(kept.hash)))
        except (msgspec.MsgspecError, ValueError):
            raise AnchorsUnreadable(f"Line {number} of {file} is no anchor.") from None
    return found


class _Kept(Struct, frozen=True):
    at: int
    number: int
    hash: str
