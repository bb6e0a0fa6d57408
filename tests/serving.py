"""The whole product served in this process, and people who talk to it through stock clients."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Connection

from chatserver.app import App, build
from chatserver.conversation.store import read_open
from chatserver.core.ports import SystemClock
from chatserver.core.session import Role
from chatserver.demo import announce
from chatserver.desk.store import read_presence
from chatserver.infra.migrations import migrate
from chatserver.serving import listening
from chatserver.settings import Settings
from chatserver.trust.agents import Account, Agent, add_account
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.tokens import AccessTokens
from tests.people import SOON_S, Person
from tests.trust_house import quick_passwords

PASSWORD = "correct horse battery staple"
TOKEN_TTL_S = 300
BEAT_S = 10.0
"""As often as a process says that it lives."""


class TurnedClock(SystemClock):
    """The machine's clock, ahead by as much as a test has turned it."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def now(self) -> int:
        """Milliseconds since 1970."""
        return super().now() + self._ahead_ms

    def turn(self, *, seconds: float) -> None:
        """Move on."""
        self._ahead_ms += round(seconds * 1_000)


@dataclass(frozen=True)
class Answer:
    """What an HTTP request brought: `body` is the decoded JSON, else the text."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Served:
    """A running product with its address, its clock, and everybody who was let in by this object."""

    def __init__(self, app: App, address: str, clock: TurnedClock, stack: AsyncExitStack) -> None:
        self.app = app
        self.address = address
        self.clock = clock
        self._stack = stack
        self._http: aiohttp.ClientSession | None = None
        self.accounts: dict[str, Agent] = {}

    # Who there is

    def user_token(self, sub: str, *, ttl_s: int = TOKEN_TTL_S, **claims: Any) -> str:
        """An identity token as the host app signs it."""
        key = shared_key(self.app.keys.identity_secret)
        claims = {"name": sub.capitalize(), **claims}
        return mint_user_token(key, sub, None, now=self.clock.now(), ttl_s=ttl_s, more=claims)

    async def account(self, name: str, *, called: str = "", role: str = "agent", tier: int = 1, **more: Any) -> Agent:
        """An account of the staff; signs in with `NAME@x.io` and `PASSWORD`."""
        fields = {"capacity": 3, "skills": (), "password": await quick_passwords().hash(PASSWORD), **more}
        account = Account(email=f"{name}@x.io", name=called or name.capitalize(), role=Role(role), tier=tier, **fields)

        def unit(conn: Connection) -> Agent:
            return add_account(conn, account, self.clock.now())

        self.accounts[name] = await self.app.database.write(unit)
        return self.accounts[name]

    def agent_token(self, name: str, *, ttl_s: int = TOKEN_TTL_S) -> str:
        """An access token as `chatserver token agent` prints it."""
        tokens = AccessTokens(self.app.keys.secret_key, self.clock, ttl_s, ttl_s)
        return tokens.mint(self.accounts[name])

    # Who comes

    async def connect(self, auth: Any, *, name: str = "", token: str = "", **options: Any) -> Person:
        """Somebody who has been welcomed; leaves with the test. Raises `Refused`."""
        person = Person(name, token)
        await self._stack.enter_async_context(person.connected(self.address, auth, **options))
        return person

    async def user(self, sub: str = "lin", **claims: Any) -> Person:
        """A wallet user on one more device."""
        token = self.user_token(sub, **claims)
        return await self.connect({"as": "user", "token": token}, name=sub, token=f"Bearer {token}")

    async def visitor(self, key: str | None = None) -> Person:
        """An anonymous user, a new one without a key."""
        auth = {"as": "user"} if key is None else {"as": "user", "visitor": key}
        person = await self.connect(auth, name="visitor", token=f"Visitor {key}")
        person.token = f"Visitor {key or person.welcome['visitor']}"
        return person

    async def agent(self, name: str, **account: Any) -> Person:
        """Somebody of the staff on one more device; the account is made the first time. Agents are offline."""
        if name not in self.accounts:
            await self.account(name, **account)
        token = self.agent_token(name)
        return await self.connect({"as": "agent", "token": token}, name=name, token=f"Bearer {token}")

    async def available(self, name: str, **account: Any) -> Person:
        """An agent who takes conversations."""
        person = await self.agent(name, **account)
        await person.call("set_presence", status="available")
        return person

    async def chat(self, user: Person, agent: Person, **more: Any) -> str:
        """A conversation of the user that the agent, who must be the one to get it, serves."""
        body = {"key": uuid.uuid4().hex, "want_agent": True, **more}
        started = await user.call("start_conversation", **body)
        conversation = str(started["conversation"]["id"])
        for one in (user, agent):
            assigned = await one.wait_for("agent_assigned", conversation=conversation)
            assert assigned["agent"]["id"] == agent.id
        return conversation

    # What happens by itself

    async def sweep(self, *, after_s: float = 0) -> None:
        """Let time pass as in a living process, and what a clock decides happen now instead of within a second."""
        sweep = self.app.desk.sweep
        while after_s > 0:
            self.clock.turn(seconds=min(after_s, BEAT_S))
            after_s -= BEAT_S
            await sweep.beat()
        await sweep.sweep(heavy=True)

    async def until(self, holds: Callable[[Connection], Any]) -> None:
        """Wait for what is stored to become so."""
        async with asyncio.timeout(SOON_S):
            while not await self.app.database.read(holds):
                continue

    async def lost(self, person: Person) -> None:
        """Somebody closes their last socket, and the server has noticed."""
        await person.leave()
        await self.noticed(person)

    async def noticed(self, person: Person) -> None:
        """Wait until the server knows that a person who is gone has no socket any more."""

        def is_gone(conn: Connection) -> bool:
            state = read_presence(conn, person.id)
            if state is not None:
                return state.link_lost_at is not None
            head = read_open(conn, person.id)
            return head is None or head.user_left_at is not None

        await self.until(is_gone)

    # HTTP

    async def get(self, path: str, who: Person | None = None, **params: Any) -> Answer:
        """A GET as somebody."""
        return await self.request("GET", path, who, params=params)

    async def post(self, path: str, body: Any, who: Person | None = None) -> Answer:
        """A POST of JSON as somebody."""
        return await self.request("POST", path, who, json=body)

    async def request(self, method: str, path: str, who: Person | None = None, **options: Any) -> Answer:
        """Any request; `headers` win over the person's own."""
        if self._http is None:
            self._http = await self._stack.enter_async_context(aiohttp.ClientSession())
        headers = {"Authorization": who.token} if who is not None else {}
        headers |= options.pop("headers", {})
        async with self._http.request(method, self.address + path, headers=headers, **options) as response:
            text = await response.text()
            body = await response.json() if response.content_type == "application/json" else text
            return Answer(response.status, body, dict(response.headers))


@asynccontextmanager
async def serving(
    data_dir: Path, redis_url: str, *, demo: bool = False, tracing: Any = None, **settings: Any
) -> AsyncIterator[Served]:
    """The product on a free port, with its own desk on this Redis, without limits of rate unless asked for."""
    given = {"host": "127.0.0.1", "port": 0, "rate_factor": 0.0, "desk": f"t-{uuid.uuid4().hex[:8]}", **settings}
    clock = TurnedClock()
    if given.get("database_url", "").startswith("postgresql"):
        await asyncio.to_thread(migrate, given["database_url"])
    configured = Settings(data_dir=data_dir, redis_url=redis_url, **given)
    async with build(configured, clock, tracing) as app, AsyncExitStack() as stack:
        if demo:
            await announce(app, "before")
        address = await stack.enter_async_context(listening(app, demo=demo))
        yield Served(app, address, clock, stack)
