"""Thousands of light clients in a process of their own: `python -m tests.faults.herd`, driven over its stdin.

The first line is an `Order`, each later one names what all of them do: `cut` resets all sockets at once, `write` makes
a long conversation for each user, `read` reads it on all sockets of that user, `close` closes it. Says a `Report` in
JSON for each line: when everybody is up, when 99 of a hundred are back, when the rest is done.
"""

import asyncio
import contextlib
import random
import socket
import struct
import sys
import time
from typing import Any, Final, cast
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from chatserver.client import LinkLost, wire
from chatserver.conversation.messages import SYNC_LIMIT, CloseConversation, SendMessage, StartConversation, Sync
from chatserver.core.commands import Command, snake_case
from chatserver.core.ports import SystemClock
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key

AT_ONCE: Final = 100
"""Attempts that may be under way while the herd gathers; after a cut nothing holds anybody back."""

TRY_AGAIN_S: Final = 1.0
BACK: Final = 0.99

WRITERS: Final = 400
"""Users who write their conversations at the same time."""


class Order(Struct):
    """Where to connect, with how many sockets, how many of them to a user, signed by which secret, and over how long
    they come back after a cut; `length` is how many messages a user writes."""

    urls: list[str]
    count: int
    secret: str
    jitter_s: float
    devices: int = 1
    length: int = 0


class Report(Struct):
    """How many are up, after how many seconds, and how often somebody had to try again; what was read, and by how many
    readers not whole, in order and in pages."""

    up: int
    seconds: float
    again: int
    events: int = 0
    wrong: int = 0


class Started(Struct):
    """What a herd needs of the answer to `start_conversation`."""

    class Conversation(Struct):
        """Its id."""

        id: str

    conversation: Conversation


class Event(Struct, gc=False):
    """What a herd needs of an event."""

    seq: int


class Page(Struct):
    """What a herd needs of the answer to `sync`."""

    events: list[Event]
    last: int
    more: bool


