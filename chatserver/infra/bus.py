"""Hints between processes, over Redis: "look at this conversation", and what passes by.

Nothing durable travels here and nothing is believed: a hint makes a process read SQL, and an
envelope with something passing is signed. A lost hint is found by a slow tick. Publishing never
waits and never fails its caller.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatserver.core.background import end_all, together

RETRY_S: Final = 1.0
"""Fixed: after an outage everybody hears again within a second."""

PUBLISH_TIMEOUT_S: Final = 0.5
"""A paused Redis must not hold up what waits behind it."""

BACKLOG: Final = 10_000
"""Hints kept while Redis is away; beyond it the oldest go, the tick finds what they said."""

SIGNATURE_BYTES: Final = 16

log = structlog.get_logger(__name__)


class Bus:
    """Publishes and hears hints. `heard` gets every hint of the channels asked for."""

    def __init__(self, redis: "Redis", desk: str, secret: bytes, process: str) -> None:
        self._redis: Any = redis
        self._prefix = f"{{{desk}}}:hint:"
        self._secret = secret
        self._process = process
        self._outbox: dict[int, tuple[str, bytes]] = {}
        self._count = 0
        self._wanted: set[str] = set()
        self._outgoing = asyncio.Event()
        self._changed = asyncio.Event()
        self.heard: Callable[[str, dict[str, Any]], None] = lambda channel, hint: None
        self.lost = 0

    def want(self, channel: str) -> None:
        """Hear a channel from soon on."""
        if channel not in self._wanted:
            self._wanted.add(channel)
            self._changed.set()

    def unwant(self, channel: str) -> None:
        """Hear a channel no longer."""
        if channel in self._wanted:
            self._wanted.discard(channel)
            self._changed.set()

    def publish(self, channel: str, hint: dict[str, Any]) -> None:
        """Send a hint to all other processes that hear the channel."""
        packed = msgspec.json.encode({"from": self._process, **hint})
        self._count += 1
        self._outbox[self._count] = channel, self._sign(channel, packed) + packed
        if len(self._outbox) > BACKLOG:
            del self._outbox[next(iter(self._outbox))]
            self.lost += 1
        self._outgoing.set()

    def _sign(self, channel: str, packed: bytes) -> bytes:
        message = channel.encode() + b"\n" + packed
        return hmac.digest(self._secret, message, hashlib.sha256)[:SIGNATURE_BYTES]

    async def run(self) -> None:
        """Publish and listen until cancelled."""
        await together(self._publish_all(), self._listen_always())

    async def _publish_all(self) -> None:
        while True:
            await self._outgoing.wait()
            self._outgoing.clear()
            batch, self._outbox = list(self._outbox.values()), {}
            pipeline = self._redis.pipeline(transaction=False)
            for channel, payload in batch:
                pipeline.publish(self._prefix + channel, payload)
            try:
                async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                    await pipeline.execute()
            except (RedisError, OSError, TimeoutError) as error:
                self.lost += len(batch)
                log.warning("hints_lost", count=len(batch), error=type(error).__name__)

    async def _listen_always(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("hints_unheard", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _listen(self) -> None:
        pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        heard: set[str] = set()
        try:
            # A subscription must exist before the connection may be read.
            await pubsub.subscribe(self._prefix + "all")
            reader = asyncio.create_task(self._read(pubsub))
            try:
                while not reader.done():
                    await self._follow_wanted(pubsub, heard)
                    changed = asyncio.create_task(self._changed.wait())
                    await asyncio.wait([changed, reader], return_when=asyncio.FIRST_COMPLETED)
                    changed.cancel()
                reader.result()
            finally:
                await end_all([reader])
        finally:
            with suppress(RedisError, OSError):
                await pubsub.aclose()

    async def _follow_wanted(self, pubsub: Any, heard: set[str]) -> None:
        self._changed.clear()
        more, fewer = self._wanted - heard, heard - self._wanted
        if more:
            await pubsub.subscribe(*(self._prefix + channel for channel in more))
        if fewer:
            await pubsub.unsubscribe(*(self._prefix + channel for channel in fewer))
        heard |= more
        heard -= fewer

    async def _read(self, pubsub: Any) -> None:
        while True:
            message = await pubsub.get_message(timeout=None)
            if message is not None and message["type"] == "message":
                self._hear(message["channel"].decode(), message["data"])

    def _hear(self, channel: str, payload: bytes) -> None:
        channel = channel.removeprefix(self._prefix)
        signature, packed = payload[:SIGNATURE_BYTES], payload[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(channel, packed)):
            log.warning("hint_forged", channel=channel[:64])
            return
        hint = msgspec.json.decode(packed)
        if hint.get("from") != self._process:
            self.heard(channel, hint)
