"""Backup and restore: one instant, taken while everybody writes, comes back whole or not at all."""

import asyncio
import itertools
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import URL, Connection, insert, inspect, select, text

import chatserver.app  # noqa: F401 - declares every table
from chatserver.conversation import store
from chatserver.conversation.events import MessagePosted
from chatserver.conversation.search import index_everything
from chatserver.conversation.verifying import verify_logs
from chatserver.core.schema import metadata
from chatserver.desk.restored import nobody_is_here
from chatserver.desk.tables import agent_links, presence, processes
from chatserver.infra.backup import BackupRefused, back_up, restore
from chatserver.infra.backup.keys import DAY_MS, write_keys
from chatserver.infra.migrations import migrate
from chatserver.infra.sql import OpenDatabase, open_database
from chatserver.trust.tables import refresh_families
from chatserver.trust.tokens import end_all_families
from chatserver.trust.vault.erasing import destroy_user_key
from tests import services
from tests.contract.log_house import LogHouse
from tests.unit.conversation.cast import ANNA, NOW, STRANGER, USER
from tests.vaults import sealed_database, vault

WRITERS = 12
NOBODY_LEFT: dict[str, list[tuple[Any, ...]]] = {"processes": [], "agent_links": []}
"""What is not brought back."""

TO_BE_INDEXED: dict[str, list[tuple[Any, ...]]] = {
    "search_messages": [],
    "search_pending": [(1, number) for number in range(1, 6)],
}
"""The index is made anew."""


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """A migrated database with two conversations, an agent at work, and a sign-in."""
    await asyncio.to_thread(migrate, database_url)
    async with sealed_database(database_url) as database:
        house = LogHouse(database)
        await house.begin("c_1")
        for number in range(5):
            await house.say("c_1", f"{number} 你好\t\\N \n'\"")
        await house.begin("c_2", STRANGER, status="waiting", queued_at=NOW, user_left_at=NOW)
        await house.know("c_1", ANNA, assigned=True)
        await index_everything(database)
        await database.write(_somebody_is_here)
        yield house


def _somebody_is_here(conn: Connection) -> None:
    state = {"status": "available", "capacity": 3, "misses": 0, "loss_told": False, "idle_since": NOW}
    conn.execute(insert(presence).values(agent_id=ANNA.subject, **state))
    conn.execute(insert(processes).values(id="p_1", seen_at=NOW))
    conn.execute(insert(agent_links).values(session="s_1", agent_id=ANNA.subject, process="p_1"))
    conn.execute(insert(refresh_families).values(id="f_1", agent_id=ANNA.subject, started_at=NOW, expires_at=NOW + 1))


@pytest_asyncio.fixture
async def empty_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A second database of the same kind, with nothing in it."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'chatserver.db'}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    async with services.fresh_database(server) as url:
        yield url


def leave_as_it_is(_conn: Connection) -> None:
    """Nothing has to be settled."""


