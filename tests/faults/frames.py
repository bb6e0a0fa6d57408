"""H: frames, floods and payloads that no proper client sends."""

import asyncio
import contextlib
import json
import struct
import time
from typing import Any, Final

import aiohttp

from chatserver.client import ChatError, Link, LinkLost, wire
from chatserver.conversation.messages import SendMessage, Sync
from tests.faults.case import Case, pages
from tests.faults.catalogue import fault
from tests.faults.raw import Raw, raw_socket, raw_user

BAD_FRAMES: Final = (
    *("x", "", "9", "42", '42{"a":1}', '42[{"a":1}]', '42["connect",{},{}]', '42["disconnect"]', '450-["a"]'),
    *(
        '459999999999-["a",{"_placeholder":true,"num":0}]',
        '421["a",NaN]',
        '421["a",1e999]',
        '421["a",' + "9" * 90 + "]",
    ),
    *('42["a",1,2,3]', "40/evil,", "40/admin,", '43999999["x"]', "0", "2probe", "5", "6"),
    *("4" + "[" * 60_000, '421["a",' + "[" * 60_000, '421["a",{"text":"' + "x" * 70_000 + '"}]'),
    *('421["sync",{"a":"\\ud800"}', '42-1["sync",{}]', '42999999999999999999999["sync",{}]'),
)


@fault("H01", "frames of list A")
async def bad_frames(case: Case) -> None:
    """Each on a fresh socket, before and after CONNECT: the socket is gone within a second, nobody else notices."""
    async with case.load(2, 1) as crowd:
        name, url = crowd.customers[0].name, case.place.urls[0]
        for frame in BAD_FRAMES:
            async with raw_user(case.place, f"bad-{name}", [url]) as raw:
                await raw.link.send(frame)
                case.check(await raw.lost(1.5), f"{frame[:20]!r} was borne after CONNECT")
            async with raw_socket(case.place, url) as raw:
                await raw.link.send(frame)
                case.check(await raw.lost(1.5), f"{frame[:20]!r} was borne before CONNECT")
        for send in (_binary, _invalid_utf8, _reserved_bits):
            async with raw_user(case.place, f"bad-{name}", [url]) as raw:
                await send(raw.link)
                case.check(await raw.lost(1.5), f"{send.__name__} was borne")


async def _binary(link: Link) -> None:
    await link.send_bytes(b"\x00\x01")


async def _invalid_utf8(link: Link) -> None:
    write_raw(link, b"\x81\x82\0\0\0\0\xff\xfe")


async def _reserved_bits(link: Link) -> None:
    write_raw(link, b"\xf1\x81\0\0\0\0x")


def write_raw(link: Link, data: bytes) -> None:
    transport: Any = link._socket._conn.transport  # type: ignore[union-attr]
    if transport is not None:  # it has not ended meanwhile
        transport.write(data)


@fault("H02", "attachments")
async def attachments(case: Case) -> None:
    """A header that promises many binary parts is refused before the first."""
    server = case.place.servers[0]
    before_kb = server.resident_kb()
    async with raw_user(case.place, "attacher", [server.url]) as raw:
        await raw.link.send('45150-["send_message",{"_placeholder":true,"num":0}]')
        with contextlib.suppress(LinkLost):
            for _ in range(10):
                await raw.link.send_bytes(b"x" * 900_000)
        case.check(await raw.lost(2), "a header with attachments was borne")
    case.check(server.resident_kb() < before_kb + 2_000, "attachments were kept in memory")


@fault("H03", "ten megabytes")
async def ten_megabytes(case: Case) -> None:
    """One frame, one body: refused without being kept."""
    server = case.place.servers[0]
    before_kb = server.resident_kb()
    before_s = server.processor_s()
    async with raw_user(case.place, "giant", [server.url]) as raw:
        with contextlib.suppress(LinkLost):
            await raw.link.send('421["send_message",{"text":"' + "x" * 10_000_000 + '"}]')
        case.check(await raw.lost(2), "a frame of 10 MB was borne")
        case.check(server.processor_s() - before_s <= 0.2, "a frame of 10 MB cost more than 0.2 s of processor time")
    try:
        async with case.place.http.post(f"{server.url}/api/v1/sign-in", data=b"x" * 10_000_000) as answer:
            case.check(answer.status in (400, 413), f"a body of 10 MB was answered {answer.status}")
    except aiohttp.ClientError:
        pass  # cut off while it was still coming: as good
    case.check(server.resident_kb() < before_kb + 30_000, "10 MB were kept in memory")


