"""H: bodies that unpack to more than they are, requests within requests, texts that take long to search, secrets."""

import asyncio
import contextlib
import gzip
import re
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from sqlalchemy import and_, delete, insert, select, update

from chatserver.client import ChatError
from chatserver.conversation.tables import conversations, events
from chatserver.core.ports import SystemClock
from chatserver.infra.outbox.tables import outbox
from chatserver.trust.shield.shield import SecretShield
from tests.faults.case import Case, pages
from tests.faults.catalogue import fault
from tests.faults.frames import ask_raw
from tests.faults.place import CANARY
from tests.faults.processes import Server
from tests.faults.raw import raw_user
from tests.trust_house import PASSWORD

TEXT: Final = 4_000
"""Code points of the longest message."""

SHIELD_S: Final = 0.005
"""For 8 kB, as much as the longest message of most scripts has."""

TWICE: Final = 2.2
"""Twice the text may take so many times as long."""

BOMB_CPU_S: Final = 0.5


def _alternating(size: int) -> str:
    return ("4111 1111-1111.1111, " * size)[:size]


NASTY: Final[dict[str, Callable[[int], str]]] = {
    "card numbers": lambda size: ("4111 1111 1111 1111 " * size)[:size],
    "digits": lambda size: "4" * size,
    "one letter and a mark": lambda size: "a" * (size - 1) + "!",
    "separators": _alternating,
    "separators alone": lambda size: (" - . , " * size)[:size],
    "words of a phrase": lambda size: ("abandon ability able about above absent " * size)[:size],
    "one word": lambda size: ("abandon " * size)[:size],
    "Chinese words": lambda size: ("的一是在不了有和人这中大 " * size)[:size],
    "hexadecimal": lambda size: ("0123456789abcdef" * size)[:size],
    "base58": lambda size: ("5Kb8kLf9zgWQnogidDA76MzPL6TsZZY36hWXMssSzNydYXYB9KF " * size)[:size],
    "password is": lambda size: ("password: " * size)[:size],
    "codes": lambda size: ("验证码是 123456 " * size)[:size],
    "addresses": lambda size: ("a.b-c@d.e-f." * size)[:size],
    "brackets": lambda size: ('{"crypto":{"kdf":' * size)[:size],
    "line ends": lambda size: ("12\\n" * size)[:size],
    "full width": lambda size: ("４１１１１１１１" * size)[:size],
}


