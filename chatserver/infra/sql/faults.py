"""What the drivers raise, translated once: refusals that clients may act upon, or defects of ours."""

import asyncio
import sqlite3
from typing import Final

from sqlalchemy import exc

from chatserver.core.errors import ChatError, retry, storage
from chatserver.infra.sql.promises import UnsafeDatabase

RERUN_STATES: Final = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock. Nothing is wrong with the unit; it is run again."""

_SQLITE_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT})
_SQLITE_STORAGE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_PROTOCOL,
    }
)
# Class 58 is the server's own input and output, XX its damaged data; 53100 a full disk, 25006 a
# server that only reads, 28 and 3D a role or database that is not there.
_PG_STORAGE: Final = ("58", "XX", "53100", "25006", "28", "3D")
# Class 08 is the connection, 40 a conflict of transactions, 53 missing resources, 57 an operator or
# a time limit; 55P03 a lock that was not had in time, 25P02 and 25P03 a transaction that was ended.
_PG_RETRY: Final = ("08", "40", "53", "57", "55P03", "25P02", "25P03")

_PG_FAREWELL: Final = ("08", "57P01", "57P02", "57P03")
"""The connection broke, or the server is going down or coming up."""


def refusal_of(error: BaseException) -> ChatError | None:
    """`retry` or `storage` for what a driver or the network raised, None for everything else.

    None means the caller's own business: `ChatError`, `IntegrityError`, a defect.
    """
    if isinstance(error, UnsafeDatabase):
        return storage()
    if isinstance(error, exc.DBAPIError):
        return _of_driver(error)
    # The pool gave no connection in time, the host did not answer, the link broke.
    if isinstance(error, exc.TimeoutError | OSError | TimeoutError | asyncio.TimeoutError):
        return retry()
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    state = state_of(error)
    return _of_state(state) if state else None


def state_of(error: BaseException | None) -> str:
    """The five letters of PostgreSQL's SQLSTATE, or an empty text."""
    origin = getattr(error, "orig", None) or error
    return str(getattr(origin, "sqlstate", None) or "")


def cause_of(error: BaseException | None) -> str:
    """What happened, for the log: kinds and codes, never a text, in which the driver may quote a row."""
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", None) or state_of(error) or getattr(origin, "errno", None)
    inner = _cause_of(error)
    names = [type(error).__name__, *([] if inner == "NoneType" else [inner]), *([str(code)] if code else [])]
    return " ".join(names)


def link_is_lost(error: BaseException) -> bool:
    """Whether the connection itself is gone, so that nothing more can be asked of it."""
    if isinstance(error, exc.DBAPIError):
        # asyncpg that has read the server's farewell, but not yet the end, calls itself confused.
        confused = _cause_of(error) == "InternalClientError"
        return error.connection_invalidated or confused or state_of(error).startswith(_PG_FAREWELL)
    return isinstance(error, OSError | TimeoutError | asyncio.TimeoutError | exc.ResourceClosedError)


def may_run_again(error: BaseException | None) -> bool:
    """Whether a unit fell victim to others and may simply be run again."""
    if state_of(error) in RERUN_STATES:
        return True
    # The tables changed below a prepared statement; the driver has forgotten it by now.
    return _cause_of(error) == "InvalidCachedStatementError"


def _cause_of(error: BaseException | None) -> str:
    """The class that asyncpg raised below SQLAlchemy's."""
    return type(getattr(getattr(error, "orig", None), "__cause__", None)).__name__


def _of_driver(error: exc.DBAPIError) -> ChatError | None:
    if link_is_lost(error):
        return retry()
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    state = state_of(error)
    if state:
        return _of_state(state)
    # The asyncpg driver reports a used-up or closed connection without a state.
    return retry() if isinstance(error, exc.InterfaceError) else None


def _of_sqlite(error: sqlite3.Error) -> ChatError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF  # the upper bytes only say more about the same
    if primary in _SQLITE_BUSY:
        return retry()
    return storage() if primary in _SQLITE_STORAGE else None


def _of_state(state: str) -> ChatError | None:
    if state.startswith(_PG_STORAGE):
        return storage()
    return retry() if state.startswith(_PG_RETRY) else None
