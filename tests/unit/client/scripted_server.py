"""A WebSocket server that does what a test tells it, frame by frame."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

OPEN = '0{"sid":"s1","upgrades":[],"pingInterval":15000,"pingTimeout":10000,"maxPayload":65536}'
ACCEPT = '40{"sid":"s1"}'


def welcome(role: str = "user", **more: Any) -> str:
    """The `welcome` frame; `conversations` and `visitor` may be given."""
    session = {"id": "s1", "role": role, "subject": "u1", "name": "Ada"}
    body = {"protocol": 1, "session": session, "server_time": 1, "conversations": [], **more}
    return told("welcome", body)


def told(name: str, body: Any) -> str:
    """An event frame."""
    return f'42["{name}",{msgspec.json.encode(body).decode()}]'


def message(seq: int, conversation: str = "c1", thread: str = "public", **more: Any) -> dict[str, Any]:
    """The body of a `message_posted` (or a note, in the internal thread)."""
    by = {"role": "agent", "id": "a1", "name": "Bo"}
    place = {"id": f"{conversation}-{thread}-{seq}", "conversation": conversation, "thread": thread, "seq": seq}
    return {**place, "at": 1_000 + seq, "by": by, "text": f"text {seq}", "attachments": [], **more}


def listed(first: int, last: int) -> list[dict[str, Any]]:
    """Events as a page of `sync` has them."""
    return [{**message(seq), "type": "message_posted"} for seq in range(first, last + 1)]


class Visit:
    """One socket as the server sees it."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self.auth: Any = None

    async def greet(self, frame: str | None = None) -> "Visit":
        """Open, read CONNECT, accept and welcome."""
        await self.say(OPEN)
        connect = await self.hear()
        assert connect.startswith("40"), connect
        self.auth = msgspec.json.decode(connect[2:])
        await self.say(ACCEPT)
        await self.say(frame or welcome())
        return self

    async def say(self, *frames: str) -> None:
        """Send frames."""
        for frame in frames:
            await self._socket.send_str(frame)

    async def hear(self) -> str:
        """The next text frame."""
        return await self._socket.receive_str()

    async def command(self) -> tuple[int, str, Any]:
        """The next command: its number, name and body."""
        frame = await self.hear()
        number, bracket, rest = frame.removeprefix("42").partition("[")
        name, body = msgspec.json.decode(bracket + rest)
        return int(number), name, body

    async def ack(self, number: int, **result: Any) -> None:
        """Answer with success."""
        await self.say(f"43{number}{msgspec.json.encode([{'ok': True, 'result': result}]).decode()}")

    async def refuse(self, number: int, code: str, **more: Any) -> None:
        """Answer with a refusal."""
        reply = {"ok": False, "error": {"code": code, "message": "No.", **more}}
        await self.say(f"43{number}{msgspec.json.encode([reply]).decode()}")

    async def hang_up(self) -> None:
        """Close."""
        await self._socket.close()

    async def stay(self) -> None:
        """Keep the socket until the client closes it."""
        async for _frame in self._socket:
            pass


Script = Callable[[Visit], Awaitable[None]]


@asynccontextmanager
async def serving(*scripts: Script) -> AsyncIterator[str]:
    """A server whose first socket follows the first script and so on, the last one also all that come later.

    Yields its address; raises at the end what failed in a script.
    """
    visits = 0
    failures: list[BaseException] = []

    async def socket(request: web.Request) -> web.WebSocketResponse:
        nonlocal visits
        script = scripts[min(visits, len(scripts) - 1)]
        visits += 1
        response = web.WebSocketResponse()
        await response.prepare(request)
        try:
            await script(Visit(response))
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception as failure:
            failures.append(failure)
        return response

    application = web.Application()
    application.router.add_get("/socket.io/", socket)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
    if failures:
        raise failures[0]
