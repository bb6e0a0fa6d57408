"""An installation that can be hurt: servers on one database and one Redis, a proxy before each, tokens for people."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from sqlalchemy import Connection

from chatserver.client import Client, Habits
from chatserver.conversation.messages import CloseConversation, SendMessage, StartConversation
from chatserver.conversation.verifying import verify_logs
from chatserver.core.errors import ChatError
from chatserver.core.ports import SystemClock
from chatserver.core.session import Role
from chatserver.desk import store
from chatserver.desk.waiting import waiting_entries
from chatserver.infra.free_memory import EVERY_S
from chatserver.infra.migrations import migrate
from chatserver.infra.sql import OpenDatabase, open_database
from chatserver.trust.agents import Account, Agent, add_account
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from chatserver.trust.tokens import AccessTokens
from chatserver.trust.vault.local_keys import LocalKeys
from chatserver.trust.vault.vault import DataVault
from tests.faults.database import PostgresHouse
from tests.faults.history import History
from tests.faults.oracle import Complaint, Memory, Sample, memory_is_flat
from tests.faults.processes import RedisServer, Server
from tests.faults.proxy import FaultProxy
from tests.trust_house import PASSWORD, quick_passwords

SAMPLE_S: Final = 0.2
"""How often SQL is asked who serves and who waits."""

QUICK_CLOCKS: Final = {
    "CHATSERVER_PING_INTERVAL_S": "2",
    "CHATSERVER_PING_TIMEOUT_S": "2",
    "CHATSERVER_AGENT_GONE_S": "6",
    "CHATSERVER_USER_GONE_S": "8",
    "CHATSERVER_OFFER_S": "3",
}
"""Clocks turned up, so that minutes of waiting become seconds."""

WARM_USERS: Final = 20
"""As many as talk at the same time in most faults."""

WARM_SENDS: Final = 5

ONE_MIGRATES: Final = asyncio.Lock()
"""Alembic knows one migration in a process at a time."""

LEAVING_S: Final = 15.0 + EVERY_S
"""After this long nothing of those who have gone may be held any more: what is free is given back that often."""

CANARY: Final = "canary-7f3a"
"""Stands in every body and secret; no log may hold it."""


class Place:
    """The installation and what is known of it. `secrets` are texts that no log may hold."""

    def __init__(self, folder: Path, database_url: str, processes: int, settings: dict[str, str]) -> None:
        self.folder = folder
        self.database_url = database_url
        self.redis = RedisServer(folder)
        self.desk = f"f-{secrets.token_hex(4)}"
        self.secret_key, self.identity_secret = (CANARY + secrets.token_hex(24) for _ in range(2))
        self.secrets = {CANARY}
        environment = QUICK_CLOCKS | self._environment() | settings
        self.settings = environment
        names = [f"server{number}" for number in range(processes)]
        self.servers = [Server(name, environment, folder / f"{name}.log") for name in names]
        self.proxies: list[FaultProxy] = []
        self.samples: list[Sample] = []
        self.sampling = True
        self._waiting: dict[tuple[str, int], tuple[str, int]] = {}
        self._tokens = AccessTokens(self.secret_key, SystemClock(), 3_600, 3_600)
        self._fresh: dict[str, tuple[int, int]] = {}
        self.postgres: PostgresHouse | None = None
        self.history: History
        self.http: aiohttp.ClientSession
        self.database: OpenDatabase

    def _environment(self) -> dict[str, str]:
        return {
            "CHATSERVER_DATA_DIR": str(self.folder / "data"),
            "CHATSERVER_DESK": self.desk,
            "CHATSERVER_SECRET_KEY": self.secret_key,
            "CHATSERVER_IDENTITY_SECRET": self.identity_secret,
            "CHATSERVER_RATE_FACTOR": "0",
            "CHATSERVER_LOG_LEVEL": "debug",
            "DATABASE_URL": self.database_url if self.database_url.startswith("postgresql") else "",
            "REDIS_URL": self.redis.url,
        }

    @property
    def urls(self) -> list[str]:
        """The addresses of all servers, past the proxies."""
        return [server.url for server in self.servers]

    @property
    def edge(self) -> list[str]:
        """The addresses of the proxies."""
        return [proxy.url for proxy in self.proxies]

    def clock_s(self, name: str) -> float:
        """One of the product's clocks as it is set here, such as `AGENT_GONE_S`."""
        return float(self.settings[f"CHATSERVER_{name}"])

    # --- starting and mending ---

    async def start(self, stack: AsyncExitStack) -> None:
        """Start everything; `stack` ends it."""
        self.history = stack.enter_context(History(self.folder / "history.jsonl"))
        self.http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        )
        stack.push_async_callback(self._stop)
        await self.redis.start()
        async with ONE_MIGRATES:
            await asyncio.to_thread(migrate, self.database_url)
        self.database = await stack.enter_async_context(self.opened(self.database_url))
        await asyncio.gather(*(server.start() for server in self.servers))
        await asyncio.gather(*map(self._warm, self.servers))
        self.take_measure()
        for server in self.servers:
            self.proxies.append(await stack.enter_async_context(FaultProxy(server.port)))

    def take_measure(self) -> None:
        """From now on servers are judged by what they hold at this moment."""
        for server in self.servers:
            self._fresh[server.name] = server.resident_kb(), server.descriptors()

    async def _warm(self, server: Server) -> None:
        """Let a server do once, many at a time, what it will do later: its pools are filled, its modules loaded."""
        await asyncio.gather(*(self._warm_one(server, f"warm-{server.name}-{one}") for one in range(WARM_USERS)))

    async def _warm_one(self, server: Server, name: str) -> None:
        async with self.client({"as": "user", "token": self.user_token(name)}, urls=[server.url]) as client:
            started = await client.command(StartConversation(key="warm", want_agent=True))
            conversation = started.conversation.id
            for number in range(WARM_SENDS):
                await client.command(SendMessage(conversation=conversation, key=f"warm-{number}", text="warm"))
            await client.command(CloseConversation(conversation=conversation))

    @asynccontextmanager
    async def opened(self, url: str) -> AsyncIterator[OpenDatabase]:
        """A database with the keys of this place."""
        vault = DataVault(LocalKeys([self.secret_key]))
        async with open_database(url, vault) as database:
            await vault.begin(database)
            yield database

    async def _stop(self) -> None:
        for process in (*self.servers, self.redis):
            if process.running:
                await process.kill()

    async def mend(self) -> None:
        """Bring back whatever was hurt."""
        for proxy in self.proxies:
            proxy.heal()
        if not self.redis.running:
            await self.redis.start()
        await asyncio.gather(*(self._mend(server) for server in self.servers))

    async def _mend(self, server: Server) -> None:
        if not server.running:
            await server.start()
        await server.until_ready()

    # --- people ---

    async def account(self, name: str, *, role: str = "agent", tier: int = 1, capacity: int = 3) -> Agent:
        """A new account of the staff; signs in with `NAME@x.io` and the tests' password."""
        password = await quick_passwords().hash(PASSWORD)
        fields: dict[str, Any] = {"capacity": capacity, "skills": (), "password": password}
        account = Account(email=f"{name}@x.io", name=name, role=Role(role), tier=tier, **fields)

        def unit(conn: Connection) -> Agent:
            return add_account(conn, account, SystemClock().now())

        return await self.database.write(unit)

    def agent_token(self, agent: Agent, ttl_s: int = 3_600) -> str:
        """An access token."""
        return self._remember(self._tokens.mint(agent, ttl_s=ttl_s))

    def user_token(self, sub: str, ttl_s: int = 3_600, **more: Any) -> str:
        """An identity token as the host app signs it, with `more` claims such as `vip`."""
        key = shared_key(self.identity_secret)
        return self._remember(mint_user_token(key, sub, sub, now=SystemClock().now(), ttl_s=ttl_s, more=more))

    def _remember(self, token: str) -> str:
        self.secrets.add(token[-24:])
        return token

    def client(self, auth: Any, on_event: Any = None, urls: list[str] | None = None) -> Client:
        """A client of the product that comes back within two seconds, so that tests need not wait."""
        habits = Habits(backoff_s=lambda attempt: min(2.0, 0.1 * 2**attempt), connect_s=5.0)
        return Client.connect(urls or self.urls, auth=auth, habits=habits, on_event=on_event, http=self.http)

    # --- watching ---

    async def watch(self) -> None:
        """Sample SQL until cancelled; while it cannot be asked there is no sample."""
        while True:
            with contextlib.suppress(ChatError):
                if self.sampling:
                    self.samples.append(await self.database.read(self._sample))
            await asyncio.sleep(SAMPLE_S)

    def _sample(self, conn: Connection) -> Sample:
        presences = store.read_presences(conn)
        load = store.count_live_by_agent(conn)
        capacity = {one.agent_id: one.capacity for one in presences}
        routable = {one.agent_id for one in presences if one.routable and load.get(one.agent_id, 0) < one.capacity}
        tiers = {row.id: row.tier for row in conn.exec_driver_sql("SELECT id, tier FROM agents")}
        pairs = [(one.conversation, one.tier) for one in waiting_entries(conn)]
        # Thousands who wait stand in hundreds of samples: each is one object in all of them.
        self._waiting = {pair: self._waiting.get(pair, pair) for pair in pairs}
        return Sample(
            time.monotonic(), load, capacity, list(self._waiting.values()), {tiers[agent] for agent in routable}
        )

    def forget(self) -> None:
        """Let go of what was seen up to now but the last sample; the history stays in its file."""
        del self.samples[:-1]
        self.history.records.clear()

    async def routable(self) -> set[str]:
        """Agents who get new conversations, as SQL says."""
        return {one.agent_id for one in await self.database.read(store.read_presences) if one.routable}

    async def grown(self) -> list[Complaint]:
        """O12: servers that hold much more than when they were fresh, although everybody has gone for a while."""
        for _ in range(round(LEAVING_S / SAMPLE_S)):
            if not memory_is_flat(self.memory()):
                return []
            await asyncio.sleep(SAMPLE_S)
        return memory_is_flat(self.memory())

    def memory(self) -> list[Memory]:
        """What servers hold now beside what they held when they were fresh."""
        return [
            Memory(one.name, self._fresh[one.name][0], one.resident_kb(), self._fresh[one.name][1], one.descriptors())
            for one in self.servers
            if one.running
        ]

    def log_sizes(self) -> list[int]:
        """How much each server has written up to now."""
        return [server.log.stat().st_size if server.log.exists() else 0 for server in self.servers]

    def logs(self, since: list[int]) -> str:
        """All that the servers have written since they had written so much."""
        parts = [server.log.read_bytes()[size:] for server, size in zip(self.servers, since, strict=True)]
        return b"\n".join(parts).decode(errors="replace")

    async def damage(self) -> list[str]:
        """What `verify` finds."""
        return [str(fault) async for fault in verify_logs(self.database)]


@asynccontextmanager
async def opened(folder: Path, database_url: str = "", processes: int = 4, **settings: str) -> AsyncIterator[Place]:
    """An installation in a folder, on SQLite in it unless a PostgreSQL is named; `settings` are variables."""
    (folder / "data").mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url or f"sqlite:///{folder / 'data' / 'chatserver.db'}"
    async with AsyncExitStack() as stack:
        place = Place(folder, url, processes, settings)
        await place.start(stack)
        watching = asyncio.create_task(place.watch())
        try:
            yield place
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
