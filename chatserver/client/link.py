"""One WebSocket to the server: text frames in, text frames out, nothing retried.

`Client` stands on it; tests that misbehave on purpose use it alone.
"""

import asyncio
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import aiohttp

from chatserver.client import wire
from chatserver.core.errors import ChatError

FRAME_BYTES: Final = 2**20
"""The server promises that no frame exceeds 1 MB."""

GOODBYE_S: Final = 1.0
"""How long a closing handshake may take; the server closes a transport within a second."""

_SOCKET_TIMEOUT: Final = aiohttp.ClientWSTimeout(ws_close=GOODBYE_S)


class LinkLost(ConnectionError):
    """The socket is gone; `code` is the WebSocket's closing code where there was one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


def socket_url(base: str) -> str:
    """The address of the socket of a server: `http://host:port` to `ws://host:port/socket.io/?…`."""
    parts = urlsplit(base)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    if scheme not in ("ws", "wss") or not parts.netloc:
        raise ValueError(f"Not an address of a server: {base!r}. It looks like http://127.0.0.1:8080.")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") + wire.PATH, urlencode(wire.QUERY), ""))


class Link:
    """An open transport.

    `opened` is the server's handshake, `accepted` the answer to CONNECT, `heard_at` the loop's time of the last frame.
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._goodbye: asyncio.Task[bool] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.heard_at = self._loop.time()
        self.opened = wire.Opened("", 0, 0)
        self.accepted: wire.Accepted | None = None

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, url: str, *, headers: dict[str, str] | None = None) -> "Link":
        """Open the transport and read its handshake, without CONNECT. Raises `LinkLost`."""
        try:
            socket = await http.ws_connect(
                socket_url(url), headers=headers, timeout=_SOCKET_TIMEOUT, max_msg_size=FRAME_BYTES, compress=0
            )
        except (aiohttp.ClientError, OSError) as error:
            raise LinkLost(f"{url}: {error}") from error
        link = cls(socket)
        try:
            await link._shake_hands()
        except BaseException:
            await link.close()
            raise
        return link

    async def _shake_hands(self) -> None:
        packet = await self.receive_packet()
        if not isinstance(packet, wire.Opened):
            raise wire.WireError(f"The first packet was {packet!r}.")
        self.opened = packet
        self._watch_for_silence()

    async def sign_in(self, auth: Any) -> None:
        """Send CONNECT and wait for the answer. Raises `ChatError` when refused, `LinkLost`."""
        await self.send(wire.encode_connect(auth))
        while True:
            match await self.receive_packet():
                case wire.Accepted() as accepted:
                    self.accepted = accepted
                    return
                case wire.Refused(message, data):
                    raise ChatError(data.code, message, retry_after_ms=data.retry_after_ms)
                case wire.Pinged():
                    await self.send(wire.PONG)
                case wire.Left():
                    raise LinkLost("The server left before it answered.")
                case other:
                    raise wire.WireError(f"{other!r} came before the answer to CONNECT.")

    async def send(self, frame: str) -> None:
        """Send one text frame, whatever is in it. Raises `LinkLost`."""
        try:
            await self._socket.send_str(frame)
        except (aiohttp.ClientError, OSError) as error:
            raise LinkLost(str(error)) from error

    async def send_bytes(self, frame: bytes) -> None:
        """Send one binary frame, which the contract forbids. Raises `LinkLost`."""
        try:
            await self._socket.send_bytes(frame)
        except (aiohttp.ClientError, OSError) as error:
            raise LinkLost(str(error)) from error

    async def receive(self) -> str:
        """The next text frame as it came. Raises `LinkLost` at the end, `WireError` for a binary one."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            self.heard_at = self._loop.time()
            frame: str = message.data
            return frame
        if message.type is aiohttp.WSMsgType.BINARY:
            raise wire.WireError("The server sent a binary frame.")
        raise LinkLost("The socket is closed.", self._socket.close_code)

    async def receive_packet(self) -> wire.Packet:
        """The next packet. Raises `LinkLost`, `WireError`."""
        return wire.decode(await self.receive())

    async def closed(self) -> int | None:
        """Read until the server has closed, and return the closing code."""
        try:
            while True:
                await self.receive()
        except LinkLost as lost:
            return lost.code

    def drop(self) -> None:
        """Give the socket up without waiting; whoever reads gets `LinkLost` at once."""
        if self._goodbye is None:
            self._goodbye = self._loop.create_task(self._socket.close())

    async def close(self) -> None:
        """Close the socket."""
        if self._watch is not None:
            self._watch.cancel()
        self.drop()
        if self._goodbye is not None:
            await asyncio.shield(self._goodbye)

    def _watch_for_silence(self) -> None:
        """A half-open socket is noticed by the missing ping; one lazy timer a socket is all it costs."""
        allowed_s = (self.opened.ping_interval_ms + self.opened.ping_timeout_ms) / 1000
        quiet_s = self._loop.time() - self.heard_at
        if quiet_s >= allowed_s:
            self.drop()
        else:
            self._watch = self._loop.call_later(allowed_s - quiet_s, self._watch_for_silence)
