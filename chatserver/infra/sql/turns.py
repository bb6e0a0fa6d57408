"""Who writes next, where several processes share a SQLite file.

SQLite lets the others ask again after pauses of up to 100 ms, so that whoever has much to write keeps the file for
seconds. Here whoever waits says so, by a lock on a file beside, and whoever has written then lets the others go first.
"""

import fcntl
import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Final

PATIENCE_S: Final = 5.0
"""As long as SQLite would wait: a command is answered after as much."""

ASK_AGAIN_S: Final = 0.001
LATER_S: Final = 0.01
SOON_S: Final = 0.1
"""Asked again every millisecond at first; after this long it is no neighbour's turn, but a lock for long."""

_KIND: Final = 0xFF
"""Of a code of SQLite; the rest tells why, such as that another process is just reading the log of one that crashed."""

GO_FIRST_S: Final = 0.003
"""Long enough for one who asks every millisecond."""


class Turns:
    """The turns of one process at a SQLite file."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file.with_name(f"{file.name}-turns"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Wait for nothing any more."""
        os.close(self._file)

    def begin(self, raw: Any) -> None:
        """Begin to write on a `sqlite3` connection. Raises `sqlite3.OperationalError` when others do not let us."""
        raw.execute("PRAGMA busy_timeout=0")
        try:
            if not _begins(raw):
                self._wait(raw)
        finally:
            raw.execute(f"PRAGMA busy_timeout={PATIENCE_S * 1_000:.0f}")

    def let_others(self) -> None:
        """After writing: if another process waits, let it go first."""
        if self._lock(fcntl.LOCK_EX):
            fcntl.flock(self._file, fcntl.LOCK_UN)
        else:
            time.sleep(GO_FIRST_S)

    def _wait(self, raw: Any) -> None:
        began, is_said = time.monotonic(), False
        try:
            while not _begins(raw):
                # Not while somebody looks just now whether anybody waits; then a millisecond later.
                is_said = is_said or self._lock(fcntl.LOCK_SH)
                waited_s = time.monotonic() - began
                if waited_s > PATIENCE_S:
                    raw.execute("BEGIN IMMEDIATE")  # says why not
                    return
                time.sleep(ASK_AGAIN_S if waited_s < SOON_S else LATER_S)
        finally:
            if is_said:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _lock(self, kind: int) -> bool:
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _begins(raw: Any) -> bool:
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _KIND != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
