"""Migrations bring every database to the very tables that the code declares."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from chatserver.core.schema import metadata
from chatserver.infra.migrations import configuration, is_current, migrate
from chatserver.infra.sql import OpenDatabase, open_database

ROOT = Path(__file__).parents[2]

for declaring in sorted(ROOT.glob("chatserver/**/*.py")):
    if "Table(" in declaring.read_text():  # whoever declares a table has it compared
        importlib.import_module(".".join(declaring.relative_to(ROOT).with_suffix("").parts))


@pytest_asyncio.fixture
async def migrated(database_url: str) -> AsyncIterator[OpenDatabase]:
    """An empty database, migrated."""
    await asyncio.to_thread(migrate, database_url)
    async with open_database(database_url) as database:
        yield database


async def test_the_migrated_tables_are_the_declared_ones(migrated: OpenDatabase) -> None:
    def differences(conn: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True, "include_object": not_the_index}
        return list(compare_metadata(MigrationContext.configure(conn, opts=options), metadata))

    assert await migrated.write(differences) == []


def not_the_index(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Whether Alembic can compare it: the index of search is different on each database."""
    return not (kind == "table" and (name or "").startswith("search_messages"))


async def test_they_are_the_same_down_to_the_last_index(database_url: str, migrated: OpenDatabase) -> None:
    found = await migrated.read(structure)
    await migrated.write(recreate)
    assert await migrated.read(structure) == found


def structure(conn: Connection) -> dict[str, Any]:
    """Columns, keys and indexes of all tables, as the database itself tells them."""
    seen = inspect(conn)
    tables = [name for name in seen.get_table_names() if name != "alembic_version"]
    found: dict[str, Any] = {
        table: [sorted(f"{column['name']} {column['type']} {column['nullable']}" for column in seen.get_columns(table))]
        for table in tables
    }
    for table in tables:
        found[table].append(seen.get_pk_constraint(table))
    indexes = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name <> 'alembic_version'"
        " AND (type = 'index' OR sql LIKE '%VIRTUAL%') UNION"
        " SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name <> 'alembic_version'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version'",
    }
    rows = conn.execute(text(indexes[conn.dialect.name])).all()
    found["indexes"] = sorted((name, " ".join(str(what).replace("IF NOT EXISTS ", "").split())) for name, what in rows)
    return found


def recreate(conn: Connection) -> None:
    """Drop all tables and make them from their declarations."""
    metadata.drop_all(conn)
    conn.execute(text("DROP TABLE search_messages"))
    metadata.create_all(conn)


async def test_migrating_again_changes_nothing(database_url: str, migrated: OpenDatabase) -> None:
    await migrated.write(lambda conn: conn.execute(text("INSERT INTO processes VALUES ('p', 1)")) and None)
    before = await migrated.read(structure)
    await asyncio.to_thread(migrate, database_url)
    assert await migrated.read(structure) == before
    assert await migrated.read(lambda conn: conn.execute(text("SELECT id FROM processes")).scalar()) == "p"


async def test_several_processes_may_start_at_once(database_url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate, database_url) for _ in range(4)))
    async with open_database(database_url) as database:
        assert await database.read(is_current)


async def test_a_database_without_the_tables_is_not_current(database_url: str) -> None:
    async with open_database(database_url) as database:
        assert not await database.read(is_current)


async def test_a_migration_that_fails_leaves_nothing_half_done(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(database_url) as database:
        with monkeypatch.context() as broken:
            broken.setattr("alembic.op.create_index", fail_on("ix_refresh_tokens_family"))
            with pytest.raises(RuntimeError, match="ix_refresh_tokens_family"):
                await asyncio.to_thread(migrate, database_url)
        assert await database.read(lambda conn: inspect(conn).get_table_names()) == []
        await asyncio.to_thread(migrate, database_url)
        assert await database.read(is_current)


def fail_on(index: str) -> Any:
    """A step that fails at one index and does nothing at the others."""

    def create_index(name: str, *_: Any, **__: Any) -> None:
        if name == index:
            raise RuntimeError(name)

    return create_index


def test_revisions_are_numbered_and_follow_each_other() -> None:
    revisions = [revision.revision for revision in ScriptDirectory.from_config(configuration()).walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert all(len(revision) == 4 and revision.isdigit() for revision in revisions)
