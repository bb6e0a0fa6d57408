"""An hour of load with kills: what every process holds is sampled, and must not grow."""

import asyncio
import csv
import random
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TextIO

from msgspec import Struct

from chatserver.client import ChatError
from tests.faults import oracle
from tests.faults.case import Case, Outcome, acks_ms, pages
from tests.faults.catalogue import Fault
from tests.faults.oracle import Reading
from tests.faults.people import Customer, some
from tests.faults.place import Place
from tests.faults.processes import Server
from tests.faults.runner import Options, installation, run_one, say
from tests.faults.schedules import HURTS

LANES: Final = 24
"""Users who are there at a time; each lane is one after the other."""

AGENTS: Final = 9
TALKS: Final = 12
"""Messages of one user."""

PAUSE_S: Final = 1.0
SAMPLE_S: Final = 10.0
HURT_EVERY_S: Final = 20.0
WARM_SHARE: Final = 0.5
"""The first part of the time does not count for the slope: the caches of keys, words and of what was seen are only full
after some thousand visitors."""

GROWTH_MB: Final = 8.0
"""Megabytes an hour that the slope of the unhurt process may be: what an hour's noise of the allocator comes to."""

FDS: Final = 10.0
"""Descriptors an hour, likewise."""


SLOPE_FROM_S: Final = 900.0
"""Of a shorter run the slope says nothing."""


class Look(Struct, frozen=True):
    """What a process holds at an instant, in seconds since the beginning."""

    t: float
    process: str
    rss_mb: float
    fds: int
    log_mb: float


class Slope(Struct, frozen=True):
    """Growth of the unhurt process an hour, and where it began and ended."""

    rss_mb_h: float
    fds_h: float
    first: Look
    last: Look


def slope_of(looks: list[Look]) -> Slope:
    """The straight line that fits best, after the warm part."""
    end = looks[-1].t
    kept = [one for one in looks if one.t >= WARM_SHARE * end] or looks
    hours = [one.t / 3_600 for one in kept]
    memory, files = [one.rss_mb for one in kept], [float(one.fds) for one in kept]
    return Slope(_fit(hours, memory), _fit(hours, files), kept[0], kept[-1])


def _fit(xs: list[float], ys: list[float]) -> float:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread if spread else 0.0


