"""Random faults at random moments, by a seed: what nobody thought of."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable
from typing import Final

from tests.faults.case import Case, Outcome
from tests.faults.catalogue import Fault
from tests.faults.place import Place
from tests.faults.runner import Options, installation, run_one, say

STEPS: Final = 3
"""Faults of one schedule, each while those before may still hurt."""

SCHEDULES_TOGETHER: Final = 25
"""Schedules on one installation; then a fresh one, so that nothing hides behind what has piled up."""


async def _kill(place: Place, chance: random.Random) -> None:
    server = chance.choice(place.servers)
    await server.kill()
    await asyncio.sleep(chance.uniform(0, 1))
    await server.start()


async def _drain(place: Place, chance: random.Random) -> None:
    server = chance.choice(place.servers)
    assert await server.drained() == 0
    await server.start()


async def _freeze(place: Place, chance: random.Random) -> None:
    server = chance.choice(place.servers)
    server.signal(signal.SIGSTOP)
    await asyncio.sleep(chance.uniform(0.2, 3))
    server.signal(signal.SIGCONT)


async def _kill_redis(place: Place, chance: random.Random) -> None:
    await place.redis.kill()
    await asyncio.sleep(chance.uniform(0, 2))
    await place.redis.start()


async def _flush_redis(place: Place, _: random.Random) -> None:
    await place.redis.say("FLUSHALL")


async def _freeze_redis(place: Place, chance: random.Random) -> None:
    place.redis.signal(signal.SIGSTOP)
    await asyncio.sleep(chance.uniform(0.2, 3))
    place.redis.signal(signal.SIGCONT)


async def _deafen(place: Place, _: random.Random) -> None:
    await place.redis.say("CLIENT", "KILL", "TYPE", "pubsub")


async def _reset_links(place: Place, chance: random.Random) -> None:
    chance.choice(place.proxies).rst()


async def _hole(place: Place, chance: random.Random) -> None:
    proxy = chance.choice(place.proxies)
    setattr(proxy, chance.choice(["hole_up", "hole_down"]), True)
    await asyncio.sleep(chance.uniform(0.2, 3))
    proxy.heal()
    proxy.rst()


async def _cut_answers(place: Place, chance: random.Random) -> None:
    for proxy in place.proxies:
        proxy.cut_down_after = chance.randrange(500)


async def _crawl(place: Place, chance: random.Random) -> None:
    proxy = chance.choice(place.proxies)
    proxy.delay_s = chance.uniform(0.05, 0.5)
    await asyncio.sleep(chance.uniform(0.2, 2))
    proxy.heal()


async def _hurt_postgres(place: Place, chance: random.Random) -> None:
    if place.postgres is not None:
        await asyncio.to_thread(place.postgres.restart, chance.choice([signal.SIGINT, signal.SIGQUIT]))


HURTS: Final[tuple[Callable[[Place, random.Random], Awaitable[None]], ...]] = (
    *(_kill, _drain, _freeze, _kill_redis, _flush_redis, _freeze_redis, _deafen),
    *(_reset_links, _hole, _cut_answers, _crawl, _hurt_postgres),
)


def plan(seed: int) -> list[tuple[float, str]]:
    """What a seed stands for: pauses in seconds and the fault that follows each."""
    chance = random.Random(seed)
    return [(chance.uniform(0, 0.8), chance.choice(HURTS).__name__.lstrip("_")) for _ in range(STEPS)]


async def _drive(case: Case) -> None:
    """The faults of the case's seed, all on the same people."""
    by_name = {hurt.__name__.lstrip("_"): hurt for hurt in HURTS}
    case.overtaking_ms = 31_000  # a killed process may have held somebody's reservation
    async with case.load(4, 2, urls=case.place.edge) as crowd:
        for pause_s, name in plan(case.seed):
            await asyncio.sleep(pause_s)
            await by_name[name](case.place, case.random)
        del crowd


def schedule(seed: int) -> Fault:
    """The fault of a seed."""
    title = " → ".join(name for _, name in plan(seed))
    return Fault(f"{seed}", title, _drive, True, ("sqlite", "postgresql"), 0, {}, False)


async def run_random(count: int, options: Options) -> list[Outcome]:
    """Run `count` schedules from the seed of the options on; one row for all, and one for each that broke."""
    total, broken = Outcome("random", f"schedules from seed {options.seed}"), []
    for start in range(0, count, SCHEDULES_TOGETHER):
        database = options.databases[start // SCHEDULES_TOGETHER % len(options.databases)]
        async with installation(database, options.processes, {}) as place:
            for seed in range(options.seed + start, options.seed + min(count, start + SCHEDULES_TOGETHER)):
                say(f"seed {seed} on {database}")
                seeded = Options(full=False, databases=(database,), processes=options.processes, seed=seed)
                outcome = await run_one(schedule(seed), place, seeded)
                total.add(outcome)
                broken += [outcome] if outcome.complaints else []
    return [total, *broken]
