"""Processes in one test, each with its own bus and hub, on one SQL and one Redis, with sockets that record."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from sqlalchemy import Connection as SqlConnection

from chatserver.conversation import store
from chatserver.conversation.events import AgentInfo, Body, By, MessagePosted
from chatserver.conversation.log import Appended, Log, Written, append
from chatserver.conversation.states import Change, Head
from chatserver.core.background import end_all
from chatserver.core.session import Role, Session
from chatserver.infra.bus import Bus
from chatserver.infra.hub import Hub
from chatserver.infra.redis_link import redis_client
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sql import OpenDatabase
from tests.trust_house import TurnedClock
from tests.unit.conversation.cast import head_with
from tests.vaults import sealed_database

SECRET = b"the processes of one installation"
SOON_S = 10.0

LIN = Session("", Role.USER, "u_lin", "Lin")
MAY = Session("", Role.USER, "u_may", "May")
AMY = Session("", Role.AGENT, "a_amy", "Amy", tier=1)
EVE = Session("", Role.AGENT, "a_eve", "Eve", tier=2)
SUE = Session("", Role.SUPERVISOR, "a_sue", "Sue", tier=2)
ADA = Session("", Role.ADMIN, "a_ada", "Ada")

_sids = itertools.count()


def by(session: Session) -> By:
    """The author that a session is."""
    return By("user" if session.is_user else "agent", session.subject, session.name)


def info(session: Session) -> AgentInfo:
    """An agent as events tell them."""
    return AgentInfo(session.subject, session.name, session.tier)


class Socket:
    """A link that records what arrives: implements `chatserver.infra.sockets.connection.Link`."""

    def __init__(self, session: Session) -> None:
        sid = f"k_{next(_sids)}"
        self.session = Session(f"s_{sid}", session.role, session.subject, session.name, tier=session.tier)
        self.connection = Connection(sid, self)
        self.connection.session = self.session
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self._news = asyncio.Event()

    def write(self, packets: Sequence[bytes]) -> None:
        """Take frames such as `42["typing",{…}]`."""
        for packet in packets:
            if packet == wire.DISCONNECT.encode():
                break
            name, body = msgspec.json.decode(packet.removeprefix(b"42"))
            self.heard.append((name, body))
        self._news.set()

    def ready(self) -> bool:
        """Always."""
        return True

    def when_ready(self, callback: Callable[[], None]) -> None:
        """Never asked."""

    def soon(self, callback: Callable[[], None]) -> None:
        """In the next turn of the loop."""
        asyncio.get_running_loop().call_soon(callback)

    def close(self) -> None:
        """Nothing to do."""

    def abort(self) -> None:
        """Nothing to do."""

    def bodies(self, name: str) -> list[dict[str, Any]]:
        """Every body of one event so far."""
        return [body for heard, body in self.heard if heard == name]

    def log(self, conversation: str, thread: str = "public") -> list[int]:
        """Sequence numbers of the durable events of a thread, as they arrived."""
        return [
            body["seq"]
            for _, body in self.heard
            if body.get("conversation") == conversation and body.get("thread") == thread
        ]

    async def until(self, enough: Callable[["Socket"], Any]) -> None:
        """Wait for what is to arrive."""
        async with asyncio.timeout(SOON_S):
            while not enough(self):
                self._news.clear()
                await self._news.wait()

    async def reaches(self, conversation: str, seq: int, thread: str = "public") -> None:
        """Wait until an event has arrived."""
        await self.until(lambda socket: seq in socket.log(conversation, thread))

    def leave(self) -> None:
        """Close the socket."""
        self.connection.close("left")


class Process:
    """One process: commits, tells its own sockets and hints to the others."""

    def __init__(self, database: OpenDatabase, redis: Any, name: str) -> None:
        self.database = database
        self._redis = redis
        self.log = Log(database, TurnedClock())
        self.connections = Connections()
        self.bus = Bus(redis, "test", SECRET, name)
        self.hub = Hub(database, self.bus, self.connections)
        self.log.subscribe(self.hub.tell)

    async def socket(self, session: Session, *watched: str) -> Socket:
        """Somebody comes; like the door, the hub is told of their conversations before they are welcomed."""
        socket = Socket(session)
        self.connections.add(socket.connection, socket.session)
        for conversation in watched:
            self.hub.watch(await self.head(conversation))
        socket.connection.open()
        return socket

    async def hears(self, channel: str, processes: int = 1) -> None:
        """Wait until so many processes hear a channel."""
        async with asyncio.timeout(SOON_S):
            while int((await self._redis.pubsub_numsub(f"hint:test:{channel}"))[0][1]) != processes:
                continue

    async def head(self, conversation: str) -> Head:
        """As SQL has it."""
        head = await self.database.read(lambda conn: store.read_head(conn, conversation))
        assert head is not None
        return head

    async def start(self, name: str, user: Session, *events: Body, silently: bool = False) -> Appended:
        """A new conversation with these first events; `silently` as if its hints were long gone."""

        def unit(conn: SqlConnection) -> Written[Appended]:
            head = store.insert_head(conn, head_with(id=name, user_id=user.subject), {})
            appended = append(conn, head, Change(events), by(user), self.log.clock.now())
            appended = msgspec.structs.replace(appended, before=None)
            return Written(appended, (appended,))

        return (await self.database.write(unit)).result if silently else await self.log.write(unit)

    async def commit(
        self, name: str, who: Session, *events: Body, key: str | None = None, fields: dict[str, Any] | None = None
    ) -> Appended:
        """Append to a conversation."""
        return await self.log.write(lambda conn: self._appended(conn, name, who, Change(events, fields or {}), key))

    async def commit_silently(self, name: str, who: Session, *events: Body) -> Appended:
        """Append and tell nobody, not even this process."""
        change = Change(events)
        written = await self.database.write(lambda conn: self._appended(conn, name, who, change, None))
        return written.result

    def _appended(
        self, conn: SqlConnection, name: str, who: Session, change: Change, key: str | None
    ) -> Written[Appended]:
        head = store.read_head(conn, name, lock=True)
        assert head is not None
        appended = append(conn, head, change, by(who), self.log.clock.now(), key=key)
        return Written(appended, (appended,))

    async def say(self, name: str, who: Session, text: str, key: str | None = None) -> Appended:
        """Post a message."""
        return await self.commit(name, who, MessagePosted(text=text), key=key)


class Processes:
    """Several of them."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self._database_url = database_url
        self._redis_url = redis_url

    @asynccontextmanager
    async def one(self, name: str, *, hints: bool = True) -> AsyncIterator[Process]:
        """A running process; without `hints` nothing that it says reaches another, nor the other way."""
        async with sealed_database(self._database_url) as database, redis_client(self._redis_url) as redis:
            process = Process(database, redis, name)
            tasks = [asyncio.create_task(process.hub.run())]
            if hints:
                tasks.append(asyncio.create_task(process.bus.run()))
            try:
                yield process
                assert not any(task.done() for task in tasks)
            finally:
                await end_all(tasks)


@asynccontextmanager
async def processes(database_url: str, redis_url: str) -> AsyncIterator[Processes]:
    """An empty database, and whoever is started on it."""
    async with sealed_database(database_url, make_tables=True):
        pass
    yield Processes(database_url, redis_url)


def in_order(numbers: Iterable[int], last: int, first: int = 1) -> bool:
    """Whether every number came, once, in order."""
    return list(numbers) == list(range(first, last + 1))
