"""The expected wait: the measured rate of the last while × agents in service, as a range.

The rate is measured only while somebody waits, since an idle desk says nothing of its speed.
"""

import math
from typing import Any, Final

from msgspec import Struct

WINDOW_MIN: Final = 30
"""The last while: long enough for some pairings, short enough to follow the day."""

LEAST_PAIRED: Final = 3
"""Fewer pairings than this tell nothing."""


class Rate(Struct, frozen=True):
    """What was measured of a lane: pairings, and agent-milliseconds while somebody waited."""

    paired: int
    busy_ms: int


def estimate_s(position: int, rate: Rate, agents: int) -> tuple[int, int] | None:
    """Expected wait in seconds as `(low, high)`, None while too little is known.

    Pairings come as a Poisson stream, so the time to the n-th is n/λ give or take √n/λ.
    """
    if rate.paired < LEAST_PAIRED or rate.busy_ms <= 0 or agents <= 0:
        return None
    per_s = rate.paired / rate.busy_ms * 1_000 * agents
    spread = math.sqrt(position)
    low, high = (position - spread) / per_s, (position + spread) / per_s
    return math.floor(low), math.ceil(high)


class Rates:
    """Counts pairings and agent time by lane and minute, in Redis, for all processes."""

    def __init__(self, redis: Any, desk: str) -> None:
        self._redis = redis
        self._desk = desk

    def _key(self, tier: int, skill: str, minute: int) -> str:
        return f"{{{self._desk}}}:rate:{tier}:{skill}:{minute}"

    async def count(self, tier: int, skill: str, now: int, *, paired: int, busy_ms: int) -> None:
        """Add to the present minute of a lane."""
        key = self._key(tier, skill, now // 60_000)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hincrby(key, "paired", paired)
        pipeline.hincrby(key, "busy_ms", busy_ms)
        pipeline.expire(key, (WINDOW_MIN + 1) * 60)
        await pipeline.execute()

    async def rate(self, tier: int, skill: str, now: int) -> Rate:
        """What was measured of a lane in the last while."""
        minute = now // 60_000
        pipeline = self._redis.pipeline(transaction=False)
        for past in range(WINDOW_MIN):
            pipeline.hmget(self._key(tier, skill, minute - past), "paired", "busy_ms")
        counts = [[int(count or 0) for count in row] for row in await pipeline.execute()]
        return Rate(sum(row[0] for row in counts), sum(row[1] for row in counts))
