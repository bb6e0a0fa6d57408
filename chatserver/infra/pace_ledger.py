"""Adds up in Redis what identities do over all processes, and closes accounts here that are overdrawn there.

No command waits for it: what was spent is reported once a second, all in one go. Without Redis every process limits by
itself.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any, Final

from redis.exceptions import NoScriptError, RedisError

from chatserver.core.background import repeat
from chatserver.infra.redis_link import RedisClient
from chatserver.infra.sockets.identity_pace import IdentityPace, Spending

EVERY_S: Final = 1.0
"""Between two reports: so long somebody may be faster on several processes than they may on one."""

TIMEOUT_S: Final = 0.5
"""What is older is not worth waiting for."""

_SCRIPT: Final = (Path(__file__).parent / "lua" / "pace.lua").read_text()


class PaceLedger:
    """Reports what was spent in this process."""

    def __init__(self, redis: RedisClient, desk: str, pace: IdentityPace) -> None:
        self._redis: Any = redis
        self._desk = desk
        self._pace = pace
        self._digest = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
        self._reported_at: float | None = None

    async def run(self) -> None:
        """Report until cancelled."""
        await repeat("adding up paces", self.report, EVERY_S, RedisError)

    async def report(self) -> None:
        """Report once. Raises `RedisError` or `TimeoutError`; what was spent is then forgotten."""
        now = asyncio.get_running_loop().time()
        elapsed_s = EVERY_S if self._reported_at is None else now - self._reported_at
        self._reported_at = now
        spent = self._pace.report(elapsed_s, now)
        if not spent:
            return
        async with asyncio.timeout(TIMEOUT_S):
            answers = await self._take(spent)
            if missing := [one for one in spent if isinstance(answers[one.identity], NoScriptError)]:
                await self._redis.script_load(_SCRIPT)
                answers |= await self._take(missing)
        for identity, wait_ms in answers.items():
            if isinstance(wait_ms, int) and wait_ms > 0:
                self._pace.close(identity, wait_ms / 1000, now)

    async def _take(self, spent: list[Spending]) -> dict[str, Any]:
        """By identity the milliseconds to wait, or the error that came instead."""
        pipeline = self._redis.pipeline(transaction=False)
        for one in spent:
            # The whole name decides the slot: identities spread over a cluster.
            key = f"pace:{self._desk}:{one.identity}"
            pipeline.execute_command("EVALSHA", self._digest, 1, key, one.rate.per_s, one.rate.burst, one.commands)
        answers = await pipeline.execute(raise_on_error=False)
        return {one.identity: answer for one, answer in zip(spent, answers, strict=True)}
