"""A served front with a door that the tests can look into."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.door import Peer
from chatserver.infra.sockets.front import Front
from chatserver.infra.sockets.house import House, Limits
from chatserver.infra.sockets.wire import event_packet
from tests.unit.infra.sockets.raw_client import SOON_S, UPGRADE, RawClient

ORIGIN = "https://wallet.example"
NOW = 1_800_000_000_000


async def turn_of_the_loop() -> None:
    """Let everything else that is due run first."""
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


class TurnedClock:
    """A clock that goes when the test turns it."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> int:
        return self.time


class LabDoor:
    """Lets in whom `auth` describes and knows a few commands; keeps what was asked of it."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self.left: list[Connection] = []
        self.commands: list[str] = []
        self.running = Counter[str]()  # commands at once, by connection
        self.most_running = 0
        self.gate = asyncio.Event()  # `wait` waits for it
        self.waiting = asyncio.Event()  # a `wait` runs
        self.someone_left = asyncio.Condition()

    async def connect(self, connection: Connection, auth: Any, peer: Peer) -> None:
        self.peers.append(peer)
        if not isinstance(auth, dict):
            raise ChatError("invalid", "auth must be an object")
        if "refuse" in auth:
            raise ChatError(auth["refuse"], "refused by the lab")
        if "defect" in auth:
            raise RuntimeError(auth["defect"])
        if "linger" in auth:
            self.waiting.set()
            await self.gate.wait()
        if "forget" in auth:
            return
        connection.session = Session(
            id=f"s_{connection.id}",
            role=Role(auth.get("as", "user")),
            subject=auth.get("sub", "ann"),
            name="Ann",
            expires_at=auth.get("expires_at"),
        )

    async def welcome(self, connection: Connection) -> bytes:
        session = connection.session
        assert session is not None
        connection.send(event_packet("before_welcome", b"{}"))
        if session.subject == "without_storage":
            raise ChatError("storage", "no storage")
        return json.dumps({"subject": session.subject}).encode()

    async def connected(self, connection: Connection) -> None:
        connection.send(event_packet("after_welcome", b"{}"))
        if connection.session is not None and connection.session.subject == "unlucky":
            raise RuntimeError

    async def command(self, connection: Connection, name: str, body: bytes) -> bytes:
        self.commands.append(name)
        self.running[connection.id] += 1
        self.most_running = max(self.most_running, self.running[connection.id])
        try:
            await turn_of_the_loop()  # where another command could slip in
            return await self._run(connection, name, body)
        finally:
            self.running[connection.id] -= 1

    async def _run(self, connection: Connection, name: str, body: bytes) -> bytes:
        if body == b"":
            raise ChatError("invalid", "one argument, please")
        if name == "echo":
            return body
        if name == "wait":
            self.waiting.set()
            await self.gate.wait()
            return b"{}"
        if name == "defect":
            raise RuntimeError(body.decode())
        if name == "pour":
            size = json.loads(body)["bytes"]
            for _ in range(json.loads(body)["packets"]):
                connection.send(event_packet("poured", b'"' + b"x" * size + b'"'))
                await turn_of_the_loop()
            return b"{}"
        if name == "renew" and connection.session is not None:
            connection.session.expires_at = json.loads(body)["expires_at"]
            return b"{}"
        if name == "steal":
            connection.close_after_answer("forbidden")
            raise ChatError("forbidden", "another subject")
        raise ChatError("invalid", f"no command {name!r}", field="name")

    async def disconnected(self, connection: Connection) -> None:
        async with self.someone_left:
            self.left.append(connection)
            self.someone_left.notify_all()
        if connection.session is not None and connection.session.subject == "unlucky":
            raise RuntimeError

    async def gone(self, count: int = 1, within_s: float = SOON_S) -> list[str | None]:
        """Why the first so many left, once they have."""
        async with asyncio.timeout(within_s), self.someone_left:
            await self.someone_left.wait_for(lambda: len(self.left) >= count)
        return [connection.closed_for for connection in self.left]


class Lab:
    """What a test holds in its hands."""

    def __init__(self, limits: Limits, trusted_hops: int) -> None:
        self.door = LabDoor()
        self.clock = TurnedClock()
        self.connections = Connections()
        self.house = House(self.door, self.connections, self.clock, limits)
        self.front = Front(self.house, ORIGIN.__eq__, trusted_hops)
        self.port = 0

    async def client(self, **headers: str) -> RawClient:
        """A raw socket, not yet connected."""
        return await RawClient.open(self.port, UPGRADE, "GET", **headers)


@asynccontextmanager
async def served(limits: Limits | None = None, trusted_hops: int = 0) -> AsyncIterator[Lab]:
    """A front on a free port."""
    lab = Lab(limits or Limits(), trusted_hops)
    app = web.Application()
    lab.front.add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    lab.port = runner.addresses[0][1]
    try:
        yield lab
    finally:
        lab.door.gate.set()
        await lab.front.drain(finish_s=0.5)
        await runner.cleanup()
