"""A TCP proxy that hurts what passes through it."""

import asyncio
import contextlib
import socket
import struct
from typing import Final, Self

CHUNK: Final = 16_384


class Pair:
    """One connection through the proxy: the client's side and the server's."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server

    def reset(self) -> None:
        """Cut both sides with a TCP reset instead of a goodbye."""
        for side in (self.client, self.server):
            _linger_none(side)
            side.transport.abort()


class FaultProxy:
    """Listens on `port`, a free one unless `listen` names it, and passes bytes to the server's port:
    `async with FaultProxy(server.port) as proxy`.

    `hole_up` and `hole_down` swallow what clients or the server send, `delay_s` holds every chunk of both back,
    `rate` is bytes a second of each direction and connection (0: no limit), `cut_down_after` cuts a connection once
    so many more bytes of answers have come, counted over all (None: never), `closed` refuses newcomers.
    """

    def __init__(self, target: int, *, listen: int = 0) -> None:
        self._target = target
        self._listen = listen
        self._pairs: set[Pair] = set()
        self.hole_up = False
        self.hole_down = False
        self.closed = False
        self.delay_s = 0.0
        self.rate = 0
        self.cut_down_after: int | None = None
        self.cuts = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._listen)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.rst()
        await asyncio.sleep(0)

    def hole(self, on: bool = True) -> None:
        """Swallow everything, both ways: a link that is half open for both sides."""
        self.hole_up = self.hole_down = on

    def heal(self) -> None:
        """Hurt nothing any more."""
        self.hole(False)
        self.closed = False
        self.delay_s, self.rate, self.cut_down_after = 0.0, 0, None

    def rst(self) -> None:
        """Reset every connection."""
        for pair in list(self._pairs):
            pair.reset()

    @property
    def connections(self) -> int:
        """How many pass through at this moment."""
        return len(self._pairs)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.closed:
                raise ConnectionRefusedError
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = Pair(writer, server_writer)
        self._pairs.add(pair)
        up = asyncio.create_task(self._pump(reader, server_writer, pair, down=False))
        down = asyncio.create_task(self._pump(server_reader, writer, pair, down=True))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._pairs.discard(pair)
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
            for side in (writer, server_writer):
                side.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: Pair, *, down: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if self.rate:
                    await asyncio.sleep(len(data) / self.rate)
                if self.hole_down if down else self.hole_up:
                    continue
                if down and self.cut_down_after is not None:
                    data = self._clip(data)
                writer.write(data)
                if down and self.cut_down_after == 0:
                    self.cuts += 1
                    self.cut_down_after = None
                    pair.reset()
                    return
                await writer.drain()

    def _clip(self, data: bytes) -> bytes:
        assert self.cut_down_after is not None
        data = data[: self.cut_down_after]
        self.cut_down_after -= len(data)
        return data


def _linger_none(side: asyncio.StreamWriter) -> None:
    sock = side.transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
