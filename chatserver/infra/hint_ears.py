"""Hearing channels: one ear for each server that carries some, with a link that is made anew whenever it fails."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from chatserver.core.background import attempt, end_all, repeat
from chatserver.infra.hint_routes import Routes

RETRY_S: Final = 1.0
"""Fixed: after an outage everybody hears again within a second."""

SILENCE_S: Final = 5.0
"""A link that has brought nothing for this long is asked; without an answer in as long it is made anew."""


class Ear:
    """Hears what is wanted on one server and says when its link has failed."""

    def __init__(
        self, server: "Redis", sharded: bool, heard: Callable[[str, bytes], None], failed: Callable[[], None]
    ) -> None:
        self._server: Any = server
        self._sharded = sharded
        self._heard = heard
        self._failed = failed
        self._wanted: set[str] = set()
        self._changes: set[str] = set()
        self._given_up: Counter[str] = Counter()  # unsubscriptions that the server has not confirmed
        self._look = asyncio.Event()
        self._stale = False

    def want(self, channel: str) -> None:
        """Hear a channel from soon on."""
        self._wanted.add(channel)
        self._change(channel)

    def unwant(self, channel: str) -> None:
        """Hear a channel no longer."""
        self._wanted.discard(channel)
        self._change(channel)

    def renew(self) -> None:
        """Make the link anew, whatever it looks like."""
        self._stale = True
        self._look.set()

    def _change(self, channel: str) -> None:
        self._changes.add(channel)
        self._look.set()

    async def run(self) -> None:
        """Listen until cancelled."""
        await repeat("hearing hints", self._listen, RETRY_S, RedisError)

    async def _listen(self) -> None:
        pubsub = self._server.pubsub()
        reader: asyncio.Task[None] | None = None
        look: asyncio.Task[Any] | None = None
        self._stale, self._changes = False, set(self._wanted)
        self._given_up.clear()
        try:
            while not self._stale:
                await self._follow_changes(pubsub)
                # A connection may be read only once there is a subscription.
                if reader is None and pubsub.subscribed:
                    reader = asyncio.create_task(self._read(pubsub))
                look = asyncio.create_task(self._look.wait())
                await asyncio.wait([one for one in (reader, look) if one], return_when=asyncio.FIRST_COMPLETED)
                if reader is not None and reader.done():
                    reader.result()
            raise RedisConnectionError("The link to Redis brings nothing.")
        except (RedisError, OSError):
            self._failed()
            raise
        except AttributeError as gone:  # the client speaks on a link that it has just closed in the other task
            self._failed()
            raise RedisConnectionError("The link to Redis has ended.") from gone
        finally:
            await end_all([one for one in (reader, look) if one])
            with suppress(RedisError, OSError):
                await pubsub.aclose()

    async def _follow_changes(self, pubsub: Any) -> None:
        self._look.clear()
        changes, self._changes = self._changes, set()
        more = changes & self._wanted
        fewer = changes - more
        if self._sharded:
            for channel in more:  # one command may only name channels of one slot
                await pubsub.ssubscribe(channel)
            for channel in fewer:
                self._given_up[channel] += 1
                await pubsub.sunsubscribe(channel)
        else:
            if more:
                await pubsub.subscribe(*more)
            if fewer:
                await pubsub.unsubscribe(*fewer)

    async def _read(self, pubsub: Any) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is None and asked:
                raise RedisConnectionError("The link to Redis is silent.")
            asked = message is None
            if message is None:
                await pubsub.ping()
            elif message["type"] in ("message", "smessage"):
                self._heard(message["channel"].decode(), message["data"])
            elif message["type"] == "sunsubscribe":
                self._left(message["channel"].decode())

    def _left(self, channel: str) -> None:
        if self._given_up[channel] > 0:
            self._given_up[channel] -= 1
            if not self._given_up[channel]:
                del self._given_up[channel]  # channels are as many as conversations
        elif channel in self._wanted:
            raise RedisConnectionError("The channel has moved to another server.")


class Ears:
    """Hears what is wanted on whichever servers carry it, also after it has moved."""

    def __init__(self, routes: Routes, heard: Callable[[str, bytes], None], learned: Callable[[], None]) -> None:
        self._routes = routes
        self._heard = heard
        self._learned = learned
        self._wanted: set[str] = set()
        self._changes: set[str] = set()
        self._placed: dict[str, Redis] = {}
        self._ears: dict[Redis, tuple[Ear, asyncio.Task[None]]] = {}
        self._look = asyncio.Event()
        self._lost = True  # who carries what is to be found out
        self._learn_at = 0.0

    def want(self, channel: str) -> None:
        """Hear a channel from soon on."""
        if channel not in self._wanted:
            self._wanted.add(channel)
            self._changes.add(channel)
            self._look.set()

    def unwant(self, channel: str) -> None:
        """Hear a channel no longer."""
        if channel in self._wanted:
            self._wanted.discard(channel)
            self._changes.add(channel)
            self._look.set()

    def renew(self, channel: str) -> None:
        """Make the link anew over which a channel should come."""
        if (server := self._placed.get(channel)) is not None:
            self._ears[server][0].renew()

    def get_lost(self) -> None:
        """Something was not where it should be: find out anew who carries what."""
        self._lost = True
        self._look.set()

    async def run(self) -> None:
        """Listen until cancelled."""
        try:
            self._look.set()
            while True:
                await self._look.wait()
                self._look.clear()
                if self._lost:
                    await self._find_the_way()
                self._place_changes()
        finally:
            await end_all([task for _, task in self._ears.values()])

    async def _find_the_way(self) -> None:
        """Learn, at most once in `RETRY_S`."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._learn_at:
            self._lost = not await attempt("finding who carries hints", self._routes.learn, RedisError)
            self._learn_at = loop.time() + RETRY_S
            if not self._lost:
                self._learned()
                self._changes |= self._placed.keys() | self._wanted
        if self._lost:
            loop.call_at(self._learn_at, self._look.set)

    def _place_changes(self) -> None:
        changes, self._changes = self._changes, set()
        for channel in changes:
            try:
                server = self._routes.server_of(channel) if channel in self._wanted else None
            except RedisError:
                self._changes.add(channel)
                self.get_lost()
                continue
            self._place(channel, server)
        carrying = set(self._placed.values())
        for server in self._ears.keys() - carrying:
            self._ears.pop(server)[1].cancel()

    def _place(self, channel: str, server: "Redis | None") -> None:
        before = self._placed.pop(channel, None)
        if before is not None and before is not server:
            self._ears[before][0].unwant(channel)
        if server is not None:
            self._placed[channel] = server
            if before is not server:
                self._ear_at(server).want(channel)

    def _ear_at(self, server: "Redis") -> Ear:
        if server not in self._ears:
            ear = Ear(server, self._routes.sharded, self._heard, self.get_lost)
            self._ears[server] = ear, asyncio.create_task(ear.run())
        return self._ears[server][0]
