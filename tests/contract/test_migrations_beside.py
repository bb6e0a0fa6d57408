"""Revisions run beside the version before them: nobody waits long, and what it writes still fits afterwards."""

import asyncio
import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import alembic.op
import asyncpg
import pytest
from alembic import command
from sqlalchemy import Column, Connection, Index, Integer, MetaData, Table, Text, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from chatserver.core.errors import ChatError
from chatserver.infra import migrations
from chatserver.infra.migrations import configuration, migrate
from chatserver.infra.sql import OpenDatabase, open_database

LONGEST_S: Final = 2.0

# What the first version does all day, with the columns that it knows.
OLD_STATEMENTS: Final = (
    "INSERT INTO users (id, kind, name, locale, vip, created_at) VALUES (:id, 'signed', 'Lin', 'en', false, 1)",
    """INSERT INTO conversations (id, desk, user_id, locale, topic, attributes, status, tier, epoch, skill, priority,
    joined, public_head, internal_head, user_read, agent_read, started_at)
    VALUES (:id, 'main', :id, 'en', '', '{}', 'bot', 1, 0, '', 0, '[]', 1, 0, 0, 0, 1)""",
    """INSERT INTO events (conversation, thread, seq, at, type, by_role, by_name, body)
    SELECT number, 'public', 1, 1, 'conversation_started', 'user', 'Lin', :body FROM conversations WHERE id = :id""",
    "UPDATE conversations SET user_read = 1, status = 'waiting', queued_at = 1 WHERE id = :id",
    """INSERT INTO presence (agent_id, status, capacity, misses, loss_told, idle_since)
    VALUES (:id, 'away', 3, 0, false, 1)""",
    "UPDATE presence SET status = 'available' WHERE agent_id = :id",
    "SELECT count(*) FROM conversations WHERE user_id = :id",
)


async def old_version(url: str) -> None:
    """A database with the tables of the first version."""

    def upgrade(conn: Connection) -> None:
        command.upgrade(configuration(conn), "0001")

    async with open_database(url) as database:
        await database.write(upgrade)


class OldServer:
    """Does what the first version does, again and again, and keeps how long each round took."""

    def __init__(self, database: OpenDatabase) -> None:
        self._database = database
        self.took: list[float] = []
        self.refused = 0
        self.going = True
        self._numbers = itertools.count()

    async def round(self) -> None:
        """One of everything; raises what the database raises."""
        id_ = f"old{next(self._numbers)}"
        began = time.monotonic()

        def unit(conn: Connection) -> None:
            for statement in OLD_STATEMENTS:
                conn.execute(text(statement), {"id": id_, "body": b"{}"} if ":body" in statement else {"id": id_})

        try:
            await self._database.write(unit)
        except ChatError:
            self.refused += 1  # its client sends the same again
        self.took.append(time.monotonic() - began)

    async def serve(self) -> None:
        """Round after round until told to stop."""
        while self.going:
            await self.round()


async def test_the_version_before_goes_on_while_and_after_the_tables_change(database_url: str) -> None:
    await old_version(database_url)
    async with open_database(database_url) as database:
        server = OldServer(database)
        serving = asyncio.create_task(server.serve())
        while len(server.took) < 20:
            await database.read(lambda conn: conn.execute(text("SELECT 1")).all())
        # Rounds follow each other without a pause, so one at least is under way while the tables change.
        await asyncio.to_thread(migrate, database_url)
        server.going = False
        await serving
        await server.round()
        assert server.refused == 0
        assert max(server.took) < LONGEST_S
        assert await database.read(migrations.is_current)


async def test_a_migration_that_cannot_have_its_table_gives_up_and_holds_nobody_up_for_long(pg_url: str) -> None:
    await old_version(pg_url)
    other = await asyncpg.connect(make_url(pg_url).set(drivername="postgresql").render_as_string(False))
    async with open_database(pg_url) as database, other.transaction():
        await other.execute("LOCK TABLE conversations IN ACCESS SHARE MODE")  # a report that somebody forgot to end
        server = OldServer(database)
        serving = asyncio.create_task(server.serve())
        with pytest.raises(DBAPIError, match="lock timeout"):
            await asyncio.to_thread(migrate, pg_url)
        server.going = False
        await serving
        assert not await database.read(migrations.is_current)
        assert max(server.took) < LONGEST_S + 1
    await other.close()
    async with open_database(pg_url) as database:
        await asyncio.to_thread(migrate, pg_url)
        assert await database.read(migrations.is_current)


TAKING: Final = ("alter_column", "drop_column", "drop_table", "drop_index")
TOUCHING: Final = ("create_index", "create_unique_constraint", *TAKING)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, str]]]:
    """`(revision, step, table)` of every step on a table that the same revision has not made."""
    made: set[tuple[str, str]] = set()
    found: list[tuple[str, str, str]] = []

    def watch(step: str) -> None:
        real = getattr(alembic.op, step)

        def call(*args: Any, **options: Any) -> Any:
            frame = sys._getframe(1)
            while "revision" not in frame.f_globals:
                assert frame.f_back is not None
                frame = frame.f_back
            revision = str(frame.f_globals["revision"])
            table = str(args[0] if step in ("create_table", "alter_column", "drop_column", "drop_table") else args[1])
            if step == "create_table":
                made.add((revision, table))
            elif (revision, table) not in made:
                found.append((revision, step, table))
            return real(*args, **options)

        monkeypatch.setattr(alembic.op, step, call)

    for step in ("create_table", *TOUCHING):
        watch(step)
    yield found


def test_no_revision_builds_an_index_over_rows_or_takes_something_away(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(monkeypatch) as found:
        migrate(sqlite_url)
    assert found == [], 'such an index is declared with info={"late": True} and made by no revision'


LATE_TABLE: Final = "CREATE TABLE late_things (number integer, name text)"
LATE: Final = Table(
    "late_things",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("name", Text),
    Index("ix_late_things_name", "name", info={"late": True}),
)


async def test_a_late_index_is_built_while_others_write_and_anew_when_it_was_broken_off(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(migrate, database_url)
    monkeypatch.setattr(migrations, "late_indexes", lambda: list(LATE.indexes))

    def indexes(conn: Connection) -> list[str | None]:
        return [one["name"] for one in inspect(conn).get_indexes("late_things")]

    async with open_database(database_url) as database:
        await database.write(lambda conn: conn.execute(text(LATE_TABLE)) and None)
        await asyncio.to_thread(migrate, database_url)
        assert await database.read(indexes) == ["ix_late_things_name"]
        if database.dialect == "postgresql":
            spoilt = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_late_things_name'::regclass"
            await database.write(lambda conn: conn.execute(text(spoilt)) and None)
        await asyncio.to_thread(migrate, database_url)
        assert await database.read(indexes) == ["ix_late_things_name"]
