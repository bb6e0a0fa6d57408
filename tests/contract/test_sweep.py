"""Who sweeps everything, and when: somebody every ten seconds, whoever holds the lease then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from chatserver.desk import sweep as sweeping
from chatserver.desk.sweep import Sweep
from tests.desk_house import CLOCKS, DeskHouse, desk_house

TURNS = 60


@pytest.fixture
async def house(sqlite_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DeskHouse]:
    monkeypatch.setattr(sweeping, "EVERY_S", 0.001)
    monkeypatch.setattr(sweeping, "LEASE_MS", 2)  # goes from one to the other all the time
    async with desk_house(sqlite_url, redis_url) as made:
        yield made


class Swept:
    """What two processes swept: by whom, and whether it was everything."""

    def __init__(self) -> None:
        self.passes: list[tuple[str, bool]] = []
        self._enough = asyncio.Event()
        self._wanted = 0

    def follow(self, sweep: Sweep, name: str) -> None:
        """Remember the passes of a process instead of doing them."""

        async def passes(*, heavy: bool = False) -> bool:
            self.passes.append((name, heavy))
            if len(self.passes) >= self._wanted:
                self._enough.set()
            return True

        sweep.sweep = passes  # type: ignore[method-assign]

    async def more(self) -> list[tuple[str, bool]]:
        """The next passes."""
        first = len(self.passes)
        self._wanted = first + TURNS
        self._enough.clear()
        await self._enough.wait()
        return self.passes[first : self._wanted]


@asynccontextmanager
async def two_processes(house: DeskHouse) -> AsyncIterator[tuple[Swept, Sweep]]:
    one = house.rooms.sweep
    other = Sweep(one._ground, house.rooms.pairing, house.rooms.presence, house.rooms.rebuild, CLOCKS)
    other._process = "other"
    swept = Swept()
    swept.follow(one, "one")
    swept.follow(other, "other")
    tasks = [asyncio.create_task(sweep.run()) for sweep in (one, other)]
    try:
        yield swept, one
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_all_is_swept_once_in_its_time_whoever_holds_the_lease(house: DeskHouse) -> None:
    async with two_processes(house) as (swept, one):
        passes = await swept.more()
        assert {name for name, _ in passes} == {"one", "other"}, "the lease goes round"
        # Once by each at most: a lease of two milliseconds may end before the first has said that it swept.
        assert [heavy for _, heavy in passes].count(True) in (1, 2)
        await one._ground.queue.prolong(sweeping.SWEEP_OF_ALL, 0)  # ten seconds are over
        assert [heavy for _, heavy in await swept.more()].count(True) in (1, 2)


async def test_all_is_swept_at_once_when_redis_was_away(house: DeskHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    async with two_processes(house) as (swept, one):
        await swept.more()
        queue = one._ground.queue
        refused, lease = set[str](), queue.lease

        async def away(name: str, holder: str, ttl_ms: int) -> bool:
            if holder not in refused:
                refused.add(holder)
                raise RedisConnectionError("away")
            return await lease(name, holder, ttl_ms)

        monkeypatch.setattr(queue, "lease", away)
        passes = await swept.more()
        # The index may be another one, so that each who saw it looks once at least, though it was swept just now.
        assert {name for name, heavy in passes if heavy} == {"one", "other"}
        assert not any(heavy for _, heavy in (await swept.more())[TURNS // 2 :])
