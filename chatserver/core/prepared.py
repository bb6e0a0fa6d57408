"""Statements of the message path, handed to SQLite's driver as text that was compiled once.

SQLAlchemy's execution of a statement costs 40–90 µs, SQLite's a few; on the path that every message takes that was
most of its cost. On PostgreSQL, where the way to the server costs more than that, SQLAlchemy goes on executing, and the
rows of a batch go as one array for each column.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Connection, Executable, Select, Table, bindparam, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_DIALECT = sqlite.dialect(paramstyle="named")


class Prepared:
    """A Core statement with `bindparam`s for everything that varies.

    `columns` name what a row of the answer holds; rows have these as attributes, with the values as the driver gives
    them: a boolean is 0 or 1 on SQLite. `many` is for PostgreSQL and takes a list for each value; see `unnested`.
    """

    __slots__ = ("_fixed", "_many", "_row", "_sql", "_statement")

    def __init__(self, statement: Executable, many: Executable | None = None) -> None:
        self._statement = statement
        self._many = many
        compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        columns = [column.key for column in getattr(statement, "selected_columns", ())]
        self._row: Callable[[Iterable[Any]], Any] = _row_of(columns) if columns else tuple

    def all(self, conn: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows of the answer."""
        if conn.dialect.name != "sqlite":
            return list(conn.execute(self._statement, dict(values)))
        return list(map(self._row, self._execute(conn, values)))

    def first(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        """The first row of the answer, or None."""
        if conn.dialect.name != "sqlite":
            return conn.execute(self._statement, dict(values)).first()
        row = self._execute(conn, values).fetchone()
        return None if row is None else self._row(row)

    def run(self, conn: Connection, values: Mapping[str, Any]) -> None:
        """Execute without an answer."""
        if conn.dialect.name == "sqlite":
            self._execute(conn, values)
        else:
            conn.execute(self._statement, dict(values))

    def run_many(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute for each of some rows."""
        if conn.dialect.name != "sqlite":
            if self._many is None or len(rows) == 1:
                conn.execute(self._statement, [dict(row) for row in rows])
            else:
                conn.execute(self._many, {name: [row[name] for row in rows] for name in rows[0]})
            return
        try:
            driver_of(conn).executemany(self._sql, [{**self._fixed, **row} for row in rows] if self._fixed else rows)
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        try:
            return driver_of(conn).execute(self._sql, {**self._fixed, **values} if self._fixed else values)
        except sqlite3.Error as error:
            raise self._translated(error) from error

    def _translated(self, error: sqlite3.Error) -> Exception:
        """As SQLAlchemy raises it, so that callers know one kind of fault; what was to be stored is not in it."""
        return DBAPIError.instance(self._sql, None, error, sqlite3.Error, hide_parameters=True)


def unnested(columns: Mapping[str, TypeEngine[Any]]) -> Select[Any]:
    """Rows of lists that are bound by name, as PostgreSQL makes them."""
    lists = {name: bindparam(name, type_=ARRAY(kind)) for name, kind in columns.items()}
    return select(*(func.unnest(one).label(name) for name, one in lists.items()))


def inserting(table: Table) -> Prepared:
    """Adds rows to a table, with all of their columns."""
    columns = {column.name: column.type for column in table.columns}
    return Prepared(insert(table), insert(table).from_select(list(columns), unnested(columns)))


def _row_of(columns: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    kind: Any = namedtuple("Row", columns)  # type: ignore[misc]
    made: Callable[[Iterable[Any]], Any] = kind._make
    return made


def driver_of(conn: Connection) -> Any:
    """The `sqlite3` connection below."""
    return conn.connection.driver_connection
