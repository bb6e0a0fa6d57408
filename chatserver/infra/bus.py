"""Hints between processes, over Redis: "look at this conversation", and what passes by.

Nothing durable travels here and nothing is believed: a hint makes a process read SQL, and an
envelope with something passing is signed. A lost hint is found by a slow tick. Publishing never
waits and never fails its caller.
"""

import asyncio
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import msgspec
import structlog
from redis.exceptions import RedisError

from chatserver.core.background import together
from chatserver.infra import canary
from chatserver.infra.canary import Canary
from chatserver.infra.hint_ears import Ears
from chatserver.infra.hint_routes import routes_of
from chatserver.infra.redis_link import RedisClient, Server

PUBLISH_TIMEOUT_S: Final = 0.5
"""A paused Redis must not hold up what waits behind it."""

BACKLOG: Final = 10_000
"""Hints kept while Redis is away; beyond it the oldest go, the tick finds what they said."""

SIGNATURE_BYTES: Final = 16

_decoder: Final = msgspec.json.Decoder(dict[str, Any])
log = structlog.get_logger(__name__)


class DeafError(RuntimeError):
    """Redis takes what this process says, and nothing comes back: only a new process mends that."""


class Bus:
    """Publishes and hears hints. `heard` gets every hint of the channels asked for."""

    def __init__(self, redis: RedisClient, desk: str, secret: bytes, process: str) -> None:
        # No hash tag: on a cluster channels spread over all shards.
        self._prefix = f"hint:{desk}:"
        self._secret = secret
        self._process = process
        self._mine = msgspec.json.encode({"from": process})[:-1]  # how each of its hints begins
        self._routes = routes_of(redis)
        self._ears = Ears(self._routes, self._hear, self._keep_canaries)
        self._ears.want(self._prefix + "all")  # PUBSUB NUMSUB of it tells how many processes listen
        self._canaries: dict[str, Canary] = {}
        command = b"SPUBLISH" if self._routes.sharded else b"PUBLISH"
        self._publish = b"*3\r\n$%d\r\n%b\r\n" % (len(command), command)
        self._outbox: dict[int, tuple[str, bytes]] = {}
        self._count = 0
        self._outgoing = asyncio.Event()
        self.heard: Callable[[str, dict[str, Any]], None] = lambda channel, hint: None
        """Who is told of every hint of a channel that is wanted."""
        self.lost = 0
        """Hints that were not sent."""

    @property
    def deaf_for_s(self) -> float:
        """How long nothing has come back that Redis took, at worst; 0 while Redis is away."""
        now = _now()
        return max((one.deaf_for_s(now) for one in self._canaries.values()), default=0.0)

    @property
    def lag_s(self) -> float:
        """How long the last hint of this process to itself was under way, over the slowest server."""
        return max((one.lag_s for one in self._canaries.values()), default=0.0)

    @property
    def hears(self) -> bool:
        """False when hints of other processes do not arrive, though Redis is there."""
        return self.deaf_for_s < canary.DEAF_S

    def want(self, channel: str) -> None:
        """Hear a channel from soon on."""
        self._ears.want(self._prefix + channel)

    def unwant(self, channel: str) -> None:
        """Hear a channel no longer."""
        self._ears.unwant(self._prefix + channel)

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
        """Publish and listen until cancelled. Raises `DeafError` when listening cannot be mended."""
        try:
            await together(self._publish_all(), self._ears.run(), self._sing_always())
        finally:
            await self._routes.close()

    async def _publish_all(self) -> None:
        while True:
            await self._outgoing.wait()
            self._outgoing.clear()
            batch, self._outbox = list(self._outbox.values()), {}
            by_server: dict[Server, list[bytes]] = defaultdict(list)
            homeless = 0
            for channel, payload in batch:
                name = self._prefix + channel
                try:
                    by_server[self._routes.server_of(name)].append(self._packed(name, payload))
                except RedisError:
                    homeless += 1
            if homeless:
                self._not_sent(homeless, "no server")
            sending = [self._publish_at(server, part) for server, part in by_server.items()]
            # A task of its own would cost more than the hint.
            await (sending[0] if len(sending) == 1 else asyncio.gather(*sending))

    def _packed(self, name: str, payload: bytes) -> bytes:
        """The command as it goes over the wire; the client takes longer to make it than all else about a hint."""
        channel = name.encode()
        return b"%b$%d\r\n%b\r\n$%d\r\n%b\r\n" % (self._publish, len(channel), channel, len(payload), payload)

    async def _publish_at(self, server: Server, commands: list[bytes]) -> None:
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                answers = await server.wire.ask(b"".join(commands), len(commands))
        except (RedisError, OSError, TimeoutError) as error:
            self._not_sent(len(commands), type(error).__name__)
        else:
            refused = [answer for answer in answers if isinstance(answer, Exception)]
            if refused:
                self._not_sent(len(refused), type(refused[0]).__name__)

    def _not_sent(self, count: int, why: str) -> None:
        self.lost += count
        self._ears.get_lost()
        log.warning("hints_lost", count=count, error=why)

    # Hearing oneself

    def _keep_canaries(self) -> None:
        """One canary for every server that carries hints."""
        names = self._routes.one_for_each(f"{self._prefix}canary:{self._process}")
        for gone in self._canaries.keys() - set(names):
            self._ears.unwant(gone)
            del self._canaries[gone]
        for name in names:
            self._ears.want(name)
            self._canaries.setdefault(name, Canary())

    async def _sing_always(self) -> None:
        while True:
            await asyncio.gather(*(self._sing(name, one) for name, one in self._canaries.items()))
            now = _now()
            if self.deaf_for_s >= canary.END_S:
                log.critical("hints_deaf", seconds=round(self.deaf_for_s), action="this process ends")
                raise DeafError("Redis answers, but hints do not arrive.")
            for name, one in self._canaries.items():
                if one.deaf_for_s(now) >= canary.RENEW_S:
                    log.warning("hints_deaf", seconds=round(one.deaf_for_s(now)), action="a new link")
                    self._ears.renew(name)
            await asyncio.sleep(canary.EVERY_S)

    async def _sing(self, name: str, one: Canary) -> None:
        channel = name.removeprefix(self._prefix)
        packed = msgspec.json.encode({"from": self._process})
        one.sung(_now())  # before it is sent: it may be heard before the answer
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                song = self._packed(name, self._sign(channel, packed) + packed)
                answers = await self._routes.server_of(name).wire.ask(song, 1)
            if isinstance(answers[0], Exception):
                raise answers[0]
        except (RedisError, OSError, TimeoutError):
            one.away()
            self._ears.get_lost()

    def _hear(self, name: str, payload: bytes) -> None:
        if payload.startswith(self._mine, SIGNATURE_BYTES) and name not in self._canaries:
            return  # whoever signed it: what this process says to others it knows already
        channel = name.removeprefix(self._prefix)
        signature, packed = payload[:SIGNATURE_BYTES], payload[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(channel, packed)):
            log.warning("hint_forged", channel=channel[:64])
            return
        if name in self._canaries:
            self._canaries[name].heard(_now())
            return
        try:
            hint = _decoder.decode(packed)
            if hint["from"] != self._process:
                self.heard(channel, hint)
        except Exception as error:
            # One of ours, but of another version: nobody else's hints may be lost for it.
            log.error("hint_not_understood", channel=channel[:64], error=type(error).__name__)  # noqa: TRY400  (no texts)


def _now() -> float:
    return asyncio.get_running_loop().time()
