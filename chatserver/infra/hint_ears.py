"""Hearing channels: one ear for each server that carries some, with a link that is made anew whenever it fails."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from chatserver.core.background import attempt, end_all, repeat
from chatserver.infra.hint_routes import Routes
from chatserver.infra.redis_link import Server
from chatserver.infra.redis_wire import Stream, packed

RETRY_S: Final = 1.0
"""Fixed: after an outage everybody hears again within a second."""

FOLLOW_S: Final = 0.005
"""What is wanted in this time is told in one write: when many come at once, each would wake Redis by itself."""

SILENCE_S: Final = 5.0
"""A link that has brought nothing for this long is asked; without an answer in as long it is made anew."""


class Ear:
    """Hears what is wanted on one server and says when its link has failed."""

    def __init__(
        self, server: Server, sharded: bool, heard: Callable[[str, bytes], None], failed: Callable[[], None]
    ) -> None:
        self._pool = server.connection_pool
        self._verbs = ("SSUBSCRIBE", "SUNSUBSCRIBE") if sharded else ("SUBSCRIBE", "UNSUBSCRIBE")
        self._sharded = sharded
        self._heard = heard
        self._failed = failed
        self._wanted: set[str] = set()
        self._changes: set[str] = set()
        self._given_up: Counter[str] = Counter()  # unsubscriptions that the server has not confirmed
        self._stream: Stream | None = None
        self._follow_due = False
        self._brought = 0
        """Answers since the link was made, to see whether it brings anything."""

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
        if self._stream is not None:
            self._stream.give_up(RedisConnectionError("The link to Redis brings nothing."))

    def _change(self, channel: str) -> None:
        self._changes.add(channel)
        if self._stream is not None and not self._follow_due:
            self._follow_due = True
            asyncio.get_running_loop().call_later(FOLLOW_S, self._follow_changes)

    async def run(self) -> None:
        """Listen until cancelled."""
        await repeat("hearing hints", self._listen, RETRY_S, RedisError)

    async def _listen(self) -> None:
        stream = Stream(self._pool)
        doubt: asyncio.Task[None] | None = None
        try:
            await stream.open()
            self._stream, self._changes = stream, set(self._wanted)
            self._given_up.clear()
            self._follow_changes()
            doubt = asyncio.create_task(self._doubt(stream))
            while True:
                for answer in await stream.read():
                    self._take(answer)
        except (RedisError, OSError):
            self._failed()
            raise
        finally:
            self._stream = None
            await end_all([doubt] if doubt else [])
            await stream.close()

    def _follow_changes(self) -> None:
        """Tell the server what has changed of late, in one write."""
        self._follow_due = False
        stream = self._stream
        if stream is None:
            return  # all that is wanted is told on the next link
        changes, self._changes = self._changes, set()
        more = changes & self._wanted
        for verb, channels in zip(self._verbs, (more, changes - more), strict=True):
            if self._sharded:  # one command may only name channels of one slot
                stream.write(b"".join([packed(verb, channel) for channel in channels]))
            elif channels:
                stream.write(packed(verb, *channels))
        if self._sharded:
            self._given_up.update(changes - more)

    async def _doubt(self, stream: Stream) -> None:
        """Ask a link that has brought nothing for long, and give it up when that brings nothing either."""
        asked = False
        while True:
            before = self._brought
            await asyncio.sleep(SILENCE_S)
            silent = self._brought == before
            if silent and asked:
                stream.give_up(RedisConnectionError("The link to Redis is silent."))
            elif silent:
                stream.write(packed("PING"))
            asked = silent

    def _take(self, answer: Any) -> None:
        self._brought += 1
        if isinstance(answer, Exception):
            raise answer
        if not isinstance(answer, list):
            return  # to a ping
        kind = answer[0]
        if kind in (b"message", b"smessage"):
            self._heard(answer[1].decode(), answer[2])
        elif kind == b"sunsubscribe":
            self._left(answer[1].decode())

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
        self._placed: dict[str, Server] = {}
        self._ears: dict[Server, tuple[Ear, asyncio.Task[None]]] = {}
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

    def _place(self, channel: str, server: Server | None) -> None:
        before = self._placed.pop(channel, None)
        if before is not None and before is not server:
            self._ears[before][0].unwant(channel)
        if server is not None:
            self._placed[channel] = server
            if before is not server:
                self._ear_at(server).want(channel)

    def _ear_at(self, server: Server) -> Ear:
        if server not in self._ears:
            ear = Ear(server, self._routes.sharded, self._heard, self.get_lost)
            self._ears[server] = ear, asyncio.create_task(ear.run())
        return self._ears[server][0]
