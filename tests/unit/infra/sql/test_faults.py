"""`infra.sql.faults`: what drivers raise, and what becomes of it."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import exc

from chatserver.core.errors import invalid
from chatserver.infra.sql.faults import link_is_lost, may_run_again, refusal_of


class ServerError(Exception):
    """An error of a PostgreSQL server as the driver hands it on."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.sqlstate = state


class InternalClientError(Exception):
    """What asyncpg raises when it is confused."""


def of_postgres(state: str, *, invalidated: bool = False) -> exc.DBAPIError:
    """A server error as SQLAlchemy wraps it."""
    return exc.DBAPIError("SELECT 1", {}, ServerError(state), connection_invalidated=invalidated)


def of_sqlite(code: int) -> exc.OperationalError:
    """A SQLite error as SQLAlchemy wraps it."""
    error: Any = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return exc.OperationalError("SELECT 1", {}, error)


def code_of(error: BaseException) -> str | None:
    """The code of the refusal that an error becomes."""
    refusal = refusal_of(error)
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("40001", "retry"),  # serialization failure
        ("40P01", "retry"),  # deadlock
        ("55P03", "retry"),  # lock not had in time
        ("57014", "retry"),  # statement took too long
        ("57P01", "retry"),  # server is going down
        ("53300", "retry"),  # too many connections
        ("08006", "retry"),  # link broke
        ("25P03", "retry"),  # transaction ended for idling
        ("53100", "storage"),  # disk full
        ("58030", "storage"),  # input or output failed
        ("XX001", "storage"),  # damaged page
        ("25006", "storage"),  # a standby, which only reads
        ("28P01", "storage"),  # wrong password
        ("3D000", "storage"),  # no such database
        ("42P01", None),  # no such table: our defect
        ("23505", None),  # broken constraint: the unit's business
        ("22P02", None),  # not a number: our defect
    ],
)
def test_states_of_postgresql(state: str, code: str | None) -> None:
    assert code_of(of_postgres(state)) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (sqlite3.SQLITE_BUSY, "retry"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "retry"),
        (sqlite3.SQLITE_LOCKED, "retry"),
        (sqlite3.SQLITE_INTERRUPT, "retry"),
        (sqlite3.SQLITE_FULL, "storage"),
        (sqlite3.SQLITE_IOERR_WRITE, "storage"),
        (sqlite3.SQLITE_READONLY, "storage"),
        (sqlite3.SQLITE_CANTOPEN, "storage"),
        (sqlite3.SQLITE_CORRUPT, "storage"),
        (sqlite3.SQLITE_NOTADB, "storage"),
        (sqlite3.SQLITE_ERROR, None),
    ],
)
def test_codes_of_sqlite_with_and_without_the_wrapping(number: int, code: str | None) -> None:
    assert code_of(of_sqlite(number)) == code
    bare = of_sqlite(number).orig
    assert bare is not None
    assert code_of(bare) == code


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), exc.TimeoutError(), OSError()])
def test_a_server_that_cannot_be_reached_is_a_retry(error: Exception) -> None:
    assert code_of(error) == "retry"


@pytest.mark.parametrize("error", [invalid("text", "x"), ValueError(), KeyError(), exc.InvalidRequestError()])
def test_what_is_not_the_drivers_is_the_callers(error: Exception) -> None:
    assert refusal_of(error) is None


def test_a_lost_link_is_told_from_a_fault_of_one_statement() -> None:
    assert link_is_lost(of_postgres("57P01"))
    assert link_is_lost(of_postgres("", invalidated=True))
    assert link_is_lost(ConnectionResetError())
    assert not link_is_lost(of_postgres("40P01"))
    assert not link_is_lost(ValueError())


def test_a_confused_driver_has_lost_its_link() -> None:
    origin = Exception("cannot switch to state 15")
    origin.__cause__ = InternalClientError()
    assert link_is_lost(exc.DBAPIError("SELECT 1", {}, origin))


def test_only_victims_of_others_are_run_again() -> None:
    assert may_run_again(of_postgres("40P01"))
    assert may_run_again(of_postgres("40001"))
    assert not may_run_again(of_postgres("55P03"))
    assert not may_run_again(ValueError())
    assert not may_run_again(None)
