"""Files in a conversation: what may be sent, what becomes of it, and who gets it."""

import io
import os
import uuid
import zlib
from typing import Any

import aiohttp
import pytest
from PIL import Image
from sqlalchemy import Connection, select

from chatserver.conversation.attachments.store import erase
from chatserver.conversation.attachments.tables import attachments
from chatserver.conversation.store import read_head
from tests.people import Person
from tests.serving import Answer, Served

TEXT = "10:41 重试第 3 次 code=E42\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 220)).save(out, kind, **more)
    return out.getvalue()


async def send(
    served: Served, who: Person, conversation: str, data: bytes, name: str = "a.png", thread: str = "public"
) -> Answer:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(data), filename=name, content_type="text/html")
    path = f"/api/v1/conversations/{conversation}/attachments"
    return await served.request("POST", path, who, data=form, params={"thread": thread})


async def fetch(served: Served, url: str, who: Person) -> tuple[int, bytes, dict[str, str]]:
    async with (
        aiohttp.ClientSession() as http,
        http.get(served.address + url, headers={"Authorization": who.token}) as response,
    ):
        return response.status, await response.read(), dict(response.headers)


async def chat(served: Served) -> tuple[Person, Person, str]:
    user, agent = await served.user("lin"), await served.available("zhou")
    return user, agent, await served.chat(user, agent)