class Sheep(asyncio.Protocol):
    """One user's socket: signs in, answers pings, comes back when it was cut."""

    def __init__(self, herd: "Herd", number: int) -> None:
        self._herd = herd
        self._number = number
        self._data = b""
        self._upgraded = False
        self._asked = 0
        self._waiting: dict[int, asyncio.Future[wire.Reply]] = {}
        self.up = False
        self.transport: asyncio.Transport | None = None

    async def come(self) -> None:
        """Connect; tried again until it is done."""
        url = urlsplit(self._herd.order.urls[self._number % len(self._herd.order.urls)])
        while True:
            self._data, self._upgraded = b"", False
            try:
                await asyncio.get_running_loop().create_connection(lambda: self, url.hostname or "", url.port or 80)
            except OSError:
                self._herd.again += 1
                await asyncio.sleep(random.random() * TRY_AGAIN_S)
                continue
            return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self.transport = cast("asyncio.Transport", transport)
        target = f"{wire.PATH}?{urlencode(wire.QUERY)}"
        self.transport.write(
            f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take frames as they come whole."""
        self._data += data
        if not self._upgraded:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if not end:
                return
            self._upgraded, self._data = head.startswith(b"HTTP/1.1 101"), rest
            if not self._upgraded and self.transport is not None:
                self.transport.abort()
                return
        while (size := _frame_size(self._data)) is not None:
            header, whole = size
            self._take(self._data[0] & 0x0F, self._data[header:whole])
            self._data = self._data[whole:]

    def _take(self, kind: int, payload: bytes) -> None:
        if kind != 1:
            return  # a close: the end follows
        match wire.decode(payload.decode()):
            case wire.Opened():
                self._send(wire.encode_connect({"as": "user", "token": self._herd.tokens[self._number]}))
            case wire.Accepted():
                self.up = True
                self._herd.arrived()
            case wire.Pinged():
                self._send(wire.PONG)
            case wire.Answered(number, reply):
                self._waiting.pop(number).set_result(reply)
            case _:
                pass

    def ask(self, body: Command) -> asyncio.Future[wire.Reply]:
        """Send a command; its answer."""
        self._asked += 1
        answer = self._waiting[self._asked] = asyncio.get_running_loop().create_future()
        self._send(wire.encode_command(self._asked, snake_case(type(body).__name__), body))
        return answer

    def _send(self, text: str) -> None:
        data = text.encode()
        size = len(data)
        head = struct.pack("!BB4x", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH4x", 0x81, 0xFE, size)
        if self.transport is not None:
            self.transport.write(head + data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Come back after a while."""
        if self.up:
            self._herd.up -= 1
        else:
            self._herd.again += 1
        self.up, self.transport = False, None
        for answer in self._waiting.values():
            answer.set_exception(LinkLost("cut"))
        self._waiting.clear()
        self._herd.later(self)

    def cut(self) -> None:
        """A TCP reset instead of a goodbye."""
        if self.transport is not None:
            sock: Any = self.transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()


def _frame_size(data: bytes) -> tuple[int, int] | None:
    """Where the payload of the first frame begins and ends, None while it is not whole; servers do not mask."""
    if len(data) < 2:
        return None
    size, header = data[1], 2
    if size == 126:
        header = 4
        size = int.from_bytes(data[2:4], "big") if len(data) >= header else 0
    elif size == 127:
        header = 10
        size = int.from_bytes(data[2:10], "big") if len(data) >= header else 0
    return (header, header + size) if len(data) >= header + size else None


class Herd:
    """All of them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        key, now = shared_key(order.secret), SystemClock().now()
        names = [f"sheep-{number}" for number in range(order.count // order.devices)]
        tokens = [mint_user_token(key, name, None, now=now, ttl_s=3_600) for name in names]
        self.tokens = tokens * order.devices
        self.conversations: list[str] = []
        self.sheep = [Sheep(self, number) for number in range(order.count)]
        self.up = 0
        self.again = 0
        self._wanted = order.count
        self._enough = asyncio.Event()
        self._coming: set[asyncio.Task[None]] = set()

    async def gather(self) -> Report:
        """Let everybody come, some at a time."""
        began = time.monotonic()
        room = asyncio.Semaphore(AT_ONCE)

        async def one(sheep: Sheep) -> None:
            async with room:
                await sheep.come()
                while not sheep.up:  # noqa: ASYNC110  (many of them)
                    await asyncio.sleep(0.02)

        await asyncio.gather(*map(one, self.sheep))
        return Report(self.up, time.monotonic() - began, self.again)

    async def cut(self) -> Report:
        """Cut all at once, and wait until nearly everybody is back."""
        self.again, self._wanted = 0, int(BACK * self.order.count)
        self._enough.clear()
        for sheep in self.sheep:
            sheep.cut()
        await asyncio.sleep(0)
        began = time.monotonic()
        await asyncio.sleep(0.1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._enough.wait(), 120)
        return Report(self.up, time.monotonic() - began, self.again)

    async def write(self) -> Report:
        """One device of each user writes a conversation."""
        began = time.monotonic()
        room = asyncio.Semaphore(WRITERS)

        async def one(sheep: Sheep) -> str:
            async with room:
                reply = await sheep.ask(StartConversation(key="herd"))
                name = msgspec.json.decode(_result(reply), type=Started).conversation.id
                for number in range(self.order.length):
                    text = SendMessage(conversation=name, key=f"s-{number}", text=f"message {number}")
                    _result(await sheep.ask(text))
                return name

        self.conversations = await asyncio.gather(*map(one, self._users()))
        return Report(self.up, time.monotonic() - began, 0)

    async def read(self) -> Report:
        """All devices read their conversations from the beginning, at the same time, and ask again as they are told."""
        self.again, began = 0, time.monotonic()
        read = await asyncio.gather(*map(self._read, self.sheep, self.conversations * self.order.devices))
        wrong = sum(events < self.order.length for events in read)
        return Report(self.up, time.monotonic() - began, self.again, sum(read), wrong)

    async def _read(self, sheep: Sheep, conversation: str) -> int:
        """How many events came, 0 when they are not in order, have a hole or come in pages that are too large."""
        after, more = 0, True
        while more:
            reply = await sheep.ask(Sync(conversation=conversation, after=after))
            if isinstance(reply.error, wire.ErrorBody) and reply.error.code == "retry":
                self.again += 1
                await asyncio.sleep((1 + random.random()) * (reply.error.retry_after_ms or 0) / 1_000)
                continue
            page = msgspec.json.decode(_result(reply), type=Page)
            seqs = [event.seq for event in page.events]
            if len(seqs) > SYNC_LIMIT or seqs != list(range(after + 1, after + 1 + len(seqs))):
                return 0
            after, more = after + len(seqs), page.more
        return after if after == page.last else 0

    async def close(self) -> Report:
        """Close all conversations."""
        began = time.monotonic()
        closing = zip(self._users(), self.conversations, strict=True)
        await asyncio.gather(*(sheep.ask(CloseConversation(conversation=name)) for sheep, name in closing))
        return Report(self.up, time.monotonic() - began, 0)

    def _users(self) -> list[Sheep]:
        return self.sheep[: self.order.count // self.order.devices]

    def arrived(self) -> None:
        """One more is up."""
        self.up += 1
        if self.up >= self._wanted:
            self._enough.set()

    def later(self, sheep: Sheep) -> None:
        """One will come back, spread over the time that was ordered."""
        task = asyncio.create_task(self._later(sheep))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _later(self, sheep: Sheep) -> None:
        await asyncio.sleep(random.random() * self.order.jitter_s)
        await sheep.come()


async def main() -> None:
    """Do as told until stdin ends."""
    loop = asyncio.get_running_loop()
    line = await loop.run_in_executor(None, sys.stdin.buffer.readline)
    herd = Herd(msgspec.json.decode(line, type=Order))
    _say(await herd.gather())
    do = {b"cut": herd.cut, b"write": herd.write, b"read": herd.read, b"close": herd.close}
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        _say(await do[line.strip()]())


def _result(reply: wire.Reply) -> bytes:
    """The JSON of a result. Raises `RuntimeError` when it is a refusal: a herd asks for nothing that may be refused."""
    if not reply.ok:
        raise RuntimeError(f"refused: {reply.error}")
    return bytes(cast("msgspec.Raw", reply.result))


def _say(report: Report) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(report) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
