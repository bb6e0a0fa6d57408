"""A client with bad manners: reads only when told to, sends any frame, forgives nothing and retries nothing."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from chatserver.client import Link, LinkLost, wire
from chatserver.core.commands import Command, snake_case
from chatserver.core.errors import ChatError
from tests.faults.place import Place


class Raw:
    """One socket. Acknowledgements are numbered from 1."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._asked = 0
        self.events: list[wire.Told] = []

    async def fire(self, body: Command) -> int:
        """Send a command and wait for nothing; returns its number. Raises `LinkLost`."""
        self._asked += 1
        await self.link.send(wire.encode_command(self._asked, snake_case(type(body).__name__), body))
        return self._asked

    async def ask(self, body: Command, within_s: float = 10.0) -> dict[str, Any]:
        """The result of a command. Raises `ChatError`, `LinkLost`, `TimeoutError`."""
        return await self.answer(await self.fire(body), within_s)

    async def answer(self, number: int, within_s: float = 10.0) -> dict[str, Any]:
        """Read until the answer of that number. Raises `ChatError`, `LinkLost`, `TimeoutError`."""
        async with asyncio.timeout(within_s):
            while True:
                packet = await self.next()
                if isinstance(packet, wire.Answered) and packet.number == number:
                    return _result(packet.reply)

    def read_little(self) -> None:
        """Let the machine keep no more for this socket than it must."""
        socket_of(self.link).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)

    async def next(self) -> wire.Packet:
        """Read one packet; pings are answered, events kept. Raises `LinkLost`."""
        packet = await self.link.receive_packet()
        if isinstance(packet, wire.Pinged):
            await self.link.send(wire.PONG)
        elif isinstance(packet, wire.Told):
            self.events.append(packet)
        return packet

    async def lost(self, within_s: float = 10.0) -> bool:
        """Read until the socket has ended; False when it lives on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    try:
                        await self.next()
                    except (LinkLost, wire.WireError):
                        return True
        return False


def socket_of(link: Link) -> Any:
    """The TCP socket under a link."""
    return link._socket._conn.transport.get_extra_info("socket")  # type: ignore[union-attr]


def _result(reply: wire.Reply) -> dict[str, Any]:
    if reply.ok:
        return dict(msgspec.json.decode(reply.result))  # type: ignore[arg-type]
    error = reply.error
    assert isinstance(error, wire.ErrorBody)
    raise ChatError(error.code, error.message, field=error.field, retry_after_ms=error.retry_after_ms)


@asynccontextmanager
async def raw_socket(place: Place, url: str, headers: dict[str, str] | None = None) -> AsyncIterator[Raw]:
    """A socket without CONNECT."""
    link = await Link.open(place.http, url, headers=headers)
    try:
        yield Raw(link)
    finally:
        await link.close()


@asynccontextmanager
async def raw_user(place: Place, name: str, urls: list[str], ttl_s: int = 3_600) -> AsyncIterator[Raw]:
    """A user's socket, signed in, at the first of the addresses."""
    async with raw_as(place, {"as": "user", "token": place.user_token(name, ttl_s)}, urls[0]) as raw:
        yield raw


@asynccontextmanager
async def raw_as(place: Place, auth: Any, url: str) -> AsyncIterator[Raw]:
    """Anybody's socket, signed in. Raises `ChatError` when refused."""
    async with raw_socket(place, url) as raw:
        await raw.link.sign_in(auth)
        yield raw
