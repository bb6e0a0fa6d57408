"""A canary is said in all that is sealed, by the commands of people; then every byte that was kept is searched."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text

from chatserver.app import database_url
from chatserver.conversation.search import index_everything
from chatserver.core.schema import metadata
from chatserver.infra.backup import back_up
from chatserver.infra.redis_link import redis_client
from tests.serving import Served

CANARY = "k4n4ry-5f1d"
CHINESE = "金丝雀五号"
WORDS = (CANARY, CHINESE, "k4n4ry")


async def talk(served: Served) -> str:
    """Everything that people say in a conversation from its start to its rating, the canary in all of it."""
    user = await served.user("lin", name=f"Lin {CANARY}")
    first = await served.available("zhou")
    second = await served.available("chen", tier=2)
    said = {"text": f"{CANARY} {CHINESE}", "attributes": {f"device {CANARY}": CANARY}}
    started = await user.call("start_conversation", key=f"a:{CANARY}", want_agent=True, **said)
    conversation = str(started["conversation"]["id"])
    await first.wait_for("agent_assigned")
    await first.say(conversation, f"I see: {CHINESE} {CANARY}")
    await first.call("add_note", conversation=conversation, key="n1", text=f"note {CANARY}")
    await user.call("typing", conversation=conversation, on=True, draft=CANARY)
    more = {"reason": "tier two knows", "note": f"look at {CANARY}"}
    await first.call("hand_off", conversation=conversation, to_tier=2, **more)
    await second.wait_for("agent_assigned")
    await second.call("close_conversation", conversation=conversation)
    await user.wait_for("conversation_closed")
    await user.call("rate_conversation", conversation=conversation, score=2, comment=f"{CANARY} {CHINESE}")
    return conversation


def holding(content: bytes) -> list[str]:
    """Which canaries some bytes hold, in UTF-8, UTF-16 or as hexadecimal digits."""
    forms = {word: (word.encode(), word.encode("utf-16-le"), word.encode().hex().encode()) for word in WORDS}
    return [word for word, all_ in forms.items() if any(form in content for form in all_)]


def search(folder: Path) -> list[tuple[str, str]]:
    """The files of a folder that hold a canary."""
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        found += [(str(path.relative_to(folder)), word) for word in holding(path.read_bytes())]
    return found


async def redis_bytes(url: str) -> bytes:
    """Everything that Redis keeps, as it would write it to its files."""
    async with redis_client(url) as redis:
        await redis.config_set("rdbcompression", "no")
        keys = [key async for key in redis.scan_iter(count=1_000)]
        return b"".join([bytes(key) + (await redis.dump(key) or b"") for key in keys])


async def database_bytes(served: Served) -> list[tuple[str, str]]:
    """The files of the database itself that hold a canary, its log of what is to be written included."""
    url = database_url(served.app.settings)
    if url.startswith("sqlite"):
        return search(served.app.settings.data_dir)
    data = await served.app.database.read(lambda conn: conn.execute(text("SHOW data_directory")).scalar_one())
    return search(Path(data))


def columns_holding(conn: Connection) -> list[str]:
    """Which columns of which tables hold a canary: says where to look when a file does."""
    found = []
    for table in metadata.sorted_tables:
        for row in conn.execute(select(table)):
            found += [f"{table.name}.{name}" for name, value in row._mapping.items() if holding(_bytes_of(value))]
    return sorted(set(found))


def _bytes_of(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


async def test_what_people_said_is_in_no_file(served_on_both: Served, tmp_path: Path) -> None:
    served = served_on_both
    conversation = await talk(served)
    await index_everything(served.app.database)
    found = await served.get("/api/v1/conversations", await served.agent("sue", role="supervisor"), query=CHINESE)
    assert [one["id"] for one in found.body["conversations"]] == [conversation]
    await served.app.signer.sign_now()
    await back_up(database_url(served.app.settings), tmp_path / "backup", tmp_path / "keys")
    assert await served.app.database.read(columns_holding) == []
    assert await database_bytes(served) == []
    assert search(tmp_path / "backup") + search(tmp_path / "keys") == []
    assert holding(await redis_bytes(served.app.settings.redis_url)) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00" + CHINESE.encode() + b"\x01")
    (tmp_path / "b").write_text(CANARY.encode().hex())
    (tmp_path / "c").write_text("nothing")
    assert {name for name, _ in search(tmp_path)} == {"a", "b"}