def everything(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that hold something of the product, the index of search included."""
    declared = {table.name: table for table in metadata.sorted_tables}
    found = {}
    for name in inspect(conn).get_table_names():
        if name in declared:
            found[name] = sorted(tuple(row) for row in conn.execute(select(declared[name])))
        elif name in ("search_messages", "alembic_version"):
            place = "rowid, " if conn.dialect.name == "sqlite" else ""
            found[name] = sorted(tuple(row) for row in conn.execute(text(f"SELECT {place}* FROM {name}")))
    return {name: [_plain(row) for row in rows] for name, rows in found.items()}


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


async def read_all(url: str) -> dict[str, list[tuple[Any, ...]]]:
    async with open_database(url) as database:
        return await database.read(everything)


async def faults(database: OpenDatabase) -> list[Any]:
    return [fault async for fault in verify_logs(database)]


async def test_every_row_of_every_table_comes_back(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    before = await house.database.read(everything)
    assert before["search_messages"]
    written = await back_up(database_url, tmp_path / "backup")
    assert await restore(empty_url, tmp_path / "backup", leave_as_it_is) == written
    assert await read_all(empty_url) == before | NOBODY_LEFT | TO_BE_INDEXED
    async with sealed_database(empty_url) as restored:
        await index_everything(restored)
        assert len((await restored.read(everything))["search_messages"]) == len(before["search_messages"])


async def test_no_table_is_forgotten(house: LogHouse, database_url: str, tmp_path: Path) -> None:
    def tables(conn: Connection) -> set[str]:
        # FTS5 keeps its index in tables of its own beside the one that is used.
        return {name for name in inspect(conn).get_table_names() if not name.startswith("search_messages_")}

    contents = (await back_up(database_url, tmp_path / "backup")).contents
    apart = {"alembic_version", "search_messages", "master_keys", "data_keys"}
    assert contents.tables.keys() == await house.database.read(tables) - apart
    kept = json.loads(next((tmp_path / "chatserver-keys").iterdir()).read_text())
    assert kept["tables"].keys() == {"master_keys", "data_keys"}


async def test_what_was_acknowledged_before_is_in_a_backup_taken_under_load(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    acked: dict[str, int] = {}
    spoke = asyncio.Condition()

    async def talk(conversation: str) -> None:
        for number in itertools.count():
            appended = await house.say(conversation, f"{number} " + "x" * 300, key=f"k{number}")
            acked[conversation] = appended.head.public_head
            async with spoke:
                spoke.notify_all()

    async def until(count: int) -> None:
        async with spoke:
            await spoke.wait_for(lambda: sum(acked.values()) >= count)

    for number in range(WRITERS):
        await house.begin(f"c_load{number}", user_id=f"u_load{number}")
    writers = [asyncio.create_task(talk(f"c_load{number}")) for number in range(WRITERS)]
    await until(300)
    before = dict(acked)
    backup = asyncio.create_task(back_up(database_url, tmp_path / "backup"))
    await until(sum(before.values()) + 300)  # they go on while it is taken
    await backup
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    await restore(empty_url, tmp_path / "backup", leave_as_it_is)
    async with sealed_database(empty_url) as restored:
        assert await faults(restored) == []
        for conversation, head in before.items():
            found = await restored.read(lambda conn, id_=conversation: store.read_head(conn, id_))  # type: ignore[misc]
            assert found is not None
            assert found.public_head >= head
        assert await restored.read(everything) != await house.database.read(everything)


async def test_numbers_go_on_after_the_last_one(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    await back_up(database_url, tmp_path / "backup")
    await restore(empty_url, tmp_path / "backup", leave_as_it_is)
    last = (await house.head("c_2")).number
    async with sealed_database(empty_url) as restored:
        assert (await LogHouse(restored).begin("c_3", user_id="u_third")).number > last


async def test_nobody_is_here_or_signed_in_after_a_restore(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    def settle(conn: Connection) -> None:
        nobody_is_here(conn, NOW + 60_000)
        end_all_families(conn, NOW + 60_000)

    await back_up(database_url, tmp_path / "backup")
    await restore(empty_url, tmp_path / "backup", settle)
    async with sealed_database(empty_url) as restored:
        assert (await LogHouse(restored).head("c_2")).user_left_at == NOW + 60_000
        assert (await LogHouse(restored).head("c_1")).user_left_at is None
        for column in (presence.c.link_lost_at, refresh_families.c.ended_at):
            assert await restored.read(lambda conn, one=column: conn.execute(select(one)).scalar()) == NOW + 60_000  # type: ignore[misc]


async def test_a_database_that_is_in_use_is_left_as_it_is(house: LogHouse, database_url: str, tmp_path: Path) -> None:
    await back_up(database_url, tmp_path / "backup")
    await house.say("c_1", "later")
    before = await house.database.read(everything)
    with pytest.raises(BackupRefused, match=r"in use: .*Nothing was changed"):
        await restore(database_url, tmp_path / "backup", leave_as_it_is)
    assert await house.database.read(everything) == before


async def test_a_restore_fills_an_empty_database_that_is_being_served(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    await back_up(database_url, tmp_path / "backup")
    await asyncio.to_thread(migrate, empty_url)
    its = vault()
    async with open_database(empty_url, its) as served:
        await its.begin(served)
        await served.write(lambda conn: conn.execute(insert(processes).values(id="p_2", seen_at=NOW)) and None)
        await restore(empty_url, tmp_path / "backup", leave_as_it_is)
        assert await served.read(everything) == await house.database.read(everything) | NOBODY_LEFT | TO_BE_INDEXED
        await its.look(served)
        await LogHouse(served).say("c_1", "it goes on")


async def test_a_restore_that_fails_leaves_the_database_empty(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    def fail(_conn: Connection) -> None:
        raise RuntimeError("the last step")

    await back_up(database_url, tmp_path / "backup")
    with pytest.raises(RuntimeError, match="the last step"):
        await restore(empty_url, tmp_path / "backup", fail)
    assert await read_all(empty_url) == {}
    await restore(empty_url, tmp_path / "backup", leave_as_it_is)
    assert await read_all(empty_url) == await house.database.read(everything) | NOBODY_LEFT | TO_BE_INDEXED


async def test_a_damaged_backup_is_refused(house: LogHouse, database_url: str, empty_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    written = await back_up(database_url, folder)
    for name in written.files:
        whole = (folder / name).read_bytes()
        if not whole:
            continue
        (folder / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(BackupRefused, match="is damaged"):
            await restore(empty_url, folder, leave_as_it_is)
        (folder / name).unlink()
        with pytest.raises(BackupRefused, match="is missing"):
            await restore(empty_url, folder, leave_as_it_is)
        (folder / name).write_bytes(whole)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(BackupRefused, match="cannot be read"):
        await restore(empty_url, folder, leave_as_it_is)
    (folder / "manifest.json").unlink()
    with pytest.raises(BackupRefused, match=r"no manifest\.json"):
        await restore(empty_url, folder, leave_as_it_is)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "format 2"),
        ({"files": {"../outside": {"bytes": 0, "sha256": ""}}}, "missing"),
        ({"contents": {"revision": "9999", "tables": {}}}, "revision 9999, which this version does not know"),
    ],
)
async def test_a_backup_of_another_time_is_refused(
    change: dict[str, Any], reason: str, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(migrate, database_url)
    await back_up(database_url, tmp_path / "backup")
    manifest = tmp_path / "backup" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))
    (tmp_path / "outside").touch()
    with pytest.raises(BackupRefused, match=reason):
        await restore(empty_url, tmp_path / "backup", leave_as_it_is)


async def test_a_backup_of_the_other_database_is_refused(sqlite_url: str, pg_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(migrate, sqlite_url)
    await back_up(sqlite_url, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="a backup of SQLite; DATABASE_URL names PostgreSQL"):
        await restore(pg_url, tmp_path / "backup", leave_as_it_is)


async def test_other_peoples_tables_are_no_part_of_it(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    await house.database.write(lambda conn: conn.execute(text("CREATE TABLE invoices (theirs int)")) and None)
    assert "invoices" not in (await back_up(database_url, tmp_path / "backup")).contents.tables
    async with open_database(empty_url) as shared:
        await shared.write(lambda conn: conn.execute(text("CREATE TABLE users (theirs int)")) and None)
    with pytest.raises(BackupRefused, match="a table users that is not of this product"):
        await restore(empty_url, tmp_path / "backup", leave_as_it_is)


async def test_a_backup_appears_whole_in_a_folder_of_its_own(
    house: LogHouse, database_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups" / "monday"
    folder.mkdir(parents=True)
    written = await back_up(database_url, folder)
    assert {path.name for path in folder.iterdir()} == {*written.files, "manifest.json"}
    assert sorted(path.name for path in folder.parent.iterdir()) == ["chatserver-keys", "monday"]
    assert {path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]} == {0}
    with pytest.raises(BackupRefused, match="has something in it"):
        await back_up(database_url, folder)


async def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="There is no database at"):
        await back_up(f"sqlite:///{tmp_path / 'missing.db'}", tmp_path / "backup")
    with pytest.raises(OSError, match=r"Connect call failed|refused"):
        await back_up("postgresql://127.0.0.1:1/nobody", tmp_path / "backup")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - hidden names too


async def test_a_damaged_database_gives_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    await asyncio.to_thread(migrate, sqlite_url)
    async with sealed_database(sqlite_url) as database:
        house = LogHouse(database)
        await house.begin("c_1")
        for number in range(200):
            await house.say("c_1", f"{number} " + "x" * 1_000)
    file = tmp_path / "chatserver.sqlite3"
    with file.open("r+b") as raw:
        raw.seek(file.stat().st_size // 2)
        raw.write(b"\xff" * 8_192)
    with pytest.raises(BackupRefused, match="The database is damaged"):
        await back_up(sqlite_url, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


async def test_another_versions_tables_are_told_apart(pg_url: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(pg_url))
        with pytest.raises(BackupRefused, match="no tables yet"):
            await back_up(pg_url, tmp_path / "backup")
        await asyncio.to_thread(migrate, pg_url)
        await back_up(pg_url, tmp_path / "backup")
        await database.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9'")) and None)
        with pytest.raises(BackupRefused, match="tables of revision 9"):
            await back_up(pg_url, tmp_path / "other")
        with pytest.raises(BackupRefused, match="Restore into a database without tables"):
            await restore(pg_url, tmp_path / "backup", leave_as_it_is)


# --- keys ---


async def test_a_backup_holds_no_key_and_no_word(house: LogHouse, database_url: str, tmp_path: Path) -> None:
    await back_up(database_url, tmp_path / "backup")
    found = await house.database.read(everything)
    copied = b"".join(file.read_bytes() for file in (tmp_path / "backup").iterdir())
    for row in found["data_keys"]:
        for wrapped in (value for value in row if isinstance(value, bytes)):
            assert wrapped not in copied
            assert wrapped.hex().encode() not in copied
    digests = {word for row in found["search_messages"] for word in re.findall(r"[0-9a-f]{12}", str(row))}
    assert digests
    assert not [word for word in digests if word.encode() in copied]
    assert [oct(one.stat().st_mode)[-3:] for one in (tmp_path / "chatserver-keys").iterdir()] == ["600"]


@pytest.mark.usefixtures("house")
async def test_a_restore_without_its_keys_is_refused(database_url: str, empty_url: str, tmp_path: Path) -> None:
    await back_up(database_url, tmp_path / "backup", tmp_path / "elsewhere")
    with pytest.raises(BackupRefused, match=r"no keys at .* Give the folder or file of keys with --keys"):
        await restore(empty_url, tmp_path / "backup", leave_as_it_is)
    await restore(empty_url, tmp_path / "backup", leave_as_it_is, tmp_path / "elsewhere")
    async with sealed_database(empty_url) as restored:
        assert await faults(restored) == []


async def test_who_was_erased_stays_erased_in_older_backups(
    house: LogHouse, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    await back_up(database_url, tmp_path / "old")
    await house.database.write(lambda conn: destroy_user_key(conn, USER.subject) and None)
    await back_up(database_url, tmp_path / "new")
    await restore(empty_url, tmp_path / "old", leave_as_it_is)
    async with sealed_database(empty_url) as restored:
        head = await LogHouse(restored).head("c_1")
        rows = await restored.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
        assert [row.read() for row in rows] == [MessagePosted(text="", removed=["erased"])] * 5
        assert await faults(restored) == []


@pytest.mark.usefixtures("house")
async def test_keys_are_kept_for_their_days(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "chatserver-keys"
    old = write_keys(folder, {}, 1_000, 30)
    await back_up(database_url, tmp_path / "backup", days=2)
    assert not old.exists()
    written = json.loads(next(folder.iterdir()).read_text())
    assert written["delete_after"] - written["taken_at"] == 2 * DAY_MS
