"""The thin shell on aiohttp: upgrades at `/socket.io/`, frames in and out, draining. `visit` knows what they mean."""

import asyncio
import random
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, cast

import msgspec
from aiohttp import WSMsgType, web

from chatserver.core.errors import ChatError, forbidden, invalid, retry
from chatserver.core.ids import new_id
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.door import Peer
from chatserver.infra.sockets.frames import close_frame, pong_frame, text_frame
from chatserver.infra.sockets.house import MAX_FRAME_BYTES, House
from chatserver.infra.sockets.visit import Visit

PATH: Final = "/socket.io/"

GOODBYE_S: Final = 0.5
"""How long a client may take to answer a close; the contract says that sockets are gone within a second."""

WRITE_AHEAD_BYTES: Final = 65_536
"""What the transport may hold before packets wait in the connection's own, counted queue."""

UNSENT_BYTES: Final = 131_072
"""What the system may hold that is not yet under way; else it keeps megabytes for whoever does not read."""

LAST_FRAMES: Final = 256
"""Frames of a client that are read and dropped while waiting for its goodbye."""

RECONNECT_WITHIN_MS: Final = 8_000
"""A drained process's clients come back over this time, not all at once."""

FINISH_S: Final = 5.0
"""The deadline of commands: none that runs at a drain takes longer."""

ENDED: Final = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING, WSMsgType.ERROR})


class AiohttpLink:
    """The way out through aiohttp's transport; frames are written to it directly, so that nothing has to be awaited."""

    def __init__(self, request: web.BaseRequest, transport: asyncio.Transport) -> None:
        self._request = request
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Task[None] | None = None
        self._close_sent = False
        transport.set_write_buffer_limits(high=WRITE_AHEAD_BYTES)
        with suppress(OSError, AttributeError):  # no TCP, or a system without it
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)

    def write(self, packets: Sequence[bytes]) -> None:
        """All packets as text frames in one write."""
        self._put(b"".join([text_frame(packet) for packet in packets]))

    def pong(self, payload: bytes) -> None:
        """Answer a WebSocket ping."""
        self._put(pong_frame(payload))

    def ready(self) -> bool:
        """Whether the transport holds little."""
        return self._transport.get_write_buffer_size() <= WRITE_AHEAD_BYTES

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Wait for the transport in a task, which exists only while a client is slow."""
        self._waiting = self._loop.create_task(self._drained(callback))

    def soon(self, callback: Callable[[], None]) -> None:
        """At the end of this turn of the loop."""
        self._loop.call_soon(callback)

    def close(self) -> None:
        """Send the closing frame once; whoever does not answer it is cut off."""
        if not self._close_sent:
            self._put(close_frame())
            self._close_sent = True
            self._loop.call_later(GOODBYE_S, self.abort)

    def abort(self) -> None:
        """Drop the transport with all it holds."""
        self._transport.abort()

    def finish(self) -> None:
        """The peer has said goodbye as well: let the rest go out."""
        self._transport.close()

    def _put(self, data: bytes) -> None:
        if not self._close_sent and not self._transport.is_closing():
            self._transport.write(data)

    async def _drained(self, callback: Callable[[], None]) -> None:
        with suppress(ConnectionError):  # it ended: nobody is waiting for more
            await self._request.writer.drain()
            callback()


class Front:
    """Serves sockets of one process.

    `origin_allowed` judges an Origin that was sent. `trusted_hops` proxies in front append to X-Forwarded-For; with 0
    the peer's own address counts.
    """

    def __init__(self, house: House, origin_allowed: Callable[[str], bool], trusted_hops: int = 0) -> None:
        self._house = house
        self._origin_allowed = origin_allowed
        self._trusted_hops = trusted_hops
        self._inside: dict[str, tuple[Connection, asyncio.Task[None]]] = {}  # by connection id
        self._gone = False  # drained

    def add_routes(self, app: web.Application) -> None:
        """Take every method at `PATH`, so that long polling gets its refusal."""
        app.router.add_route("*", PATH, self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it ends, or answer why it may not begin: JSON `{error:{code, message}}`."""
        ws = web.WebSocketResponse(
            timeout=GOODBYE_S,
            autoclose=False,
            autoping=False,
            compress=False,
            max_msg_size=MAX_FRAME_BYTES + 1,  # aiohttp refuses from this size on
        )
        try:
            self._check(request, ws)
        except ChatError as refusal:
            self._house.turned_away[refusal.code] += 1
            return web.json_response({"error": refusal.as_dict()}, status=refusal.status)
        try:
            await ws.prepare(request)
        except ConnectionResetError:
            return web.Response(status=400)  # to nobody: the client left before the handshake was done
        if request.transport is not None:
            await self._serve(request, ws, AiohttpLink(request, request.transport))
        return ws

    async def drain(self, in_ms_max: int = RECONNECT_WITHIN_MS, finish_s: float = FINISH_S) -> None:
        """Send everybody away and refuse newcomers with `retry`.

        Each client is told a time of its own, up to `in_ms_max`, to come back elsewhere. Commands that run have
        `finish_s` to be answered. Returns within `finish_s` and two seconds, whatever clients and commands do.
        """
        self._house.closing = True
        for connection, _ in list(self._inside.values()):
            body = msgspec.json.encode({"in_ms": random.randint(0, in_ms_max)})  # noqa: S311  (spreads load, hides nothing)
            connection.send(wire.event_packet("reconnect_soon", body))
            connection.close_after_answer("drain", final=False)
        await self._wait_for_all(finish_s + GOODBYE_S)
        self._gone = True
        for connection, task in list(self._inside.values()):
            connection.close("drain", hard=True)
            task.cancel()
        await self._wait_for_all(GOODBYE_S)

    async def _wait_for_all(self, timeout_s: float) -> None:
        tasks = [task for _, task in self._inside.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=timeout_s)

    def _check(self, request: web.Request, ws: web.WebSocketResponse) -> None:
        if self._gone:
            raise retry("The server is restarting. Connect again in a moment.")
        if request.query.get("transport") != "websocket" or "sid" in request.query:
            raise invalid("transport", "Only the transport websocket is served.")
        if request.query.get("EIO") != "4":
            raise invalid("EIO", "Only Engine.IO 4 is served: use a Socket.IO client of version 3 or 4.")
        origin = request.headers.get("Origin")
        if origin is not None and not self._origin_allowed(origin):
            raise forbidden("Pages of this origin may not connect.")
        if request.method != "GET" or not ws.can_prepare(request):
            raise invalid(None, "This is not a WebSocket handshake.")

    async def _serve(self, request: web.Request, ws: web.WebSocketResponse, link: AiohttpLink) -> None:
        connection = Connection(new_id("k"), link)
        peer = Peer(
            client_address(request, self._trusted_hops),
            request.headers.get("Origin"),
            request.headers.get("User-Agent", ""),
        )
        visit = Visit(self._house, connection, peer)
        self._inside[connection.id] = connection, cast("asyncio.Task[None]", asyncio.current_task())
        try:
            self._make_room(connection, peer.address)
            visit.arrive()
            await _read(ws, link, visit, connection)
        except asyncio.CancelledError:
            link.abort()
            raise
        finally:
            await visit.leave()
            await _part(ws, link)
            _forget_failure(ws)
            del self._inside[connection.id]

    def _make_room(self, connection: Connection, address: str) -> None:
        pushed_out = self._house.crowd.arrive(connection.id, address)
        if pushed_out is not None:
            self._inside[pushed_out][0].close("crowded", hard=True)


