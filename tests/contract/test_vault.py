"""What is stored is sealed: on SQLite and PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Connection, select, text, update

from chatserver.conversation import search, store, users
from chatserver.conversation.events import AgentInfo, By, MessagePosted, NoteAdded
from chatserver.conversation.exporting import export_lines
from chatserver.conversation.resealing import Resealer
from chatserver.conversation.tables import conversations, events
from chatserver.conversation.tables import users as users_table
from chatserver.conversation.verifying import verify_logs
from chatserver.core.errors import ChatError
from chatserver.core.sealing import Erased, Unreadable, WrongKey, vault_of
from chatserver.infra.sql import open_database
from chatserver.trust.vault.erasing import destroy_user_key
from chatserver.trust.vault.local_keys import LocalKeys
from chatserver.trust.vault.rotation import rotate
from chatserver.trust.vault.tables import data_keys, master_keys
from chatserver.trust.vault.vault import DataVault
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA, STRANGER, USER
from tests.vaults import sealed_database, vault

CANARY = "canary-7f3a 我的秘密"


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """A conversation in which a canary was said, noted and named."""
    async with log_house(database_url) as built:
        await built.begin("c_1")
        await built.say("c_1", CANARY, key="k_canary-7f3a")
        await built.add("c_1", By("agent", ANNA.subject, "Anna canary-7f3a"), NoteAdded(text=CANARY))
        yield built


def everything(conn: Connection) -> str:
    """All that the tables of the log hold, as text."""
    rows = [tuple(row) for table in (events, conversations, users_table) for row in conn.execute(select(table))]
    return repr(rows) + repr(conn.execute(text("SELECT * FROM search_messages")).all())


async def test_what_was_said_stands_nowhere_in_the_tables(house: LogHouse) -> None:
    await search.index_everything(house.database)
    stored = await house.database.read(everything)
    # Not "7f3a" bare: four characters stand in so much Base64 by chance.
    for word in ("canary", "-7f3a", "'7f3a'", " 7f3a", "秘密", repr("秘密".encode())[2:-1], "林晓芸", "Anna"):
        assert word not in stored


async def test_it_is_read_as_it_was_written(house: LogHouse) -> None:
    head = await house.head("c_1")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert rows[0].read() == MessagePosted(text=CANARY)
    assert (rows[0].key, rows[0].by) == ("k_canary-7f3a", By("user", USER.subject, USER.name))
    user = await house.database.read(lambda conn: users.read_user(conn, USER.subject))
    assert user is not None
    assert user.name == USER.name


async def test_another_process_with_the_same_key_reads_it(house: LogHouse, database_url: str) -> None:
    async with sealed_database(database_url) as elsewhere:
        head = await house.head("c_1")
        rows = await elsewhere.read(lambda conn: store.read_page(conn, head, "internal", 0, 10))
        assert rows[0].read() == NoteAdded(text=CANARY)


@pytest.mark.usefixtures("house")
async def test_a_process_with_another_key_is_told_so(database_url: str) -> None:
    stranger = DataVault(LocalKeys(["another"]))
    async with open_database(database_url, stranger) as database:
        with pytest.raises(WrongKey, match=r"encrypted under the key [0-9a-f]{16}; this process was given"):
            await stranger.begin(database)
        assert not stranger.ready


async def test_processes_that_begin_at_once_find_the_same_keys(database_url: str, house: LogHouse) -> None:
    await house.database.write(
        lambda conn: [conn.execute(table.delete()) for table in (data_keys, master_keys)] and None
    )
    its = [vault() for _ in range(4)]
    async with (
        open_database(database_url, its[0]) as first,
        open_database(database_url, its[1]) as second,
    ):
        await asyncio.gather(*(one.begin(first if i % 2 else second) for i, one in enumerate(its)))
        assert len({one.blind(["word"])[0] for one in its}) == 1
        assert len(await first.read(lambda conn: conn.execute(select(master_keys)).all())) == 1


def opened(conn: Connection, bound: str, sealed: bytes) -> bytes:
    """What was sealed."""
    return vault_of(conn).open(conn, bound, sealed)


async def test_a_sealed_text_opens_only_where_it_was_put(house: LogHouse) -> None:
    def unit(conn: Connection) -> bytes:
        return vault_of(conn).seal(conn, "u_1", "note|1", b"text")

    sealed = await house.database.write(unit)
    read = house.database.read
    assert await read(lambda conn: vault_of(conn).open(conn, "note|1", sealed)) == b"text"
    for bound, changed in (("note|2", sealed), ("note|1", sealed[:-1] + bytes([sealed[-1] ^ 1])), ("note|1", b"text")):
        with pytest.raises(Unreadable):
            await read(partial(opened, bound=bound, sealed=changed))


async def test_every_user_has_a_key_of_their_own(house: LogHouse) -> None:
    await house.begin("c_2", STRANGER)
    await house.say("c_2", "hello", STRANGER)
    owners = await house.database.read(lambda conn: conn.execute(select(data_keys.c.owner)).scalars().all())
    assert sorted(owners) == [":search", USER.subject, STRANGER.subject]


async def test_a_key_that_was_undone_is_not_used(house: LogHouse) -> None:
    kept: list[int] = []

    def undone(conn: Connection) -> None:
        its = vault_of(conn)
        kept.append(its.key_for(conn, "u_new"))
        its.seal_with(conn, kept[0], b"x", b"y")
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await house.database.write(undone)
    assert await house.database.write(lambda conn: vault_of(conn).key_for(conn, "u_new")) != kept[0]
    with pytest.raises(Unreadable):
        await house.database.write(lambda conn: vault_of(conn).seal_with(conn, kept[0], b"x", b"y"))


async def destroy(house: LogHouse, user: str) -> None:
    """Destroy the keys of a user as erasure does."""

    def unit(conn: Connection) -> None:
        its = vault_of(conn)
        assert isinstance(its, DataVault)
        assert its.destroy(conn, user) == 1

    await house.database.write(unit)


async def test_a_destroyed_key_erases_the_user_everywhere_and_the_chain_holds(
    house: LogHouse, database_url: str
) -> None:
    async with sealed_database(database_url) as elsewhere:
        head = await house.head("c_1")
        page = partial(store.read_page, head=head, thread="public", after_seq=0, limit=10)
        assert (await elsewhere.read(page))[0].read() == MessagePosted(text=CANARY)
        await destroy(house, USER.subject)
        its: Any = await elsewhere.read(vault_of)
        await its.look(elsewhere)
        for database in (house.database, elsewhere):
            rows = await database.read(page)
            assert rows[0].read() == MessagePosted(text="", removed=["erased"])
            assert [fault async for fault in verify_logs(database)] == []
            lines = [line async for line in export_lines(database)]
            assert b"7f3a" not in b"".join(lines)
    with pytest.raises(Erased):
        await house.database.write(lambda conn: vault_of(conn).seal_with(conn, head.data_key or 0, b"x", b"y"))


async def test_a_row_that_was_tampered_with_does_not_hide_the_others(house: LogHouse) -> None:
    await house.say("c_1", "and this")
    await house.database.write(
        lambda conn: conn.execute(update(events).where(events.c.seq == 1).values(body=b"\x01" + bytes(60))) and None
    )
    head = await house.head("c_1")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert [row.read() for row in rows] == [
        MessagePosted(text="", removed=["unreadable"]),
        MessagePosted(text="and this"),
    ]


async def test_without_keys_nothing_is_read_or_written_yet(house: LogHouse, database_url: str) -> None:
    async with open_database(database_url, vault()) as early:
        head = await house.head("c_1")
        with pytest.raises(ChatError, match="retry"):
            await early.read(lambda conn: store.read_page(conn, head, "public", 0, 10))


# --- what an earlier version has stored ---


async def make_old(house: LogHouse) -> None:
    """Put the conversation into the form that the version before stored."""
    head = await house.head("c_1")

    def unit(conn: Connection) -> None:
        for thread in ("public", "internal"):
            for row in store.read_page(conn, head, thread, 0, 100):
                old = {"body": row.body, "by_name": row.by.name, "key": row.key, "content": None, "chain": None}
                place = (events.c.thread == row.thread, events.c.seq == row.seq)
                conn.execute(update(events).where(*place).values(**old))
        nothing = {"public_chain": None, "internal_chain": None, "data_key": None}
        conn.execute(update(conversations).values(attributes='{"device":"phone"}', **nothing))

    await house.database.write(unit)


async def test_rows_of_before_are_read_as_they_are(house: LogHouse) -> None:
    await make_old(house)
    head = await house.head("c_1")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert (rows[0].read(), rows[0].key) == (MessagePosted(text=CANARY), "k_canary-7f3a")
    assert [fault async for fault in verify_logs(house.database)] == []


async def test_rows_of_before_are_sealed_and_linked_with_the_next_one(house: LogHouse) -> None:
    await make_old(house)
    await house.say("c_1", "later")
    await search.index_everything(house.database)
    assert [fault async for fault in verify_logs(house.database)] == []
    stored = await house.database.read(everything)
    assert "canary" not in stored
    assert "phone" not in stored
    head = await house.head("c_1")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert [row.key for row in rows] == ["k_canary-7f3a", None]
    assert rows[0].read() == MessagePosted(text=CANARY)
    found = await house.database.read(
        lambda conn: conn.execute(search.find(conn, "canary", 0, 1_000, apart=False)).scalars().all()
    )
    assert found == [head.number]


async def test_what_is_left_of_before_is_sealed_in_the_background(house: LogHouse) -> None:
    await make_old(house)
    await house.database.write(lambda conn: conn.execute(update(users_table).values(name="林晓芸")) and None)
    resealer = Resealer(house.database)
    await resealer.run()
    assert resealer.sealed == 2
    assert [fault async for fault in verify_logs(house.database)] == []
    await search.index_everything(house.database)
    stored = await house.database.read(everything)
    assert "canary" not in stored
    assert "林晓芸" not in stored


async def test_names_of_staff_of_before_are_read_as_they_are_and_sealed_in_the_background(house: LogHouse) -> None:
    columns = {
        "agent_id": "a_1",
        "agent_name": "Zhou Plainname",
        "agent_tier": 1,
        "joined": '[{"id":"a_2","name":"Lea Plainname","tier":2}]',
        "consultants": '[{"id":"a_3","name":"Chen Plainname","tier":2}]',
    }
    await house.database.write(lambda conn: conn.execute(update(conversations).values(**columns)) and None)
    before = await house.head("c_1")
    assert before.agent == AgentInfo("a_1", "Zhou Plainname", 1)
    await Resealer(house.database).run()
    stored = await house.database.read(lambda conn: repr(conn.execute(select(conversations)).all()))
    assert "Plainname" not in stored
    assert await house.head("c_1") == before
    again = Resealer(house.database)
    await again.run()
    assert again.sealed == 0


# --- rotation ---


async def test_keys_are_rotated_while_another_process_works(house: LogHouse, database_url: str) -> None:
    both = LocalKeys(["the new secret", "the secret of all tests"])
    rotating, reader = DataVault(both), DataVault(both)
    head = await house.head("c_1")
    page = partial(store.read_page, head=head, thread="public", after_seq=0, limit=10)
    async with open_database(database_url, rotating) as database, open_database(database_url, reader) as elsewhere:
        await rotating.begin(database)
        await reader.begin(elsewhere)
        await rotate(rotating, both, database, new_data_keys=False, learnt_s=0)
        await reader.look(elsewhere)
        assert set(await database.read(lambda conn: conn.execute(select(data_keys.c.master)).scalars().all())) == {2}
        assert await database.read(lambda conn: conn.execute(select(master_keys.c.number)).scalars().all()) == [2]
        assert (await elsewhere.read(page))[0].read() == MessagePosted(text=CANARY)
    only_new = DataVault(LocalKeys(["the new secret"]))
    async with open_database(database_url, only_new) as later:
        await only_new.begin(later)
        assert (await later.read(page))[0].read() == MessagePosted(text=CANARY)


async def test_new_data_keys_seal_what_is_new_and_old_ones_still_open(house: LogHouse) -> None:
    its: Any = await house.database.read(vault_of)
    before = (await house.head("c_1")).data_key
    done = await rotate(its, LocalKeys(["the secret of all tests"]), house.database, new_data_keys=True, learnt_s=0)
    assert (done.master, done.rewrapped, done.retired) == (2, 2, 1)
    await house.say("c_1", "later")
    head = await house.head("c_1")
    assert head.data_key not in (None, before)
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert [row.read() for row in rows] == [MessagePosted(text=CANARY), MessagePosted(text="later")]
    assert [fault async for fault in verify_logs(house.database)] == []


async def test_an_erased_user_who_returns_gets_a_new_key(house: LogHouse) -> None:
    await house.database.write(lambda conn: destroy_user_key(conn, USER.subject) and None)
    await house.say("c_1", "I am back")
    head = await house.head("c_1")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 10))
    assert [row.read() for row in rows] == [MessagePosted(text="", removed=["erased"]), MessagePosted(text="I am back")]
    user = await house.database.read(lambda conn: users.read_user(conn, USER.subject))
    assert user is not None
    assert user.name == ""
    assert [fault async for fault in verify_logs(house.database)] == []