class Soak:
    """One run: visitors come and go, somebody is hurt now and then, everybody is looked at."""

    def __init__(self, case: Case, minutes: float, out: TextIO) -> None:
        self._case = case
        self._place = case.place
        self._until = time.monotonic() + 60 * minutes
        self._began = time.monotonic()
        self._rows = csv.writer(out)
        self._out = out
        self.looks: list[Look] = []
        self.visitors = 0
        self.hurts = 0

    @property
    def steady(self) -> Server:
        """The process that is never killed: its memory has the whole time to grow."""
        return self._place.servers[-1]

    @property
    def is_over(self) -> bool:
        """Whether the time has passed."""
        return time.monotonic() >= self._until

    async def run(self) -> None:
        """All of it."""
        self._rows.writerow(Look.__struct_fields__)
        async with self._case.people(0, AGENTS, urls=self._place.edge):
            watching = asyncio.create_task(self._watch())
            async with asyncio.TaskGroup() as group:  # without hurts it would be no soak
                group.create_task(self._hurt())
                for number in range(LANES):
                    group.create_task(self._lane(number))
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _lane(self, number: int) -> None:
        await asyncio.sleep(number * PAUSE_S / 4)
        while not self.is_over:
            await self._visit(some("visitor"))

    async def _visit(self, name: str) -> None:
        """One user from hello to goodbye; what was acknowledged is there afterwards."""
        first = len(self._place.history.records)
        user = Customer(self._place, name)
        async with user.here(self._place.edge):
            await user.start()
            for number in range(TALKS):
                await user.say(user.conversation, f"talk {number}")
                await asyncio.sleep(PAUSE_S)
            await user.close()
            try:
                events = await pages(user, user.conversation)
            except ChatError as refusal:
                self._case.check(False, f"{name} could not read it again: {refusal.code}")
                return
        self.visitors += 1
        readings = [Reading(user.conversation, name, events)]
        self._case.judged.add(user.conversation)
        records = [one for one in self._place.history.records[first:] if one.conversation == user.conversation]
        self._case.complaints += [
            *oracle.acked_is_kept(records, readings),
            *oracle.nothing_twice(records, readings),
            *oracle.no_gaps(readings),
            *oracle.senders_order(records),
            *oracle.one_owner(readings),
        ]

    async def _hurt(self) -> None:
        chance = random.Random(self._case.seed)
        hurtable = _Some(self._place)
        while time.monotonic() < self._until - HURT_EVERY_S:
            await asyncio.sleep(HURT_EVERY_S)
            hurt = chance.choice(HURTS)
            say(
                f"{time.monotonic() - self._began:6.0f} s  {hurt.__name__.lstrip('_')}, {self.visitors} visitors so far"
            )
            await hurt(hurtable, chance)  # type: ignore[arg-type]
            await self._place.mend()
            self.hurts += 1

    async def _watch(self) -> None:
        while True:
            for server in self._place.servers:
                if server.running:
                    self._look(server)
            self._out.flush()
            await asyncio.sleep(SAMPLE_S)

    def _look(self, server: Server) -> None:
        wal = self._place.folder / "data" / "chatserver.db-wal"
        log_mb = wal.stat().st_size / 2**20 if wal.exists() else 0.0
        t = time.monotonic() - self._began
        try:
            look = Look(t, server.name, server.resident_kb() / 1_024, server.descriptors(), log_mb)
        except (OSError, StopIteration):
            return  # it ended just now
        self._rows.writerow([round(value, 1) if isinstance(value, float) else value for value in _fields(look)])
        if server is self.steady:
            self.looks.append(look)


class _Some:
    """The place without the process that is not to be killed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.servers = place.servers[:-1]

    def __getattr__(self, name: str) -> object:
        return getattr(self._place, name)


def _fields(look: Look) -> Iterable[object]:
    return (getattr(look, name) for name in Look.__struct_fields__)


async def run_soak(minutes: float, options: Options, file: Path) -> list[Outcome]:
    """Load with kills for so many minutes; samples go to the file, the slope of the unhurt process is said."""
    database = options.databases[0]
    async with installation(database, options.processes, {"CHATSERVER_LOG_LEVEL": "info"}) as place:

        async def drive(case: Case) -> None:
            with file.open("w", newline="") as out:
                soak = Soak(case, minutes, out)
                await soak.run()
            _judge(case, soak)

        fault = Fault("soak", f"{minutes:g} minutes on {database}", drive, True, (database,), 0, {}, False)
        outcome = await run_one(fault, place, options, limit_s=60 * minutes + 300)
    return [outcome]


def _judge(case: Case, soak: Soak) -> None:
    slope, records = slope_of(soak.looks), case.records()
    first, last = slope.first, slope.last
    say(f"{soak.visitors} visitors, {soak.hurts} faults; acks p50 {acks_ms(records, 0.5):.0f} ms")
    say(f"memory {first.rss_mb:.0f} → {last.rss_mb:.0f} MB, slope {slope.rss_mb_h:+.1f} MB/h")
    say(f"descriptors {first.fds} → {last.fds}, slope {slope.fds_h:+.1f}/h; database log {last.log_mb:.0f} MB")
    case.check(soak.visitors > 0, "nobody came")
    if last.t < SLOPE_FROM_S:
        return
    case.check(slope.rss_mb_h <= GROWTH_MB, f"memory grows by {slope.rss_mb_h:.1f} MB an hour")
    case.check(slope.fds_h <= FDS, f"descriptors grow by {slope.fds_h:.1f} an hour")
