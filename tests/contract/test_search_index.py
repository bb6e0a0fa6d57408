"""Search over message text, the same on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from chatserver.conversation import search
from chatserver.conversation.events import By, MessagePosted, NoteAdded, encode_body
from chatserver.conversation.indexing import Indexer
from chatserver.conversation.unindexing import forget_removed
from chatserver.core.sealing import vault_of
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA, STRANGER, USER

TEXTS = {
    "c_1": ("我的提现一直没有到账，急！", "TX 0xABCdef0123 is stuck", "it's 100% gone"),
    "c_2": ("I cannot withdraw my money", "提交之后就现在这样", "100 dollars"),
}


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """Two conversations with a few messages."""
    async with log_house(database_url) as built:
        await built.begin("c_1")
        await built.begin("c_2", STRANGER)
        for id_, texts in TEXTS.items():
            for text in texts:
                await built.say(id_, text, USER if id_ == "c_1" else STRANGER)
        yield built


async def found(house: LogHouse, query: str) -> list[str]:
    """The conversations that a query finds, everything indexed before."""
    await search.index_everything(house.database)
    numbers = {(await house.head(id_)).number: id_ for id_ in TEXTS}
    at_once, apart = [await numbers_of(house, query, apart=apart) for apart in (False, True)]
    assert at_once == apart
    return sorted({numbers[number] for number in at_once})


async def numbers_of(house: LogHouse, query: str, *, apart: bool = False) -> set[int]:
    """The numbers of conversations that a query finds among what is indexed."""

    def asked(conn: Connection) -> set[int]:
        return set(conn.execute(search.find(conn, query, 0, 1_000, apart=apart)).scalars())

    return await house.database.read(asked)


async def waiting(house: LogHouse) -> int:
    """Messages that are not indexed yet."""
    count = select(func.count()).select_from(search.search_pending)
    return await house.database.read(lambda conn: conn.execute(count).scalar_one())


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("提现", ["c_1"]),  # the same characters apart do not make a word
        ("提", ["c_1", "c_2"]),
        ("没有到账", ["c_1"]),
        ("到账 提现", ["c_1"]),
        ("到账 withdraw", []),  # both are there, but not in one message
        ("WITHDRAW Money", ["c_2"]),
        ("with", []),
        ("0xabcDEF0123", ["c_1"]),
        ("100", ["c_1", "c_2"]),
        ("100%", ["c_1", "c_2"]),
        ("it's", ["c_1"]),
        ("ｗｉｔｈｄｒａｗ", ["c_2"]),
        ("nothing at all", []),
        ("🙂", []),
        ("   ", []),
    ],
)
async def test_a_query_finds_messages_that_hold_all_of_it(house: LogHouse, query: str, hits: list[str]) -> None:
    assert await found(house, query) == hits


@pytest.mark.parametrize(
    "query",
    [
        "' OR '1'='1",
        '" OR "1"="1',
        "gone* OR money",
        "NOT money",
        "tokens : gone",
        "{tokens} : gone",
        "NEAR(gone money)",
        "gone & money",
        "gone | money",
        "go:*",
        "'); DROP TABLE events; --",
        "a" * 4_000,
        " ".join(f"w{number}" for number in range(1_000)),
    ],
)
async def test_a_hostile_query_is_only_ever_looked_up(house: LogHouse, query: str) -> None:
    assert await found(house, query) == []
    assert await found(house, "gone") == ["c_1"]


@pytest.mark.parametrize("query", ["!gone", "\\' gone", "-gone", "gone*", '"gone', "gone:", "(gone", "^gone"])
async def test_signs_around_a_word_mean_nothing(house: LogHouse, query: str) -> None:
    assert await found(house, query) == ["c_1"]


async def test_a_message_is_noted_when_it_is_written_and_indexed_later(house: LogHouse) -> None:
    assert await waiting(house) == 6
    assert await search.index_everything(house.database) == 6
    assert await waiting(house) == 0
    assert await search.index_everything(house.database) == 0


async def test_notes_of_agents_are_not_searched(house: LogHouse) -> None:
    await house.add("c_1", By("agent", ANNA.subject, ANNA.name), NoteAdded(text="suspicious"))
    assert await found(house, "suspicious") == []


async def test_a_message_that_was_not_committed_is_not_noted(house: LogHouse) -> None:
    await house.say("c_1", "first", key="k")
    with pytest.raises(IntegrityError):
        await house.say("c_1", "second", key="k")
    assert await found(house, "second") == []
    assert await found(house, "first") == ["c_1"]


async def test_a_removed_message_is_found_no_more_whether_indexed_or_not(house: LogHouse) -> None:
    number = (await house.head("c_1")).number
    await search.index_everything(house.database)
    await house.say("c_1", "gone with the wind")

    def remove(conn: Connection) -> None:
        for seq in (3, 4):
            search.remove_from_index(conn, number, seq)

    await house.database.write(remove)
    assert await found(house, "gone") == []
    assert await found(house, "提现") == ["c_1"]


async def test_more_than_a_batch_is_indexed_in_several(house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CATCH_UP_MESSAGES", 2)
    before = house.database.figures.units
    assert await search.index_everything(house.database) == 6
    assert house.database.figures.units - before == 4


async def test_several_who_index_at_once_index_each_message_once(house: LogHouse) -> None:
    await asyncio.gather(*(house.say("c_1", f"word{number}") for number in range(50)))
    done = await asyncio.gather(*(search.index_everything(house.database) for _ in range(5)))
    assert sum(done) == 56
    assert await found(house, "word49") == ["c_1"]


@asynccontextmanager
async def indexer_of(house: LogHouse) -> AsyncIterator[None]:
    """An indexer that follows the log and has nothing left from before."""
    indexer = Indexer(house.database)
    house.log.subscribe(indexer.notice)
    running = asyncio.ensure_future(indexer.run())
    async with asyncio.timeout(10):
        while await waiting(house):
            pass
        yield
        while await waiting(house):
            pass
    running.cancel()


async def test_the_indexer_follows_the_log(house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.conversation.indexing.CALM_S", 0)
    async with indexer_of(house):
        await house.add("c_1", By("user", USER.subject, USER.name), MessagePosted(text="afterwards"))
    assert await found(house, "afterwards") == ["c_1"]


async def test_each_indexes_only_what_it_has_stored_itself(house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.conversation.indexing.CALM_S", 0)
    number = (await house.head("c_2")).number
    async with indexer_of(house):
        await house.database.write(lambda conn: search.note_again(conn, number))  # by another process
        noted = await waiting(house)
        await house.add("c_1", By("user", USER.subject, USER.name), MessagePosted(text="here"))
        while not await numbers_of(house, "here"):
            pass
        assert await waiting(house) == noted > 0
        await search.index_everything(house.database)  # by the other one


async def test_what_is_still_noted_when_somebody_looks_again_is_indexed(
    house: LogHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatserver.conversation.indexing.LEFT_S", 0)
    number = (await house.head("c_2")).number
    async with indexer_of(house):
        await house.database.write(lambda conn: search.note_again(conn, number))


async def test_a_message_that_was_taken_out_meanwhile_is_not_indexed_from_memory(house: LogHouse) -> None:
    number = (await house.head("c_1")).number
    await search.index_everything(house.database)
    await house.say("c_1", "gone with the wind", key="k")
    seq = (await house.head("c_1")).public_head
    await house.database.write(lambda conn: search.remove_from_index(conn, number, seq))
    body = encode_body(MessagePosted(text="gone with the wind"))
    assert await house.database.write(lambda conn: search.index_fresh(conn, {(number, seq): body})) == 0
    assert await numbers_of(house, "wind") == set()


async def test_no_digest_of_a_removed_message_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    file = tmp_path / "chat.db"
    async with log_house(f"sqlite:///{file}") as house:
        await house.begin("c_1")
        for number in range(40):  # several parts of the index
            await house.say("c_1", f"ordinary words {number}", USER)
            await search.index_everything(house.database)
        await house.say("c_1", "unmistakeable", USER)
        await search.index_everything(house.database)
        head = await house.head("c_1")
        (digest,) = await house.database.read(lambda conn: vault_of(conn).blind(["unmistakeable"]))
        assert digest.encode() in await files_of(house, file)

        await house.database.write(lambda conn: search.remove_from_index(conn, head.number, head.public_head))
        await house.database.scrub()
        assert digest.encode()[-6:] in await files_of(house, file)  # what this is about
        await forget_removed(house.database)
        await house.database.scrub()
        left = await files_of(house, file)
        assert digest.encode()[-6:] not in left
        assert await numbers_of(house, "ordinary 7") == {head.number}
        await forget_removed(house.database)  # there is nothing to do


async def files_of(house: LogHouse, file: Path) -> bytes:
    """Every byte of a database that is a file, its log included."""
    await house.database.scrub()
    return b"".join(one.read_bytes() for one in file.parent.iterdir())


async def test_a_batch_is_indexed_as_soon_as_it_is_together(house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.conversation.indexing.CALM_S", 3_600)
    monkeypatch.setattr("chatserver.conversation.indexing.CATCH_UP_MESSAGES", 3)
    async with indexer_of(house):
        for number in range(3):
            await house.add("c_1", By("user", USER.subject, USER.name), MessagePosted(text=f"together{number}"))
    assert await found(house, "together2") == ["c_1"]