KEPT: Final = (
    *(
        "\x1b[2J",
        "a\r\nb",
        "\ufeffbom",
        "\u202eRTL",
        "\u2066iso\u2069",
        "👨‍👩‍👧‍👦",
        "Z" + "\u0301" * 999,
        "𝒳😀",
        "é",
        "e\u0301",
    ),
    *("x" * 4_000, "%s%n${jndi:ldap://x}", "<script>alert(1)</script>", "=HYPERLINK()", "'; DROP TABLE events;--"),
)
REFUSED: Final = {"nul": ("a\0b", "invalid"), "long": ("x" * 4_001, "too_large"), "blank": ("   ", "invalid")}


@fault("H04", "texts that are hard to keep")
async def texts(case: Case) -> None:
    """What is stored is what was sent, code point for code point; what cannot be is refused."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        async with raw_user(case.place, user.name, case.place.urls) as raw:
            for number, text in enumerate(KEPT):
                await raw.ask(SendMessage(conversation=user.conversation, key=f"text-{number}", text=text))
            for name, (text, code) in REFUSED.items():
                case.check(await _code(raw, user.conversation, text) == code, f"{name} was not refused as {code}")
            case.check(await _code(raw, user.conversation, "\ud800") == "invalid", "a lone surrogate was taken")
        stored = [event["text"] for event in await pages(user, user.conversation) if event["type"] == "message_posted"]
        case.check([text for text in stored if text in KEPT] == list(KEPT), "a text was altered")


async def _code(raw: Raw, conversation: str, text: str) -> str:
    body = {"conversation": conversation, "key": "refused", "text": text}
    return await ask_raw(raw, "send_message", body)


async def ask_raw(raw: Raw, name: str, body: Any) -> str:
    """The code of the refusal of any command with any body, `ok` without one, `closed` when the socket ended."""
    raw._asked += 1
    try:
        await raw.link.send(f"42{raw._asked}{json.dumps([name, body])}")
        await raw.answer(raw._asked)
    except ChatError as refusal:
        return refusal.code
    except LinkLost:
        return "closed"
    return "ok"


EXTRA: Final = (
    "role",
    "sender_id",
    "seq",
    "at",
    "tenant",
    "epoch",
    "is_system",
    "agent_id",
    "__proto__",
    "constructor",
)


@fault("H05", "fields that nobody asked for")
async def extra_fields(case: Case) -> None:
    """Unknown fields are refused in every command and nothing changes."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        before = await pages(user, user.conversation)
        async with raw_user(case.place, user.name, case.place.urls) as raw:
            for name in ("send_message", "sync", "typing", "mark_read", "close_conversation", "start_conversation"):
                for field in EXTRA:
                    body = {
                        "conversation": user.conversation,
                        "key": "extra",
                        "text": "x",
                        "after": 0,
                        "on": True,
                        "seq": 1,
                    }
                    code = await ask_raw(raw, name, body | {field: {"role": "agent"}})
                    case.check(code in ("invalid", "closed"), f"{name} with {field} was answered {code}")
        for path in ("sign-in", "refresh", "sign-out"):
            for field in EXTRA:
                body = {"email": "a@x.io", "password": "x", "refresh_token": "x", field: {"role": "admin"}}
                async with case.place.http.post(f"{case.place.urls[0]}/api/v1/{path}", json=body) as answer:
                    case.check(answer.status == 400, f"{path} with {field} was answered {answer.status}")
        case.check(await pages(user, user.conversation) == before, "a refused command changed something")


@fault("H06", "rooms by name")
async def odd_rooms(case: Case) -> None:
    """There is no command to enter a room, and odd names of conversations are just not there."""
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        async with raw_user(case.place, "intruder", case.place.urls) as raw:
            for name in ("join", "enter_room", "subscribe"):
                case.check(await ask_raw(raw, name, {"room": user.conversation}) == "invalid", f"{name} was taken")
            odd: list[Any] = ["conv:*", "", None, "*", "x" * 1_000, 5, [], user.conversation]
            for place in odd:
                code = await ask_raw(raw, "sync", {"conversation": place, "after": 0})
                case.check(code in ("invalid", "not_found"), f"{str(place)[:20]!r} was answered {code}")
            case.check(not [one for one in raw.events if one.name != "welcome"], "an intruder heard something")


@fault("H07", "flood of events", settings={"CHATSERVER_RATE_FACTOR": "1"}, calm=True)
async def flood(case: Case) -> None:
    """Too fast is refused with a time to wait, far too fast is closed; others are served as before."""
    async with case.people(2, 1) as crowd:
        await asyncio.gather(*(one.start() for one in crowd.customers))
        user, other = crowd.customers
        async with raw_user(case.place, user.name, case.place.urls) as raw:
            body = Sync(conversation=user.conversation, after=0)
            for _ in range(40):  # twice what may be said at once, short of a flood
                await raw.fire(body)
            refused = await _refusals(raw)
            case.check(bool(refused) and all(one > 0 for one in refused), "too fast was not refused with a time")
            with contextlib.suppress(LinkLost):
                for _ in range(2_000):
                    await raw.fire(body)
            waits = []
            for _ in range(20):
                began = time.monotonic()
                await other.say(other.conversation, "may I?")
                waits.append(time.monotonic() - began)
                await asyncio.sleep(0.12)  # ten a second are allowed
            case.check(sorted(waits)[10] < 0.1, f"half of the messages of others took {sorted(waits)[10]:.2f} s")
            case.check(max(waits) < 0.5, f"another client had to wait {max(waits):.2f} s for a flood")
            case.check(await raw.lost(3), "a flood was not closed")


