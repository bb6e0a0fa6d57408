"""SQLite: copied by its own online backup in small steps out of one snapshot, and back in one transaction."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, NullPool, create_engine

from chatserver.conversation.search import INDEX_TABLES
from chatserver.infra.backup.contents import (
    INDEX,
    KEYS,
    PASSING,
    BackupRefused,
    Contents,
    Rows,
    bring_up_to_date,
    check_counts,
    check_empty,
    copied_tables,
    make_tables,
    our_tables,
    revision_of,
)
from chatserver.infra.sql.sqlite import make_file, sqlite_engine
from chatserver.infra.sql.urls import sqlite_file

FILE: Final = "chatserver.sqlite3"

STEP_PAGES: Final = 512
"""Two megabytes at a time, each put on the disk before the next: a writer that waits for the same disk is held up
by one step, not by all that has piled up."""

LOCK_WAIT_S: Final = 60
"""How long a restore waits for somebody who writes; afterwards everybody waits for it."""


def copy_out(url: URL, draft: Path) -> Contents:
    """Copy the database as it is at this instant; blocks, so call it in a thread."""
    path = sqlite_file(url)
    if not path.is_file():
        raise BackupRefused(f"There is no database at {path}. Set CHATSERVER_DATA_DIR or DATABASE_URL to yours.")
    copy = draft / FILE
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as source, closing(sqlite3.connect(copy)) as target:
        _copy_snapshot(source, target, copy)
        found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise BackupRefused(f"The database is damaged ({found}). Go back to the last good backup.")
        _leave_out(target)
        # One file, without a log beside it.
        target.execute("PRAGMA journal_mode=DELETE")
    return _contents_of(copy)


def _copy_snapshot(source: sqlite3.Connection, target: sqlite3.Connection, copy: Path) -> None:
    # Nobody needs half a copy, so nothing is kept to undo it, and what has been copied is synchronised here.
    target.execute("PRAGMA journal_mode=OFF")
    target.execute("PRAGMA synchronous=OFF")
    # With a snapshot held the copy never starts over, however much is written meanwhile.
    source.execute("BEGIN")
    source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    with copy.open("rb") as written:
        source.backup(target, pages=STEP_PAGES, progress=lambda *_: os.fdatasync(written.fileno()))
    source.execute("ROLLBACK")


def _leave_out(target: sqlite3.Connection) -> None:
    """Take the keys and the index out of the copy, and what is left of them in free pages."""
    there = {row[0] for row in target.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for name in KEYS & there:
        target.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of ours
    if INDEX in there:
        target.execute(f"DROP TABLE {INDEX}")
        target.execute(INDEX_TABLES["sqlite"][0])
    target.commit()
    target.execute("VACUUM")


def _contents_of(copy: Path) -> Contents:
    engine = create_engine(URL.create("sqlite", database=str(copy)), poolclass=NullPool)
    with engine.connect() as conn:
        revision = revision_of(conn)
        if revision is None:
            raise BackupRefused("The database has no tables yet. Run `chatserver migrate` first.")
        tables = {name: _rows_of(conn, name) for name in copied_tables(conn)}
    engine.dispose()
    return Contents(revision, tables)


def _rows_of(conn: Connection, table: str) -> Rows:
    count: int = conn.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one()  # noqa: S608 - a name of ours
    columns = [row.name for row in conn.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    return Rows(columns, count)


def copy_in(url: URL, folder: Path, contents: Contents, settle: Callable[[Connection], None]) -> None:
    """Fill an empty database in one transaction; blocks, so call it in a thread."""
    make_file(url)
    engine = sqlite_engine(url)
    with engine.connect() as conn:
        conn.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_WAIT_S * 1_000}")
        conn.exec_driver_sql("ATTACH DATABASE ? AS backup", (str(folder / FILE),))
        conn.commit()
        with conn.begin():
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            make_tables(conn, contents)
            check_empty(conn, our_tables(conn))
            for name in PASSING:
                conn.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608 - a name of ours
            restored = {name: _copy_table(conn, name, rows.columns) for name, rows in contents.wanted.items()}
            check_counts(contents, restored)
            bring_up_to_date(conn)
            settle(conn)
    engine.dispose()


def _copy_table(conn: Connection, table: str, columns: list[str]) -> int:
    listed = ", ".join(f'"{column}"' for column in columns)
    statement = f'INSERT INTO main."{table}" ({listed}) SELECT {listed} FROM backup."{table}"'  # noqa: S608 - names of ours
    copied: Any = conn.exec_driver_sql(statement)
    return int(copied.rowcount)
