"""Counts in Redis the sockets that an identity has over all processes, and lets the oldest go for one too many.

Within a process `Connections` does so at once. Over processes it is done afterwards, within a second: no connect waits
for Redis, and without Redis every process limits by itself.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from redis.exceptions import NoScriptError, RedisError

from chatserver.core.background import repeat
from chatserver.infra.redis_link import RedisClient
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import STAFF_SOCKETS, USER_SOCKETS, Connections

EVERY_S: Final = 1.0
"""Between two reports of who came and went."""

ALL_WITHIN_S: Final = 600.0
"""Everybody who is here is reported anew in this time, in small parts: a Redis that was emptied knows them again."""

KEPT_MS: Final = 1_800_000
"""What nobody has reported for this long is gone."""

AT_ONCE: Final = 500
"""Identities in one go; making more commands would hold up the event loop."""

TIMEOUT_S: Final = 0.5

_SCRIPT: Final = (Path(__file__).parent / "lua" / "sockets.lua").read_text()


class SocketLedger:
    """Reports the sockets of this process.

    `live` gives the ids of the processes that live; `tell` is called with an identity and the ids of its connections
    that must close, wherever they are.
    """

    def __init__(
        self, redis: RedisClient, desk: str, process: str, connections: Connections, live: Callable[[], Iterable[str]]
    ) -> None:
        self._redis: Any = redis
        self._desk = desk
        self._process = process
        self._connections = connections
        self._live = live
        self._digest = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
        self._changed: dict[str, None] = {}  # in the order in which it happened
        self._told: dict[str, tuple[str, ...]] = {}  # connections that Redis knows, by identity
        self._anew: list[str] = []  # identities to be reported although nothing changed
        self.tell: Callable[[str, list[str]], None] = lambda identity, connections: None
        connections.on_change(self._note)

    def _note(self, identity: str) -> None:
        self._changed[identity] = None

    async def run(self) -> None:
        """Report until cancelled."""
        await repeat("counting sockets", self.report, EVERY_S, RedisError)

    async def report(self) -> None:
        """Report once. Raises `RedisError` or `TimeoutError`; the next report then says the same."""
        for identity in self._part_of_all():
            self._changed.setdefault(identity)
        while self._changed:
            part = list(self._changed)[:AT_ONCE]
            async with asyncio.timeout(TIMEOUT_S):
                await self._report(part)

    def _part_of_all(self) -> list[str]:
        if not self._anew:
            self._anew = list(self._told)
        count = -(-len(self._told) * EVERY_S // ALL_WITHIN_S)
        part, self._anew = self._anew[: int(count)], self._anew[int(count) :]
        return part

    async def _report(self, identities: list[str]) -> None:
        here = {one: self._connections.of(one) for one in identities}
        live = [*self._live(), self._process]
        packed = {one: self._packed(one, mine, live) for one, mine in here.items()}
        answers = await self._ask(packed)
        if any(isinstance(answer, NoScriptError) for answer in answers.values()):
            await self._redis.script_load(_SCRIPT)
            answers = await self._ask(packed)
        for identity, answer in answers.items():
            if isinstance(answer, Exception):
                raise answer
            self._keep(identity, here[identity])
            if answer:
                self.tell(identity, [socket.decode().partition("|")[2] for socket in answer])

    def _keep(self, identity: str, mine: tuple[Connection, ...]) -> None:
        if mine == self._connections.of(identity):
            self._changed.pop(identity, None)
        if mine:
            self._told[identity] = tuple(connection.id for connection in mine)
        else:
            self._told.pop(identity, None)

    def _packed(self, identity: str, mine: tuple[Connection, ...], live: list[str]) -> bytes:
        now = time.monotonic()
        here = [(self._name(one.id), (now - one.since) * 1_000) for one in mine]
        gone = set(self._told.get(identity, ())) - {one.id for one in mine}
        return msgspec.json.encode({"live": live, "gone": [*map(self._name, gone)], "here": here})

    def _name(self, connection: str) -> str:
        return f"{self._process}|{connection}"

    async def _ask(self, packed: dict[str, bytes]) -> dict[str, Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for identity, told in packed.items():
            # The whole name decides the slot: identities spread over a cluster.
            key = f"sockets:{self._desk}:{identity}"
            most = USER_SOCKETS if identity.startswith("user:") else STAFF_SOCKETS
            pipeline.execute_command("EVALSHA", self._digest, 1, key, most, KEPT_MS, told)
        answers = await pipeline.execute(raise_on_error=False)
        return dict(zip(packed, answers, strict=True))
