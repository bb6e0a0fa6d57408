"""Statements of the message path, handed to SQLite's driver as text that was compiled once.

SQLAlchemy's execution of a statement costs 40–90 µs, SQLite's a few; on the path that every message takes that was
most of its cost. On PostgreSQL, where the way to the server costs more than that, SQLAlchemy goes on executing.

What is done with many rows is one statement on both (`ForRows`): an array for each column there, a list of values here.
For SQLite that is no faster than a statement for each row, but the thread that writes changes places with the event
loop half as often.
"""

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Executable, Table, TableClause, bindparam, column, insert, select, table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

_DIALECT = sqlite.dialect(paramstyle="named")
_POSTGRESQL: Final = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]

ROWS_AT_ONCE: Final = (64, 16, 4, 1)
"""Lists of rows are cut into these lengths, each a statement that the driver keeps prepared."""


class Prepared:
    """A Core statement with `bindparam`s for everything that varies.

    `columns` name what a row of the answer holds; rows have these as attributes, with the values as the driver gives
    them: a boolean is 0 or 1 on SQLite.
    """

    __slots__ = ("_fixed", "_row", "_sql", "_statement")

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
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

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        try:
            return driver_of(conn).execute(self._sql, {**self._fixed, **values} if self._fixed else values)
        except sqlite3.Error as error:
            raise _translated(self._sql, error) from error


class ForRows:
    """A statement that does or asks something for each of many rows.

    `columns` are the rows' columns with their types, `statement` makes it from a table of them, which it reads as
    `given`. Whatever else it says must be in its text.
    """

    __slots__ = ("_answer", "_columns", "_statement", "_values", "_with_arrays", "_with_lists")

    def __init__(self, columns: Mapping[str, TypeEngine[Any]], statement: Callable[[TableClause], Executable]) -> None:
        made = statement(table("given", *(column(name, kind) for name, kind in columns.items())))
        answer = [one.key for one in getattr(made, "selected_columns", ())]
        self._columns = list(columns)
        self._values = itemgetter(*columns)
        self._answer: Callable[[Iterable[Any]], Any] = _row_of(answer) if answer else tuple
        self._with_lists = _with_lists(self._columns, made)
        self._with_arrays = _with_arrays(columns, made)

    def run(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute for some rows, all of which have all columns."""
        if conn.dialect.name == "sqlite":
            self._execute_parts(conn, rows)
        else:
            self._execute_all(conn, rows)

    def all(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """All rows of the answers, in no order."""
        if conn.dialect.name == "sqlite":
            return list(map(self._answer, chain.from_iterable(self._execute_parts(conn, rows))))
        return list(self._execute_all(conn, rows))

    def _execute_all(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> Any:
        return conn.execute(self._with_arrays, {name: [row[name] for row in rows] for name in self._columns})

    def _execute_parts(self, conn: Connection, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
        execute = driver_of(conn).execute
        answers = []
        for part in _parts(rows):
            sql = self._with_lists[len(part)]
            try:
                answers.append(execute(sql, list(chain.from_iterable(map(self._values, part)))).fetchall())
            except sqlite3.Error as error:
                raise _translated(sql, error) from error
        return answers


def _with_lists(columns: Sequence[str], statement: Executable) -> dict[int, str]:
    """The statement for SQLite, by the number of rows."""
    row = f"({', '.join('?' * len(columns))})"
    rest = _text_of(statement, _DIALECT)
    begun = f"WITH given ({', '.join(columns)}) AS (VALUES "
    return {many: f"{begun}{', '.join([row] * many)}) {rest}" for many in ROWS_AT_ONCE}


def _with_arrays(columns: Mapping[str, TypeEngine[Any]], statement: Executable) -> Executable:
    """The statement for PostgreSQL, which makes rows of an array for each column."""
    lists = {name: ARRAY(kind) for name, kind in columns.items()}
    rows = (f"unnest(CAST(:{name} AS {kind.compile(_POSTGRESQL)})) AS {name}" for name, kind in lists.items())
    whole = f"WITH given AS (SELECT {', '.join(rows)}) {_text_of(statement, _POSTGRESQL)}"
    return text(whole).bindparams(*(bindparam(name, type_=kind) for name, kind in lists.items()))


def inserting(target: Table) -> ForRows:
    """Adds rows to a table, with all of their columns."""
    columns = {one.name: one.type for one in target.columns}
    return ForRows(columns, lambda given: insert(target).from_select(list(columns), select(given)))


def _text_of(statement: Executable, dialect: Any) -> str:
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    begun = 0
    for many in ROWS_AT_ONCE:
        while len(rows) - begun >= many:
            yield rows[begun : begun + many]
            begun += many


def _translated(sql: str, error: sqlite3.Error) -> Exception:
    """As SQLAlchemy raises it, so that callers know one kind of fault; what was to be stored is not in it."""
    return DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)


def _row_of(columns: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    kind: Any = namedtuple("Row", columns)  # type: ignore[misc]
    made: Callable[[Iterable[Any]], Any] = kind._make
    return made


def driver_of(conn: Connection) -> Any:
    """The `sqlite3` connection below."""
    return conn.connection.driver_connection