async def test_a_picture_is_sent_told_and_fetched_by_the_other_side(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, conversation = await chat(served)
    sent = await send(served, user, conversation, picture(), "账单.png")
    assert sent.status == 200
    assert sent.body.keys() == {"id", "name", "type", "size", "url", "width", "height"}
    assert (sent.body["name"], sent.body["type"], sent.body["width"]) == ("账单.png", "image/png", 40)
    await user.say(conversation, "", attachments=[sent.body["id"]])
    heard = await agent.wait_for("message_posted", conversation=conversation)
    assert heard["attachments"] == [sent.body["id"]]
    assert heard["files"] == [{name: sent.body[name] for name in ("id", "name", "type", "size", "width", "height")}]
    asked = await served.get(f"/api/v1/attachments/{sent.body['id']}", agent)
    status, data, headers = await fetch(served, asked.body["url"], agent)
    assert (status, len(data)) == (200, sent.body["size"])
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


async def test_a_picture_loses_what_it_tells_beside_its_pixels(served: Served) -> None:
    user, _, conversation = await chat(served)
    place = Image.Exif()
    place[0x010F] = "SecretPhone"
    place[0x0112] = 6  # to be turned by a quarter
    photo = picture("JPEG", exif=place, comment=b"GPS 31.2,121.4") + b"<script>alert(1)</script>"
    sent = (await send(served, user, conversation, photo, "x.jpg")).body
    assert (sent["width"], sent["height"]) == (30, 40)
    _, data, _ = await fetch(served, sent["url"], user)
    assert [part for part in (b"SecretPhone", b"GPS", b"script") if part in data] == []
    assert not Image.open(io.BytesIO(data)).getexif()
    moving = io.BytesIO()
    Image.new("P", (5, 5)).save(moving, "GIF", save_all=True, append_images=[Image.new("P", (5, 5), 9)])
    assert (await send(served, user, conversation, moving.getvalue(), "m.gif")).body["type"] == "image/png"


def bomb() -> bytes:
    """A PNG of a few bytes that claims 50,000 by 50,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (50_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(b"\x00" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def scans(count: int) -> bytes:
    """A progressive JPEG of 36 million pixels that says its last part again and again: a few bytes, minutes of work."""
    once = picture("JPEG", (6_000, 6_000), progressive=True)
    last = once.rindex(b"\xff\xda")
    return once[:last] + once[last:-2] * count + b"\xff\xd9"


async def test_a_picture_that_would_be_unpacked_for_ever_is_given_up_after_a_second(served: Served) -> None:
    user, _, conversation = await chat(served)
    answer = await send(served, user, conversation, scans(2_000), "a.jpg")
    assert (answer.status, answer.body["error"]["code"]) == (413, "too_large")
    assert "takes too long to open" in answer.body["error"]["message"]


async def test_forty_million_pixels_are_made_smaller_without_losing_their_shape(served: Served) -> None:
    user, _, conversation = await chat(served)
    for kind in ("JPEG", "PNG", "WEBP"):
        sent = await send(served, user, conversation, picture(kind, (8_000, 5_000)), "large")
        assert sent.status == 200, sent.body
        assert (sent.body["width"], sent.body["height"]) == (4_000, 2_500)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg", "invalid"),
        (b"<!doctype html><script>alert(1)</script>", "a.png", "invalid"),
        (b"MZ\x90\x00" + os.urandom(200), "photo.png", "invalid"),
        (b"PK\x03\x04" + b"\x00" * 200, "42.zip", "invalid"),
        (b"%PDF-1.4\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>", "a.pdf", "invalid"),
        (b"GIF89a/*" + os.urandom(20) + b"*/=alert(1)", "a.gif", "invalid"),
        (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "a.png", "invalid"),
        (bomb(), "big.png", "too_large"),
        (TEXT.encode() * 60_000, "long.log", "too_large"),
        (b"\xff\xd8\xff" + b"\x00" * 10_000_001, "a.jpg", "too_large"),
        (b"", "a.png", "invalid"),
    ],
    ids=["svg", "html", "exe", "zip", "pdf-js", "gif-js", "broken", "bomb", "long-text", "10MB", "empty"],
)
async def test_what_could_do_harm_is_refused(served: Served, data: bytes, name: str, code: str) -> None:
    user, _, conversation = await chat(served)
    answer = await send(served, user, conversation, data, name)
    error = answer.body["error"]
    assert (error["code"], error["field"]) == (code, "file")
    assert await served.app.database.read(lambda conn: conn.execute(select(attachments)).all()) == []
    assert not list((served.app.settings.data_dir / "attachments").iterdir())


async def test_a_log_comes_without_what_would_let_somebody_in(served: Served) -> None:
    user, agent, conversation = await chat(served)
    log = f"{TEXT}Authorization: Bearer abcdef0123456789\n{TEXT}".encode()
    sent = (await send(served, user, conversation, log, "app.log")).body
    assert (sent["type"], sent["name"]) == ("text/plain", "app.log")
    await user.say(conversation, "log", attachments=[sent["id"]])
    url = (await served.get(f"/api/v1/attachments/{sent['id']}", agent)).body["url"]
    _, data, headers = await fetch(served, url, agent)
    assert data.decode() == f"{TEXT}Authorization: [removed: token]\n{TEXT}"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


async def test_bytes_are_only_for_whom_the_link_was_made_and_for_a_minute(served: Served) -> None:
    user, agent, conversation = await chat(served)
    stranger, newcomer = await served.user("may"), await served.agent("meng")
    sent = (await send(served, user, conversation, picture())).body
    path, url = f"/api/v1/attachments/{sent['id']}", sent["url"]
    assert (await served.get(path, agent)).status == 404  # not sent yet
    await user.say(conversation, "", attachments=[sent["id"]])
    for who in (stranger, newcomer):
        assert (await served.get(path, who)).status == 404
        assert (await fetch(served, url, who))[0] == 404
    assert (await fetch(served, url, agent))[0] == 404  # somebody else's link, though the file is theirs to see
    assert (await fetch(served, url.replace("link=", "link=9"), user))[0] == 404
    assert (await fetch(served, f"/api/v1/attachments/{sent['id']}/content?link=1.x", user))[0] == 404
    assert (await fetch(served, url, user))[0] == 200
    served.clock.turn(seconds=61)
    assert (await fetch(served, url, user))[0] == 404
    url = (await served.get(path, user)).body["url"]
    await agent.call("close_conversation", conversation=conversation)
    assert (await fetch(served, url, user))[0] == 404
    assert (await fetch(served, (await served.get(path, user)).body["url"], user))[0] == 200


async def test_what_is_erased_is_gone_for_everybody_and_from_the_disk(served: Served) -> None:
    user, agent, conversation = await chat(served)
    sent = (await send(served, user, conversation, picture())).body
    posted = await user.say(conversation, "", attachments=[sent["id"]])

    def unit(conn: Connection) -> None:
        head = read_head(conn, conversation)
        assert head is not None
        erase(conn, head.number, "public", posted["seq"], served.clock.now())

    await served.app.database.write(unit)
    for who in (user, agent):
        assert (await served.get(f"/api/v1/attachments/{sent['id']}", who)).status == 404
    folder = served.app.settings.data_dir / "attachments"
    assert [file.name for file in folder.iterdir()] == [sent["id"]]
    await served.app.attachments.sweep()
    assert list(folder.iterdir()) == []


async def test_what_nobody_sends_is_deleted_after_a_day_and_what_is_sent_stays(served: Served) -> None:
    user, _, conversation = await chat(served)
    lost = (await send(served, user, conversation, picture())).body
    sent = (await send(served, user, conversation, picture())).body
    await user.say(conversation, "", attachments=[sent["id"]])
    served.clock.turn(seconds=25 * 3_600)
    await served.app.attachments.sweep()
    folder = served.app.settings.data_dir / "attachments"
    assert [file.name for file in folder.iterdir()] == [sent["id"]]
    user = await served.user("lin")
    body = {"conversation": conversation, "text": "", "attachments": [lost["id"]], "key": "late"}
    assert await user.refusal("send_message", **body) == "invalid"


async def test_an_attachment_is_sent_once_by_its_sender_in_its_conversation(served: Served) -> None:
    user, agent, conversation = await chat(served)
    other = await served.user("may")
    elsewhere = (await other.call("start_conversation", key="k"))["conversation"]["id"]
    mine = (await send(served, user, conversation, picture())).body["id"]
    theirs = (await send(served, other, elsewhere, picture())).body["id"]
    internal = (await send(served, agent, conversation, picture(), thread="internal")).body["id"]
    for who, ids in ((agent, [mine]), (user, [theirs]), (user, [mine, mine]), (agent, [internal]), (user, ["f_none"])):
        reply = await who.reply(
            "send_message", {"conversation": conversation, "text": "x", "key": uuid.uuid4().hex, "attachments": ids}
        )
        assert (reply["error"]["code"], reply["error"]["field"]) == ("invalid", "attachments")
    first = await user.say(conversation, "", "k1", attachments=[mine])
    again = await user.say(conversation, "", "k1", attachments=[mine])
    assert again == first | {"duplicate": True}
    assert (
        await user.refusal("send_message", conversation=conversation, text="x", key="k2", attachments=[mine])
        == "invalid"
    )
    await agent.call("add_note", conversation=conversation, key="n", text="", attachments=[internal])
    assert (await agent.log(conversation, "internal"))[-1]["files"][0]["id"] == internal
    assert (await served.get(f"/api/v1/attachments/{internal}", user)).status == 404
    assert (await served.get(f"/api/v1/attachments/{internal}", agent)).status == 200


async def test_a_file_comes_in_only_where_its_sender_may_write(served: Served) -> None:
    user, agent, conversation = await chat(served)
    assert (await send(served, user, conversation, picture(), thread="internal")).status == 400
    assert (await send(served, await served.user("may"), conversation, picture())).status == 404
    assert (await served.post(f"/api/v1/conversations/{conversation}/attachments", {}, user)).status == 400
    form = aiohttp.FormData()
    form.add_field("other", b"x", filename="x")
    path = f"/api/v1/conversations/{conversation}/attachments"
    assert (await served.request("POST", path, user, data=form)).body["error"]["field"] == "file"
    await agent.call("close_conversation", conversation=conversation)
    assert (await send(served, user, conversation, picture())).body["error"]["code"] == "closed"
