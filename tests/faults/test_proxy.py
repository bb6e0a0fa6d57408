"""The proxy hurts exactly as it was told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.faults.proxy import FaultProxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1_000):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def through_proxy() -> AsyncIterator[tuple[FaultProxy, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to an echoing server through a proxy."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[1]) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        try:
            yield proxy, reader, writer
        finally:
            writer.close()


async def says(reader: asyncio.StreamReader, size: int) -> bytes:
    """So many bytes of answer, or what came before the end or half a second of silence."""
    data = b""
    try:
        async with asyncio.timeout(0.5):
            while len(data) < size and (more := await reader.read(size)):
                data += more
    except (TimeoutError, ConnectionError):
        return data
    return data


async def test_a_sound_proxy_changes_nothing() -> None:
    async with through_proxy() as (_, reader, writer):
        writer.write(b"hello")
        assert await says(reader, 5) == b"hello"


async def test_a_hole_swallows_one_way_and_heals() -> None:
    async with through_proxy() as (proxy, reader, writer):
        proxy.hole_down = True
        writer.write(b"lost")
        assert await says(reader, 4) == b""
        proxy.heal()
        writer.write(b"kept")
        assert await says(reader, 4) == b"kept"


async def test_a_reset_ends_every_connection() -> None:
    async with through_proxy() as (proxy, reader, writer):
        writer.write(b"x")
        assert await says(reader, 1) == b"x"
        proxy.rst()
        assert await says(reader, 1) == b""
        assert reader.at_eof() or reader.exception() is not None


async def test_answers_are_cut_after_so_many_bytes() -> None:
    async with through_proxy() as (proxy, reader, writer):
        proxy.cut_down_after = 3
        writer.write(b"answer")
        assert await says(reader, 6) == b"ans"
        assert proxy.cuts == 1


async def test_a_closed_proxy_refuses_newcomers() -> None:
    async with through_proxy() as (proxy, _, _writer):
        proxy.closed = True
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await says(reader, 1) == b""
        writer.close()
