"""What we lean on in libraries beyond their promises: an upgrade that changes it fails here, and says what.

The sockets write frames past aiohttp (docs/decisions/0001), the hints write commands past redis-py. Whoever raises
one of these versions runs this file and the tests of sockets and hints, then moves the pin.
"""

import ast
import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from redis.asyncio.connection import AbstractConnection, BlockingConnectionPool
from redis.asyncio.sentinel import SentinelConnectionPool

from chatserver.infra.sockets.house import MAX_FRAME_BYTES
from chatserver.serving import web_runner
from tests.unit.infra.sockets.raw_client import SOON_S, RawClient

CHECKOUT: Final = Path(__file__).parents[1].parent
TRIED: Final = {"aiohttp": "3.14", "redis": "8.1"}
"""The releases against which this file was written; the pins in pyproject.toml let in no other."""


@pytest.mark.parametrize(("library", "tried"), TRIED.items())
def test_the_release_is_one_that_was_tried(library: str, tried: str) -> None:
    assert version(library).startswith(f"{tried}."), f"read the changes of {library}, then say so in TRIED and the pin"


def test_the_pins_let_in_nothing_else() -> None:
    pyproject = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"aiohttp>=3.14.5,<3.15"' in pyproject
    assert '"redis[hiredis]~=8.1.0"' in pyproject


def test_no_private_name_of_a_library_is_used() -> None:
    found = []
    for file in (CHECKOUT / "chatserver").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        ours = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute) and _is_self(one.value)}
        ours |= {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        for one in ast.walk(tree):
            if isinstance(one, ast.Attribute) and _is_private(one.attr, ours) and not _is_self(one.value):
                found.append(f"{file.name}: {ast.unparse(one)}")
            if isinstance(one, ast.ImportFrom) and any(name.name.startswith("_") for name in one.names):
                found.append(f"{file.name}: from {one.module}")
    assert set(found) == PARSER


PARSER: Final = {"sieve.py: from re"}
"""How Python reads a pattern; `core/test_sieve.py` fails when an upgrade reads one in another way."""

PROMISED: Final = {"_exit", "_make", "_mapping", "_replace"}
"""Names that begin with a line and are promised all the same: of SQLAlchemy's rows, named tuples, and `os`."""


def _is_private(name: str, ours: set[str]) -> bool:
    return name not in PROMISED and name.startswith("_") and not name.startswith("__") and name not in ours


def _is_self(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in {"self", "cls"}


def test_the_settings_of_a_socket_are_still_there() -> None:
    """`Front.handle` switches off what aiohttp would do by itself."""
    known = inspect.signature(web.WebSocketResponse.__init__).parameters
    assert {"timeout", "autoclose", "autoping", "compress", "max_msg_size"} <= known.keys()


def test_what_a_link_is_made_of_is_still_there() -> None:
    """`AiohttpLink` waits by the request's writer and writes to its transport; `read_body` ends what nobody reads."""
    assert {"transport", "writer", "content"} <= {*dir(web.BaseRequest)}
    assert inspect.iscoroutinefunction(AbstractStreamWriter.drain)
    assert callable(StreamReader.feed_eof)


def test_what_a_line_of_hints_is_made_of_is_still_there() -> None:
    """`redis_link.Line` packs its commands itself and reads answers undecoded."""
    assert "disable_decoding" in inspect.signature(AbstractConnection.read_response).parameters
    assert "nowait" in inspect.signature(AbstractConnection.disconnect).parameters
    for name in ("send_packed_command", "read_response"):
        assert inspect.iscoroutinefunction(getattr(AbstractConnection, name))
    for pool in (BlockingConnectionPool, SentinelConnectionPool):
        assert callable(pool.get_connection)
        assert callable(pool.release)


@asynccontextmanager
async def listening(seen: "asyncio.Queue[Any]") -> AsyncIterator[int]:
    """A socket set up as ours is, which keeps what aiohttp hands over and answers nothing."""

    async def handle(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(
            timeout=0.5, autoclose=False, autoping=False, compress=False, max_msg_size=MAX_FRAME_BYTES + 1
        )
        await ws.prepare(request)
        seen.put_nowait((ws, request))
        while not ws.closed:
            message = await ws.receive()
            seen.put_nowait(message)
            if message.type.name in {"CLOSE", "CLOSING", "CLOSED", "ERROR"}:
                break
        await asyncio.sleep(0.05)  # whatever it would write by itself goes out
        return ws

    app = web.Application()
    app.router.add_get("/socket.io/", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def test_aiohttp_writes_nothing_by_itself_between_our_frames() -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()
    async with listening(seen) as port, await RawClient.open(port) as client:
        client.writer.write(_frame(9, b"ping") + _frame(1, b"text") + _frame(10, b"pong"))
        _, request = await seen.get()
        kinds = [(await seen.get()).type.name for _ in range(3)]
        request.transport.write(b"\x81\x02hi")  # past aiohttp, as our link does
        assert await asyncio.wait_for(client.reader.readexactly(4), SOON_S) == b"\x81\x02hi"
        assert kinds == ["PING", "TEXT", "PONG"]


async def test_no_extension_is_agreed_on_and_a_frame_over_the_limit_is_an_error() -> None:
    seen: asyncio.Queue[Any] = asyncio.Queue()
    async with (
        listening(seen) as port,
        await RawClient.open(port, Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits") as client,
    ):
        ws, _ = await seen.get()
        assert not ws.compress
        client.writer.write(_frame(1, b"x" * MAX_FRAME_BYTES) + _frame(1, b"x" * (MAX_FRAME_BYTES + 1)))
        assert [(await seen.get()).type.name for _ in range(2)] == ["TEXT", "ERROR"]


def _frame(opcode: int, payload: bytes) -> bytes:
    """A whole frame of a client, masked with zeros."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 127]) + size.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + length + bytes(4) + payload


async def test_a_header_that_crawls_is_cut_off_by_the_time_for_idle_connections() -> None:
    """`web_runner` bounds headers by `keepalive_timeout`: aiohttp has no other clock for them."""
    runner = web.AppRunner(web.Application(), keepalive_timeout=0.3)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: y")
    async with asyncio.timeout(SOON_S):
        assert await reader.read() == b""
    writer.close()
    await runner.cleanup()
    assert "keepalive_timeout" in inspect.getsource(web_runner)
