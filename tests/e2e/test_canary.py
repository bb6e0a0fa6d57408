"""A canary is said in all that is sealed, by the commands of people; then every byte that was kept is searched."""

import contextlib
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection, select, text

from chatserver.app import database_url
from chatserver.conversation.search import index_everything
from chatserver.core.outbox import Draft
from chatserver.core.schema import metadata
from chatserver.infra.backup import back_up
from chatserver.infra.redis_link import redis_client
from tests.people import Refused
from tests.serving import PASSWORD, Served

CANARY = "k4n4ry-5f1d"
CHINESE = "金丝雀五号"
PHONE = "9876 4411"
WORDS = (CANARY, CHINESE, "k4n4ry", "K4n4ry", PHONE, PHONE.replace(" ", ""))


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
        with contextlib.suppress(FileNotFoundError):  # a running server throws some away
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


async def everything_personal(served: Served) -> list[str]:
    """What people are and say beside the talk itself, a canary in each; returns the reasons that staff gave."""
    claims = {
        "email": f"{CANARY}@x.example",
        "phone_number": "+49 151 9876 4411",
        "wallet": f"0x{CANARY}",
        "locale": "zh-CN",
    }
    lin = await served.user("ann", name=f"Lin {CANARY}", **claims)
    zhou = await served.available(f"zhou.{CANARY}", tier=1)
    lead = await served.agent(f"lead.{CANARY}", role="supervisor")
    await served.account(f"late.{CANARY}")
    conversation = await served.chat(lin, zhou, topic="transfer")
    path = f"/api/v1/conversations/{conversation}"
    file = aiohttp.FormData()
    file.add_field("file", f"{CANARY} {CHINESE}".encode(), filename=f"{CANARY}.txt", content_type="text/plain")
    sent = await served.request("POST", f"{path}/attachments", lin, data=file)
    assert sent.status == 200, sent.body
    await lin.call("send_message", conversation=conversation, key="f", text="see", attachments=[sent.body["id"]])
    reason = f"because {CANARY}"
    asked = {"field": "email", "reason": reason, "conversation": conversation}
    assert (await served.post("/api/v1/users/ann/reveal", asked, zhou)).status == 200
    for command in ("watch_conversation", "join_conversation"):
        await lead.call(command, conversation=conversation, reason=reason)
    await lead.call("whisper", conversation=conversation, key="w", text=f"whisper {CANARY}")
    with pytest.raises(Refused):
        await zhou.say(conversation, f"send me your seed phrase {CANARY}", key="held")
    await zhou.call("ask_consult", conversation=conversation, key="c", text=f"what of {CANARY}")
    hold = {"object": "user:ann", "reason": reason}
    assert (await served.post("/api/v1/holds", hold, lead)).status == 200
    approval = {"kind": "unmask_user", "object": "user:ann", "reason": reason}
    assert (await served.post("/api/v1/approvals", approval, lead)).status == 200
    await zhou.call("close_conversation", conversation=conversation)
    again = (await lin.call("start_conversation", key="again"))["conversation"]["id"]
    now = served.clock.now()
    call = {"from": now, "until": now + 3_600_000, "phone": "+49 151 9876 4411", "note": f"call {CANARY}"}
    await lin.call("request_callback", conversation=again, **call)
    to = f"{CANARY}@y.example"
    letter = Draft(kind="later", owner="user:ann", payload=f"to {to}: {CANARY}".encode(), target=to, person="ann")
    await served.app.database.write(lambda conn: served.app.outbox.put(conn, letter))
    headers = {"User-Agent": f"browser of {CANARY}"}
    body = {"email": f"late.{CANARY}@x.io", "password": PASSWORD}
    assert (await served.request("POST", "/api/v1/sign-in", json=body, headers=headers)).status == 200
    wrong = {"email": f"nobody.{CANARY}@x.io", "password": "wrong"}
    assert (await served.request("POST", "/api/v1/sign-in", json=wrong, headers=headers)).status == 401
    return [reason]


async def test_what_people_are_is_in_no_file_either(served_on_both: Served, tmp_path: Path, caplog: Any) -> None:
    served = served_on_both
    await everything_personal(served)
    await served.app.trail.settle()
    await index_everything(served.app.database)
    await served.app.signer.sign_now()
    await back_up(database_url(served.app.settings), tmp_path / "backup", tmp_path / "keys")
    assert await served.app.database.read(columns_holding) == []
    assert await database_bytes(served) == []
    assert search(tmp_path / "backup") + search(tmp_path / "keys") == []
    assert holding(await redis_bytes(served.app.settings.redis_url)) == []
    assert holding(caplog.text.encode()) == []


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00" + CHINESE.encode() + b"\x01")
    (tmp_path / "b").write_text(CANARY.encode().hex())
    (tmp_path / "c").write_text("nothing")
    assert {name for name, _ in search(tmp_path)} == {"a", "b"}
