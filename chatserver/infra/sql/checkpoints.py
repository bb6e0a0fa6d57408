"""Copying what the log of SQLite has gathered into its file, beside the writer instead of within its commits.

Copying a thousand pages takes longer than ten commits, and SQLite does it within the commit that fills the log: whoever
wrote just then waited for all of it. A thread of its own copies nearly everything while commits go on. The writer
copies the few pages that came meanwhile: only when nothing is left does SQLite begin the log anew.
"""

import os
import sqlite3
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

COPY_AT_PAGES: Final = 1_000
"""Pages that gather before they are copied, 4 MB: what SQLite does by itself."""

FEW_PAGES: Final = 200
"""What is left for the writer to copy: hardly more than a commit of its own."""

PASSES: Final = 3
"""Copied at most so often before the writer does the rest, however fast it goes on."""

_COPY: Final = "PRAGMA wal_checkpoint(PASSIVE)"
# In the file that SQLite shares between processes ("WAL-Index File Format"): pages in the log, and copied of them.
_HEAD: Final = struct.Struct("=16xI76xI")


class Checkpoints:
    """The thread; `connect` opens a connection to `file`."""

    def __init__(self, file: Path, connect: Callable[[], Any]) -> None:
        self._shared = file.with_name(f"{file.name}-shm")
        self._connect = connect
        self._due = threading.Event()
        self._is_copied = False
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._closing = True
        self._due.set()
        self._thread.join()

    def after_commit(self, writer: Any) -> None:
        """On the thread of the writer, between two transactions of its `sqlite3` connection."""
        if self._is_copied:
            self._is_copied = False
            try:
                writer.execute(_COPY).fetchall()
            except sqlite3.Error as error:  # what was committed is committed
                log.warning("sql.checkpoint_failed", error=type(error).__name__)
        elif not self._due.is_set() and self.pages_behind() >= COPY_AT_PAGES:
            self._due.set()

    def pages_behind(self) -> int:
        """Pages of the log that are not in the file yet."""
        try:
            with self._shared.open("rb") as shared:
                head = os.pread(shared.fileno(), _HEAD.size, 0)
        except OSError:
            head = b""
        if len(head) < _HEAD.size:
            return 0  # nobody has written yet
        in_log, copied = _HEAD.unpack(head)
        return max(0, int(in_log) - int(copied))

    def _serve(self) -> None:
        connection: Any = None
        while True:
            self._due.wait()
            if self._closing:
                break
            try:
                connection = connection or self._connect()
                self._copy(connection)
            except Exception as error:
                # SQLite itself copies at last, when the log has grown too long.
                log.warning("sql.checkpoint_failed", error=type(error).__name__)
                _throw_away(connection)
                connection = None
            self._is_copied = True
            self._due.clear()
        _throw_away(connection)

    def _copy(self, connection: Any) -> None:
        for _ in range(PASSES):
            connection.execute(_COPY).fetchall()
            if self.pages_behind() <= FEW_PAGES:
                return


def _throw_away(connection: Any) -> None:
    if connection is not None:
        with suppress(sqlite3.Error):
            connection.close()
