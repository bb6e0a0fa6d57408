"""Brings a database to the tables that this version needs; safe to start anywhere, any number of times."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Index, NullPool, text
from sqlalchemy.schema import CreateIndex

from chatserver.core.schema import metadata
from chatserver.infra.sql.sqlite import make_file, sqlite_engine
from chatserver.infra.sql.urls import normalised

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_LOCK_WAIT_S: Final = 60
"""How long one process waits for another that is migrating."""

_TABLE_LOCK_WAIT_S: Final = 2
"""A migration that cannot have a table gives up rather than hold up everybody behind it."""

_ADVISORY_LOCK: Final = 0x63686174  # "chat"; any number that nobody else takes


_LATE_LOCK: Final = _ADVISORY_LOCK + 1
_LATE_PAUSE_S: Final = 0.2


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings for these revisions, at work on a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def is_current(connection: Connection) -> bool:
    """Whether every revision of this version has been applied; may be run by `Database.read`."""
    known = ScriptDirectory.from_config(configuration()).get_heads()
    applied = MigrationContext.configure(connection).get_current_heads()
    return set(known) <= set(applied)


def migrate(url: str) -> None:
    """Apply the revisions that are missing, all or none; waits for another process that does so now.

    Blocks: call it in a thread. Raises what the database raises when it cannot be reached or used.
    """
    parsed = normalised(url)
    if parsed.get_backend_name() == "sqlite":
        _migrate_sqlite(parsed)
    else:
        asyncio.run(_migrate_postgresql(parsed))


def _migrate_sqlite(url: URL) -> None:
    make_file(url)
    engine = sqlite_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_LOCK_WAIT_S * 1_000}")
        connection.commit()
        with connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _upgrade(connection)
            for index in late_indexes():
                index.create(connection, checkfirst=True)
    engine.dispose()


async def _migrate_postgresql(url: URL) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415  (heavy: loads the mapper)

    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await be_alone(connection)
        await connection.execute(text(f"SET LOCAL lock_timeout = '{_TABLE_LOCK_WAIT_S}s'"))
        await connection.run_sync(_upgrade)
    await _build_late(engine)
    await engine.dispose()


def late_indexes() -> list[Index]:
    """Indexes of tables that had rows before them, declared with `info={"late": True}` and made by no revision."""
    return [index for table in metadata.sorted_tables for index in table.indexes if index.info.get("late")]


async def _build_late(engine: "AsyncEngine") -> None:
    """Build them while everybody goes on writing; one that was broken off half-way is built anew."""
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        # Asked for again and again: who waits for a lock has a snapshot, and for its end such an index waits.
        while not await connection.scalar(text(f"SELECT pg_try_advisory_lock({_LATE_LOCK})")):  # noqa: ASYNC110
            await asyncio.sleep(_LATE_PAUSE_S)
        for index in late_indexes():
            if await connection.scalar(_BROKEN, {"name": index.name}):
                await connection.execute(text(f'DROP INDEX CONCURRENTLY "{index.name}"'))
            options = index.dialect_options["postgresql"]
            options["concurrently"] = True
            try:
                await connection.execute(CreateIndex(index, if_not_exists=True))
            finally:
                options["concurrently"] = False


_BROKEN: Final = text(
    "SELECT NOT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = :name"
)
"""Whether an index is there that a break has left unusable."""


async def be_alone(connection: "AsyncConnection") -> None:
    """Wait until nobody else migrates this PostgreSQL database, and let nobody do so until the transaction ends."""
    await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT_S}s'"))
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")
