"""A client that may send anything: WebSocket by hand, because good libraries refuse to misbehave."""

import asyncio
import base64
import json
import os
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

SOON_S = 5.0
"""More than any step takes; only a failing test waits for it."""

UPGRADE = "/socket.io/?EIO=4&transport=websocket"


class Refused(Exception):
    """The server did not switch to WebSocket."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


class RawClient:
    """One socket. Use as `async with await RawClient.open(port) as client`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, path: str = UPGRADE, method: str = "GET", **headers: str) -> "RawClient":
        """Upgrade; raises `Refused`. Header names are written with `_` for `-`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        client = cls(reader, writer)
        given = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Extensions": "permessage-deflate",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
        async with asyncio.timeout(SOON_S):
            await client._upgraded()
        return client

    async def _upgraded(self) -> None:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split()[1])
        if status == 101:
            assert "sec-websocket-extensions" not in head
            return
        size = int(head.split("content-length:")[1].split()[0])
        body = json.loads(await self.reader.readexactly(size))
        await self.leave()
        raise Refused(status, body)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Drop the socket without a goodbye."""
        self.writer.transport.abort()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def enter(self, **auth: Any) -> dict[str, Any]:
        """Shake hands and CONNECT; returns the welcome."""
        assert (await self.next())[0] == "0"
        self.send("40" + json.dumps(auth))
        assert (await self.next()).startswith('40{"sid":')
        name, welcome = json.loads((await self.next()).removeprefix("42"))
        assert name == "welcome"
        return dict(welcome)

    def send(self, text: str) -> None:
        """One text frame."""
        self.send_frame(0x1, text.encode())

    def send_frame(self, opcode: int, payload: bytes, *, first_bits: int = 0x80) -> None:
        """One frame; `first_bits` are FIN and the reserved ones."""
        size = len(payload)
        if size < 126:
            length = bytes((0x80 | size,))
        elif size < 65_536:
            length = b"\xfe" + size.to_bytes(2, "big")
        else:
            length = b"\xff" + size.to_bytes(8, "big")
        mask = os.urandom(4)
        key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        masked = (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
        self.writer.write(bytes((first_bits | opcode,)) + length + mask + masked)

    async def frame(self) -> tuple[int, bytes]:
        """The next frame: opcode and payload. Raises `EOFError` or `ConnectionError` at the end."""
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        return first & 0x0F, await self.reader.readexactly(size)

    async def next(self) -> str:
        """The next text packet; pings are answered on the way, a close raises `EOFError`."""
        async with asyncio.timeout(SOON_S):
            while True:
                opcode, payload = await self.frame()
                if opcode == 0x8:
                    raise EOFError("closed by the server")
                if payload == b"2":
                    self.send("3")
                elif opcode == 0x1:
                    return payload.decode()

    async def call(self, name: str, body: Any, ack: int = 1) -> dict[str, Any]:
        """Send a command and return its reply; events before it are dropped."""
        self.send(f"42{ack}{json.dumps([name, body])}")
        return await self.reply(ack)

    async def reply(self, ack: int) -> dict[str, Any]:
        """The reply to a command, which must be the next reply that comes."""
        while not (packet := await self.next()).startswith("43"):
            pass
        assert packet.startswith(f"43{ack}["), packet
        return dict(json.loads(packet.removeprefix(f"43{ack}"))[0])

    async def event(self, name: str) -> Any:
        """The body of the next event of this name; others are dropped."""
        while not (packet := await self.next()).startswith(f'42["{name}"'):
            pass
        return json.loads(packet[2:])[1]

    async def rest(self, within_s: float = 1.0, *, goodbye: bool = False) -> list[str]:
        """What still comes before the server hangs up, which it must do in time, `goodbye` said by us or not."""
        packets = []
        async with asyncio.timeout(within_s):
            try:
                while True:
                    opcode, payload = await self.frame()
                    if opcode == 0x1:
                        packets.append(payload.decode())
                    elif opcode == 0x8 and goodbye:
                        self.send_frame(0x8, payload)
            except (EOFError, ConnectionError):
                return packets
