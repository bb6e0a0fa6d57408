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

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from chatserver.core.background import end_all, repeat, together

RETRY_S: Final = 1.0
"""Fixed: after an outage everybody hears again within a second."""

PUBLISH_TIMEOUT_S: Final = 0.5
"""A paused Redis must not hold up what waits behind it."""

BACKLOG: Final = 10_000
"""Hints kept while Redis is away; beyond it the oldest go, the tick finds what they said."""

SILENCE_S: Final = 5.0
"""A link that has brought nothing for this long is asked; without an answer in as long it is made anew."""

SIGNATURE_BYTES: Final = 16

_decoder: Final = msgspec.json.Decoder(dict[str, Any])
log = structlog.get_logger(__name__)


class Bus:
    """Publishes and hears hints. `heard` gets every hint of the channels asked for."""

    def __init__(self, redis: "RedisClient", desk: str, secret: bytes, process: str) -> None:
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
        """Who is told of every hint of a channel that is wanted."""
        self.lost = 0
        """Hints that were not sent."""

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
        await repeat("hearing hints", self._listen, RETRY_S, RedisError)

    async def _listen(self) -> None:
        pubsub = self._redis.pubsub()
        heard: set[str] = set()
        try:
            # A subscription must exist before the connection may be read.
            await pubsub.subscribe(self._prefix + "all")
            reader = asyncio.create_task(self._read(pubsub))
            tasks: list[asyncio.Task[Any]] = [reader]
            try:
                while not reader.done():
                    await self._follow_wanted(pubsub, heard)
                    tasks[1:] = [asyncio.create_task(self._changed.wait())]
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                reader.result()
            finally:
                await end_all(tasks)
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
        """Hear until the link fails; one that brings nothing is asked whether it lives."""
        asked = False
        while True:
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is None and asked:
                raise RedisConnectionError("The link to Redis is silent.")
            asked = message is None
            if message is None:
                await pubsub.ping()
            elif message["type"] == "message":
                self._hear(message["channel"].decode().removeprefix(self._prefix), message["data"])

    def _hear(self, channel: str, payload: bytes) -> None:
        signature, packed = payload[:SIGNATURE_BYTES], payload[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(channel, packed)):
            log.warning("hint_forged", channel=channel[:64])
            return
        try:
            hint = _decoder.decode(packed)
            if hint["from"] != self._process:
                self.heard(channel, hint)
        except Exception as error:
            # One of ours, but of another version: nobody else's hints may be lost for it.
            log.error("hint_not_understood", channel=channel[:64], error=type(error).__name__)  # noqa: TRY400  (no texts)