async def _read(ws: web.WebSocketResponse, link: AiohttpLink, visit: Visit, connection: Connection) -> None:
    while not connection.closed:
        message = await ws.receive()
        if message.type is WSMsgType.TEXT:
            await visit.take(message.data)
        elif message.type is WSMsgType.PING:
            visit.stray()
            link.pong(message.data)
        elif message.type is WSMsgType.PONG:
            visit.stray()
        elif message.type is WSMsgType.BINARY:
            visit.refuse("binary frame")
        elif message.type is WSMsgType.ERROR:
            visit.refuse("not WebSocket, or too large")
        else:
            return


async def _part(ws: web.WebSocketResponse, link: AiohttpLink) -> None:
    """Wait for the client's closing frame. The link cuts the wait short, and so does a client that goes on talking."""
    for _ in range(LAST_FRAMES):
        if ws.closed or (await ws.receive()).type in ENDED:
            link.finish()
            return
    link.abort()


def _forget_failure(ws: web.WebSocketResponse) -> None:
    """Let a socket that was cut go at once: the failure it keeps holds frames that hold the socket.

    Such rings would wait for a full collection, which is seldom: a crowd that comes back would stand there twice.
    """
    failure = ws.exception()
    while failure is not None:
        failure.__traceback__, failure = None, failure.__context__


def client_address(request: web.BaseRequest, trusted_hops: int) -> str:
    """The address a socket comes from: what the outermost trusted proxy saw, or the peer's own without proxies."""
    if trusted_hops:
        lines = request.headers.getall("X-Forwarded-For", [])
        hops = [hop.strip() for line in lines for hop in line.split(",")]
        if len(hops) >= trusted_hops:
            return hops[-trusted_hops][:64]
    return request.remote or "unknown"
