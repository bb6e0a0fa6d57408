"""Copying what the log of SQLite has gathered into its file, beside the writer instead of within its commits.

Copying a thousand pages takes longer than ten commits, and SQLite does it within the commit that fills the log: whoever
wrote just then waited for all of it. A thread of its own copies nearly everything while commits go on. The writer
copies the few pages that came meanwhile: only when nothing is left does SQLite begin the log anew.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)

COPY_AT_ROWS: Final = 4_000
"""Rows that are changed before pages are copied: 1,000 messages; under full load the log grows to 28 MB.

After 250 it took 5 to 8 % more processor time than after 1,500: many pages are written again meanwhile. How many pages
there are only SQLite knows.
To look into the file that it shares between processes would undo its locks: whoever closes a descriptor of a file ends
all locks that the process has on it.
"""

FEW_PAGES: Final = 200
"""What is left for the writer to copy: hardly more than a commit of its own."""

PASSES: Final = 3
"""Copied at most so often before the writer does the rest, however fast it goes on."""

WAIT_MS: Final = 20
"""The writer waits so long for another process that writes, and for a reader of what is old; then it is tried later."""

_COPY: Final = "PRAGMA wal_checkpoint(PASSIVE)"
_COPY_THE_REST: Final = "PRAGMA wal_checkpoint(FULL)"  # nobody else writes meanwhile


class Checkpoints:
    """The thread; `connect` opens a connection of its own."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._copied_at = 0  # rows that the writer had changed by then
        self._due = threading.Event()
        self._is_copied = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it."""
        self._closing.set()
        self._due.set()
        self._thread.join()

    def after_commit(self, writer: Any) -> None:
        """On the thread of the writer, between two transactions of its `sqlite3` connection."""
        if self._is_copied:
            self._is_copied = False
            try:
                writer.execute(f"PRAGMA busy_timeout={WAIT_MS}")
                writer.execute(_COPY_THE_REST).fetchall()
            except sqlite3.Error as error:  # what was committed is committed
                log.warning("sql.checkpoint_failed", error=type(error).__name__)
        elif not self._due.is_set() and abs(writer.total_changes - self._copied_at) >= COPY_AT_ROWS:
            self._copied_at = writer.total_changes  # of a new connection it begins at zero
            self._due.set()

    def _serve(self) -> None:
        connection: Any = None
        while not self._closing.is_set():  # asked once more after `clear`, which may have undone what `close` set
            self._due.wait()
            if self._closing.is_set():
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
            _, in_log, copied = connection.execute(_COPY).fetchone()
            if in_log - copied <= FEW_PAGES:
                return


def _throw_away(connection: Any) -> None:
    if connection is not None:
        with suppress(sqlite3.Error):
            connection.close()