async def _refusals(raw: Raw) -> list[int]:
    """`retry_after_ms` of all answers that refuse, up to a moment of silence."""
    found = []
    with contextlib.suppress(LinkLost, TimeoutError):
        async with asyncio.timeout(1):
            while True:
                packet = await raw.next()
                if isinstance(packet, wire.Answered) and isinstance(packet.reply.error, wire.ErrorBody):
                    found.append(packet.reply.error.retry_after_ms or 0)
    return found


@fault("H08", "handshakes that never speak", settings={"CHATSERVER_RATE_FACTOR": "1"})
async def silent_handshakes(case: Case) -> None:
    """Sockets without CONNECT are closed in ten seconds and keep nobody out."""
    url = case.place.urls[0]
    async with case.people(0, 0) as crowd:
        links = [await Link.open(case.place.http, url) for _ in range(case.times(120, 2_000))]
        began = time.monotonic()
        user = await crowd.customer([url])
        case.check(time.monotonic() - began < 2, "somebody had to wait for sockets that say nothing")
        await user.start()
        ends = asyncio.gather(*(link.closed() for link in links))
        await case.finished(ends, 12, "silent sockets are closed")
        await asyncio.gather(*(link.close() for link in links))


@fault("H09", "long polling")
async def polling(case: Case) -> None:
    """Anything but WebSocket is 400, so that no message can be lost with a 200."""
    url = f"{case.place.urls[0]}/socket.io/"
    for query in (
        "EIO=4&transport=polling",
        "EIO=4&transport=polling&sid=x",
        "EIO=4&transport=polling&j=0",
        "EIO=3",
        "",
    ):
        for method in ("GET", "POST", "PUT", "DELETE"):
            async with case.place.http.request(
                method, f"{url}?{query}", data=b"4x" if method != "GET" else None
            ) as answer:
                case.check(answer.status == 400, f"{method} {query} was answered {answer.status}")


@fault("H12", "log injection")
async def log_injection(case: Case) -> None:
    """Whatever names, headers and addresses hold, every line of the log is one JSON object."""
    nasty = 'x\r\n{"event":"forged"}\x1b[2J%s%n${jndi:x}"'
    sizes = case.place.log_sizes()
    headers = {"User-Agent": "x%s%n${jndi:x}\x1b", "Origin": "https://evil\x1b.example"}
    for path in ("/socket.io/?EIO=4&transport=websocket", "/api/v1/conversations"):
        with contextlib.suppress(aiohttp.ClientError, ValueError):
            async with case.place.http.get(case.place.urls[0] + path, headers=headers) as answer:
                await answer.read()
    async with raw_user(case.place, "logger", case.place.urls) as raw:
        await ask_raw(raw, nasty, {})
        await ask_raw(raw, "send_message", {"conversation": nasty, "key": nasty, "text": nasty})
    for line in case.place.logs(sizes).splitlines():
        case.check(_is_json(line), f"a line of the log is no JSON: {line[:80]!r}")


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict) and "\x1b" not in line
    except ValueError:
        return not line.strip()


@fault("N08", "tiny fragments")
async def tiny_fragments(case: Case) -> None:
    """A message in thousands of one-byte frames is taken or refused, and costs nothing."""
    server = case.place.servers[0]
    before_kb = server.resident_kb()
    async with raw_user(case.place, "shredder", [server.url]) as raw:
        text = b'421["no_such_command",{"x":"' + b"y" * case.times(20_000, 65_000) + b'"}]'
        parts = [
            struct.pack("!BB4x", 0 if number else 1, 0x81) + text[number : number + 1]
            for number in range(len(text) - 1)
        ]
        write_raw(raw.link, b"".join(parts) + struct.pack("!BB4x", 0x80, 0x81) + text[-1:])
        try:
            await raw.answer(1, 10)
        except ChatError as refusal:
            case.check(refusal.code == "invalid", f"it was answered {refusal.code}")
        except LinkLost:
            pass  # refused as a whole: as good
        except TimeoutError:
            case.check(False, "a message in fragments was never answered")
    case.check(server.resident_kb() < before_kb + 5_000, "fragments were kept in memory")
