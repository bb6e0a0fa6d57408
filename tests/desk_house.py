"""A desk on a real database and a real Redis, with a clock that a test turns; no sockets."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from chatserver.conversation.guard import Guard
from chatserver.conversation.log import Log
from chatserver.conversation.service import Conversations
from chatserver.conversation.states import Head
from chatserver.conversation.store import read_head
from chatserver.conversation.users import User, remember_user
from chatserver.core.commands import Registry
from chatserver.core.session import Role, Session
from chatserver.desk.rooms import DeskRooms
from chatserver.desk.rules import Terms
from chatserver.desk.service import Desk
from chatserver.desk.sweep import Clocks
from chatserver.infra.redis_link import redis_client
from chatserver.infra.sql import OpenDatabase
from chatserver.trust.agents import Account, add_account
from chatserver.trust.directory import Directory
from chatserver.trust.shield.shield import SecretShield
from tests.trust_house import TurnedClock
from tests.vaults import sealed_database

TERMS = Terms(direct=True, offer_ms=20_000, first_reply_ms=60_000)
CLOCKS = Clocks(agent_gone_ms=60_000, user_gone_ms=120_000)


@dataclass
class HeardHub:
    """A hub that keeps what passed: `(identity, event, body)`."""

    heard: list[tuple[str, str, Any]] = field(default_factory=list)

    def pass_on(self, identities: Iterable[str], event: str, body: Any, *, but: str | None = None) -> None:
        """Keep it."""
        self.heard += [(identity, event, body) for identity in identities]

    def events(self, identity: str, event: str) -> list[Any]:
        """The bodies of one event to one identity."""
        return [body for whom, name, body in self.heard if (whom, name) == (identity, event)]


class DeskHouse:
    """The desk and what tests do with it again and again."""

    def __init__(self, rooms: DeskRooms, database: OpenDatabase, clock: TurnedClock, hub: HeardHub) -> None:
        self.rooms = rooms
        self.database = database
        self.clock = clock
        self.hub = hub
        shield = SecretShield()
        conversations = Conversations(rooms.log, hub, rooms.line, rooms.desk, Guard(shield))
        desk = Desk(rooms.log, rooms.line, rooms.ground.roster, rooms.terms)
        self.registry = Registry([conversations, desk, rooms.presence], shield)
        rooms.log.subscribe(rooms.follower.follow)
        self._keys = 0

    async def agent(self, name: str, *, tier: int = 1, capacity: int = 3, skills: tuple[str, ...] = ()) -> Session:
        """A connected agent, still offline."""
        account = Account(
            email=f"{name}@x.io", name=name, role=Role.AGENT, tier=tier, capacity=capacity, skills=skills, password="!"
        )
        added = await self.database.write(lambda conn: add_account(conn, account, self.clock.now()))
        session = Session(f"s_{name}", Role.AGENT, added.id, name, tier=tier)
        await self.rooms.presence.agent_connected(session)
        return session

    async def available(self, name: str, **account: Any) -> Session:
        """A connected agent who takes conversations."""
        session = await self.agent(name, **account)
        await self.run(session, "set_presence", status="available")
        return session

    async def user(self, name: str, *, locale: str = "en", vip: bool = False) -> Session:
        """A user."""
        user = User(name, "signed", name, locale, vip)
        await self.database.write(lambda conn: remember_user(conn, user, self.clock.now()))
        return Session(f"s_{name}", Role.USER, name, name, locale=locale, vip=vip)

    async def run(self, session: Session, command: str, **body: Any) -> Any:
        """Run a command and let what follows from it settle."""
        result = await self.registry.run(session, command, msgspec.json.encode(body))
        await self.settle()
        return result

    async def wait(self, user: Session, **body: Any) -> str:
        """Let a user queue; returns the conversation. Pairs nothing."""
        self._keys += 1
        self.clock.turn(seconds=0.001)  # nobody comes at the very same time
        body = {"key": f"k{self._keys}", "want_agent": True, **body}
        result = await self.registry.run(user, "start_conversation", msgspec.json.encode(body))
        return str(result.conversation.id)

    async def settle(self) -> None:
        """Let the index catch up, pair whatever fits, and catch up again."""
        await self.rooms.follower.all_settled()
        await self.rooms.pairing.pair_all()
        await self.rooms.follower.all_settled()

    async def pass_time(self, seconds: float) -> None:
        """Turn the clock and sweep."""
        self.clock.turn(seconds=seconds)
        await self.rooms.sweep.sweep(heavy=True)
        await self.settle()

    async def head(self, conversation: str) -> Head:
        """The conversation as SQL has it."""
        head = await self.database.read(lambda conn: read_head(conn, conversation))
        assert head is not None
        return head

    async def events(self, conversation: str, reader: Session) -> list[dict[str, Any]]:
        """The public thread."""
        page = await self.run(reader, "sync", conversation=conversation, after=0)
        decoded: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(page.events))
        return decoded


@asynccontextmanager
async def desk_house(
    database_url: str, redis_url: str, *, terms: Terms = TERMS, clocks: Clocks = CLOCKS
) -> AsyncIterator[DeskHouse]:
    """A desk on an empty database and an empty Redis."""
    clock, hub = TurnedClock(), HeardHub()
    async with sealed_database(database_url, make_tables=True) as database, redis_client(redis_url) as redis:
        rooms = DeskRooms(Log(database, clock), redis, "test", Directory(), hub).furnish(terms, clocks)
        await rooms.rebuild.check(thorough=False)
        house = DeskHouse(rooms, database, clock, hub)
        yield house
        await house.rooms.follower.all_settled()