@fault("H11", "texts that take long to search", calm=True)
async def slow_texts(case: Case) -> None:
    """The secret shield takes 5 ms for 8 kB at most, twice the time for twice the text, and nobody waits for it."""
    shield = SecretShield(contacts=True)
    for name, made in NASTY.items():
        half, whole = _seconds(shield, made(TEXT // 2)), _seconds(shield, made(TEXT))
        allowed_s = SHIELD_S * max(1.0, len(made(TEXT).encode()) / 8_192)
        case.check(whole <= allowed_s, f"{name} took {whole * 1_000:.1f} ms")
        case.check(whole <= TWICE * half + 0.000_2, f"{name}: {half * 1_000:.2f} ms, twice {whole * 1_000:.2f} ms")
    server = case.place.servers[0]
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        before_s = server.processor_s()
        async with raw_user(case.place, user.name, [server.url]) as raw:
            for number, made in enumerate(NASTY.values()):
                fields = {"conversation": user.conversation, "key": f"nasty-{number}", "text": made(TEXT)}
                code = await ask_raw(raw, "send_message", fields)
                case.check(code == "ok", f"text {number} was answered {code}")
        each_s = (server.processor_s() - before_s) / len(NASTY)
        case.check(each_s < 0.05, f"a text cost {each_s * 1_000:.0f} ms of processor time")


def _seconds(shield: SecretShield, text: str) -> float:
    """Processor time for one text: the least of several, since a busy machine only adds."""
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        shield.clean(text)
        best = min(best, time.process_time() - began)
    return best


MAIL: Final = {"CHATSERVER_SMTP_URL": "smtp://127.0.0.1:1?starttls=no", "CHATSERVER_MAIL_FROM": "desk@example.com"}


@fault("H10", "rows that nobody can read", settings=MAIL)
async def poisoned_rows(case: Case) -> None:
    """A stored message and a parcel of the outbox are damaged: the rest stays readable and in order, and it is told."""
    place = case.place
    async with case.people(1, 0) as crowd:
        user = crowd.customers[0]
        await user.start()
        posted = [await user.say(user.conversation, f"row {number}") for number in range(5)]
        where = and_(
            events.c.conversation == _number_of(user.conversation),
            events.c.thread == "public",
            events.c.seq == posted[2].seq,
        )
        good = await place.database.read(lambda conn: conn.execute(select(events.c.body).where(where)).scalar_one())
        await place.database.write(lambda conn: conn.execute(update(events).where(where).values(body=b"\xff" * 40)))
        logged = place.log_sizes()
        for _ in range(4):
            page = await pages(user, user.conversation)
            case.check([one["seq"] for one in page] == list(range(1, len(page) + 1)), "a damaged row hides others")
            texts = {one["seq"]: one.get("text", "") for one in page}
            case.check(all(texts[one.seq] for one in posted if one is not posted[2]), "a sound row is not readable")
            case.check(not texts[posted[2].seq], "a damaged row says something")
        case.check("unreadable" in place.logs(logged), "no log tells of the damaged row")
        case.check(bool(await place.damage()), "verify does not see the damage")
        await place.database.write(lambda conn: conn.execute(update(events).where(where).values(body=good)))
    await _poisoned_parcel(case)


def _number_of(conversation: str) -> Any:
    return select(conversations.c.number).where(conversations.c.id == conversation).scalar_subquery()


async def _poisoned_parcel(case: Case) -> None:
    """Quarantined after a few attempts, and nobody behind it waits."""
    now = SystemClock().now()
    row = {
        "id": f"p_{case.place.desk}",
        "kind": "transcript_mail",
        "owner": "user:nobody",
        "about": "",
        "target": b"x",
        "payload": b"\xff" * 20,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "faults": 0,
        "losses": 0,
        "state": "waiting",
    }
    await case.place.database.write(lambda conn: conn.execute(insert(outbox).values(**row)))
    mine = select(outbox.c.state).where(outbox.c.id == row["id"])

    async def is_put_aside() -> bool:
        return bool(await case.place.database.read(lambda conn: conn.execute(mine).scalar()) == "quarantined")

    await case.within(60, is_put_aside, "a parcel that nobody can open is put aside")
    await case.place.database.write(lambda conn: conn.execute(delete(outbox).where(outbox.c.id == row["id"])))


SEED_WORDS: Final = "legal winner thank year wave sausage worth useful legal winner thank yellow"


@fault("H13", "secrets in logs")
async def secrets_in_logs(case: Case) -> None:
    """Tokens, passwords, codes, cookies, bodies, cards and phrases go everywhere; no log has them, at any level."""
    place, server = case.place, case.place.servers[0]
    marks = [f"{CANARY}-{name}" for name in ("cookie", "password", "query", "body", "token", "code", "header")]
    place.secrets |= {*marks, SEED_WORDS, "4111111111111111", "4111 1111 1111 1111"}
    headers = {"Cookie": f"sid={marks[0]}", "Authorization": f"Bearer {marks[4]}", "X-Own": marks[6]}
    for path in (
        "/api/v1/me",
        f"/api/v1/conversations?token={marks[2]}",
        f"/socket.io/?EIO=4&{marks[2]}",
        f"/{marks[2]}",
    ):
        async with place.http.get(server.url + path, headers=headers) as answer:
            await answer.read()
    for body in ({"email": "a@x.io", "password": marks[1]}, {"email": marks[1]}, {"code": marks[5]}, [marks[3]]):
        async with place.http.post(f"{server.url}/api/v1/sign-in", json=body) as answer:
            case.check(answer.status >= 400, f"{answer.status}")
    account = await place.account(f"logged-{place.desk}")
    async with place.http.post(
        f"{server.url}/api/v1/sign-in", json={"email": account.email, "password": PASSWORD}
    ) as answer:
        tokens = await answer.json()
    place.secrets |= {PASSWORD, tokens["access_token"][-24:], tokens["refresh_token"]}
    async with case.people(1, 1) as crowd:
        user = crowd.customers[0]
        await user.start()
        for text in (SEED_WORDS, "4111 1111 1111 1111", f"my password is {marks[1]}", marks[3]):
            with contextlib.suppress(ChatError):
                await user.say(user.conversation, text)
        async with raw_user(place, user.name, [server.url]) as raw:
            for name in ("send_message", "no_such_command", marks[3]):
                await ask_raw(raw, name, {"conversation": marks[3], "key": marks[3], "text": marks[3], marks[3]: 1})
            await raw.link.send(f'42["{marks[3]}"')
        server.signal(signal.SIGABRT)  # a crash that could leave a dump
        await server.ended()
        await server.start()
    left = [path for path in place.folder.rglob("*") if re.match(r"core(\.\d+)?$", path.name)]
    case.check(not left, f"a crash left {left}")


# --- HTTP by hand ---


@asynccontextmanager
async def tcp(server: Server) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection below HTTP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def answers(server: Server, request: bytes, silence_s: float = 1.0) -> list[int]:
    """The status codes of all answers to these bytes, up to the end or a moment of silence."""
    data = b""
    async with tcp(server) as (reader, writer):
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(10):
                writer.write(request)
                await writer.drain()
            while part := await asyncio.wait_for(reader.read(65_536), silence_s):
                data += part
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", data)]


def _post_headers(*more: str, path: str = "/api/v1/sign-in") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", *more, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _bombs() -> dict[str, bytes]:
    """Requests that are small on the wire or many in pieces."""
    gz = gzip.compress(b'{"email":"' + b"x" * 50_000_000 + b'"}')
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n'
    parts = part * 100_000
    chunked = ("Transfer-Encoding: chunked", "Content-Type: application/json")
    return {
        "a gzip bomb": _post_headers("Content-Encoding: gzip", f"Content-Length: {len(gz)}") + gz,
        "a deflate bomb": _post_headers("Content-Encoding: deflate", f"Content-Length: {len(gz)}") + gz,
        "100,000 parts": _post_headers("Content-Type: multipart/form-data; boundary=b", f"Content-Length: {len(parts)}")
        + parts,
        "100,000 chunks": _post_headers(*chunked) + b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n",
        "a chunk without end": _post_headers(*chunked) + b"f" * 100_000,
        "chunk extensions": _post_headers(*chunked) + (b"1;" + b"x" * 4_000 + b"\r\nx\r\n") * 500,
        "a million cookies": _post_headers("Cookie: " + "a=b; " * 1_000_000, "Content-Length: 0"),
        "100,000 headers": _post_headers(*(f"X-{number}: y" for number in range(100_000))),
        "a long line": b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\n\r\n",
    }


@fault("H14", "bodies that unpack to more than they are")
async def bombs(case: Case) -> None:
    """Compressed, multipart, chunked and cookie bombs are refused at little cost, and nobody else notices."""
    server = case.place.servers[0]
    async with case.load(2, 1):
        for name, request in (await asyncio.to_thread(_bombs)).items():
            before_s, before_kb = server.processor_s(), server.resident_kb()
            codes = await answers(server, request)
            case.check(all(code in (400, 413, 415, 431) for code in codes), f"{name} was answered {codes}")
            used_s = server.processor_s() - before_s
            case.check(used_s <= BOMB_CPU_S, f"{name} cost {used_s:.2f} s of processor time")
            case.check(server.resident_kb() - before_kb < 20_000, f"{name} was kept in memory")
        await _socket_bomb(case, server)


async def _socket_bomb(case: Case, server: Server) -> None:
    """Compression of frames is not offered, so that no frame can unpack to more than it is."""
    url = f"{server.url}/socket.io/?EIO=4&transport=websocket"
    async with case.place.http.ws_connect(url, compress=15) as socket:
        case.check(not socket.compress, "compression of frames was agreed upon")
        with contextlib.suppress(aiohttp.ClientError):
            await socket.receive(timeout=2)


INNER: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
"""A request that is hidden in another; it must never be answered."""


def _smuggled() -> dict[str, bytes]:
    size = len(INNER)
    upgrade = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n"
    ).encode()
    chunk = b"0\r\n\r\n"
    return {
        "an upgrade with a body": upgrade + f"Content-Length: {size}\r\n\r\n".encode() + INNER,
        "an upgrade with chunks": upgrade + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + INNER,
        "length and chunks": _post_headers(f"Content-Length: {len(chunk) + size}", "Transfer-Encoding: chunked")
        + chunk
        + INNER,
        "two lengths": _post_headers("Content-Length: 0", f"Content-Length: {size}") + INNER,
        "a list of lengths": _post_headers(f"Content-Length: 0, {size}") + INNER,
        "a space before the colon": _post_headers(f"Content-Length : {size}") + INNER,
        "a signed length": _post_headers(f"Content-Length: +{size}") + INNER,
        "an odd coding": _post_headers("Transfer-Encoding: xchunked", f"Content-Length: {size}") + INNER,
        "two codings": _post_headers("Transfer-Encoding: chunked, identity", "Content-Length: 5") + chunk + INNER,
        "a folded header": _post_headers("X-A: b\r\n Content-Length: 0", "Transfer-Encoding:\x0bchunked")
        + chunk
        + INNER,
        "no ASCII": _post_headers("Transfer-Encoding: chunk\u00e9d", f"Content-Length: {size}") + INNER,
        "a NUL": _post_headers("X-A: b\x00c", "Content-Length: 0") + INNER,
        "bare line ends": b"POST /api/v1/sign-in HTTP/1.1\nHost: x\nContent-Length: 0\nTransfer-Encoding: chunked\n\n"
        + INNER,
        "a chunk size with a sign": _post_headers("Transfer-Encoding: chunked") + b"-1\r\n\r\n" + INNER,
    }


@fault("H15", "requests within requests")
async def smuggling(case: Case) -> None:
    """What a proxy and a server could read differently is refused, and the hidden request is never answered."""
    server = case.place.servers[0]
    for name, request in _smuggled().items():
        codes = await answers(server, request)
        case.check(200 not in codes, f"the request hidden in {name} was executed: {codes}")
        case.check(len(codes) <= 1, f"{name} got {len(codes)} answers: {codes}")
        case.check(all(code in (101, 400, 501) for code in codes), f"{name} was answered {codes}")
    case.check(await answers(server, INNER) == [200], "the hidden request alone is not answered: this proves nothing")
