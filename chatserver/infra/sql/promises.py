"""What a connection must be set to, so that what is acknowledged is kept; a database that is not is refused."""

from typing import Any, Final

import structlog

log = structlog.get_logger(__name__)


class UnsafeDatabase(RuntimeError):
    """This database cannot keep what is promised; the message says which promise fails, and why."""


SQLITE: Final[dict[str, tuple[str, object]]] = {
    "busy_timeout": ("5000", 5_000),  # first: the next one may have to wait for a lock
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
    "secure_delete": ("ON", 1),
    "temp_store": ("MEMORY", 2),  # a savepoint's journal: pages on disk that nobody may find there, and slow
    "wal_autocheckpoint": ("16000", 16_000),  # in pages; a thread copies long before (`checkpoints`)
    "journal_size_limit": ("67108864", 67_108_864),
}
"""PRAGMAs of every connection, a fresh one has the defaults of the library's build: what is set, what is then read."""

_SQLITE_REASONS: Final = {
    "synchronous": "SQLite does not wait for the disk (PRAGMA synchronous is not FULL).",
    "journal_mode": "SQLite cannot use its write-ahead log here; put the data folder on a local disk.",
}

POSTGRESQL: Final[dict[str, str]] = {
    "application_name": "chatserver",
    "synchronous_commit": "on",
    "statement_timeout": "4s",  # below the 5 s after which a command is answered anyway
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "jit": "off",  # costs more than it saves on short queries
}
"""Settings that every connection asks for when it is opened."""


def set_sqlite(connection: Any, _record: Any = None) -> None:
    """Set a fresh connection."""
    for name, (value, _) in SQLITE.items():
        connection.execute(f"PRAGMA {name}={value}")


def check_sqlite(connection: Any) -> None:
    """Raise `UnsafeDatabase` unless a connection is set as it must be."""
    for name, (_, expected) in SQLITE.items():
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != expected:
            raise UnsafeDatabase(_SQLITE_REASONS.get(name, f"SQLite does not take PRAGMA {name}: it is {found}."))


_ASKED: Final = "SELECT " + ", ".join(f"current_setting('{name}')" for name in [*POSTGRESQL, "fsync"])
_fsync_told: Final[set[str]] = set()


def check_postgresql(connection: Any) -> None:
    """Raise `UnsafeDatabase` unless a fresh connection has got what it asked for: a pooler between may drop it.

    A server that does not wait for its disk at all is its operator's decision, but is said once.
    """
    *found, fsync = connection.run_async(lambda raw: raw.fetchrow(_ASKED))
    for (name, expected), value in zip(POSTGRESQL.items(), found, strict=True):
        if value != expected:
            raise UnsafeDatabase(f"PostgreSQL has {name}={value} instead of {expected}; does a pooler drop settings?")
    if fsync != "on" and "fsync" not in _fsync_told:
        _fsync_told.add("fsync")
        log.warning("sql.fsync_off", means="what was acknowledged may be lost when the machine of PostgreSQL stops")
