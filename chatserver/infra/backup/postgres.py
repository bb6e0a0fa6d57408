"""PostgreSQL: copied table by table with COPY out of one snapshot, and back in one transaction.

What is read is written as it comes, so memory does not grow with the database.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from chatserver.core.schema import metadata
from chatserver.infra.backup.contents import (
    PASSING,
    BackupRefused,
    Contents,
    Rows,
    bring_up_to_date,
    check_counts,
    check_empty,
    copied_tables,
    make_tables,
    newest_revision,
    our_tables,
    revision_of,
)
from chatserver.infra.migrations import be_alone

LOCK_WAIT_S: Final = 10
"""How long a restore waits for whoever uses the tables."""

# A backup lasts as long as it lasts; the limits of the installation are made for people who wait.
_SERVER_SETTINGS: Final = {
    "application_name": "chatserver backup",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

_SET_SEQUENCE: Final = text("SELECT setval(CAST(CAST(:name AS text) AS regclass), :last)")


async def copy_out(url: URL, draft: Path) -> Contents:
    """Copy the tables as they are at one instant, a file for each in PostgreSQL's own text format."""
    async with _connected(url, isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        revision = await connection.run_sync(revision_of)
        if revision is None:
            raise BackupRefused("The database has no tables yet. Run `chatserver migrate` first.")
        if revision != newest_revision():
            # Another version may have tables that this one does not know.
            raise BackupRefused(
                f"The database has tables of revision {revision}, this version those of {newest_revision()}. "
                "Back up with the version that serves, or run `chatserver migrate` first."
            )
        columns = await connection.run_sync(_columns)
        tables = {name: await _copy_table_out(connection, draft, name, columns[name]) for name in columns}
        # Read last: a number may be given out twice, but never one that is in the copy.
        return Contents(revision, tables, await _read_sequences(connection))


def _columns(conn: Connection) -> dict[str, list[str]]:
    found = conn.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        )
    ).all()
    return {name: [row.column_name for row in found if row.table_name == name] for name in copied_tables(conn)}


async def _copy_table_out(connection: AsyncConnection, draft: Path, table: str, columns: list[str]) -> Rows:
    driver = await _driver(connection)
    with _file(draft, table).open("wb") as file:
        done = await driver.copy_from_table(table, columns=columns, output=file, format="text")
    return Rows(columns, _count_of(done))


async def copy_in(url: URL, folder: Path, contents: Contents, settle: Callable[[Connection], None]) -> None:
    """Fill an empty database in one transaction."""
    async with _connected(url) as connection:
        await be_alone(connection)
        await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'"))
        await connection.run_sync(make_tables, contents)
        names = await connection.run_sync(our_tables)
        # Nobody writes between the look and the copy.
        await connection.execute(text(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE"))
        await connection.run_sync(check_empty, names)
        for name in PASSING:
            await connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608 - a name of ours
        restored = {
            name: await _copy_table_in(connection, folder, name, rows) for name, rows in contents.wanted.items()
        }
        check_counts(contents, restored)
        for sequence, last in contents.sequences.items():
            await connection.execute(_SET_SEQUENCE, {"name": sequence, "last": last})
        await connection.run_sync(bring_up_to_date)
        await connection.run_sync(settle)
        for name in names:
            await connection.execute(text(f"ANALYZE {name}"))
        await connection.commit()


async def _copy_table_in(connection: AsyncConnection, folder: Path, table: str, rows: Rows) -> int:
    driver = await _driver(connection)
    with _file(folder, table).open("rb") as file:
        return _count_of(await driver.copy_to_table(table, columns=rows.columns, source=file, format="text"))


async def _read_sequences(connection: AsyncConnection) -> dict[str, int]:
    found = await connection.execute(
        text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()")
    )
    ours = {f"{name}_" for name in metadata.tables}
    return {
        row.sequencename: row.last_value
        for row in found
        if row.last_value is not None and any(row.sequencename.startswith(name) for name in ours)
    }


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.copy"


def _count_of(status: str) -> int:
    """The number in `COPY 12`."""
    return int(status.rpartition(" ")[2])


async def _driver(connection: AsyncConnection) -> Any:
    """The asyncpg connection below, which can stream; it is in the same transaction."""
    return (await connection.get_raw_connection()).driver_connection


@asynccontextmanager
async def _connected(url: URL, **options: Any) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"server_settings": _SERVER_SETTINGS})
    try:
        async with engine.connect() as connection:
            await connection.execution_options(**options)
            # Begins the transaction, and with it the snapshot, for what goes past SQLAlchemy too.
            await connection.execute(text("SELECT 1"))
            yield connection
    finally:
        await engine.dispose()
