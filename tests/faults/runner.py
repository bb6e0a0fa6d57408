"""Runs faults of the matrix against installations and collects the table."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests import services
from tests.faults.case import Case, Outcome
from tests.faults.catalogue import Fault
from tests.faults.database import PostgresHouse
from tests.faults.oracle import Complaint
from tests.faults.place import Place, opened

LIMIT_S = {False: 120.0, True: 1_800.0}
"""A run that takes longer hangs: quick, full."""


DIVIDED: Final = 6
"""A group of more faults is worth a second installation."""

TOLD: Final = 20
"""Complaints of one run that are printed; more of the same say no more."""


class Options:
    """What to run: `databases` by name, so many `processes` each, all of it or the quick part, `lanes` at a time."""

    def __init__(
        self, *, full: bool, databases: tuple[str, ...], processes: int, seed: int = 0, lanes: int = 1
    ) -> None:
        self.full = full
        self.databases = databases
        self.processes = processes
        self.seed = seed
        self.lanes = lanes


class Group(Struct, frozen=True):
    """Faults that share an installation, one after the other."""

    database: str
    processes: int
    settings: dict[str, str]
    small_disk: bool
    faults: list[Fault]


def groups_of(faults: Iterable[Fault], options: Options) -> Iterator[Group]:
    """Faults with the same needs together; where there are lanes, large groups are divided among them."""
    for database in options.databases:
        alike: dict[tuple[int, bool, tuple[tuple[str, str], ...], str, bool], list[Fault]] = {}
        for fault in faults:
            if database in fault.databases:
                needs = fault.processes or options.processes, fault.small_disk, tuple(sorted(fault.settings.items()))
                calm = fault.calm and options.lanes > 1
                alike.setdefault((*needs, fault.name if fault.own else "", calm), []).append(fault)
        for (processes, small, settings, _, calm), group in alike.items():
            parts = options.lanes if len(group) > DIVIDED and not calm else 1
            for part in range(parts):
                yield Group(database, processes, dict(settings), small, group[part::parts])


async def run_all(faults: Iterable[Fault], options: Options) -> list[Outcome]:
    """Run faults; those that judge milliseconds last, each by itself."""
    table: dict[str, Outcome] = {}
    chosen = [fault for fault in faults if options.full or fault.quick]
    room = asyncio.Semaphore(options.lanes)

    async def run(group: Group) -> None:
        async with room:
            await _run_group(group, options, table)

    # The longest first: the last one decides when all are done.
    groups = sorted(groups_of(chosen, options), key=lambda group: -len(group.faults))
    calm = [group for group in groups if options.lanes > 1 and group.faults[0].calm]
    await asyncio.gather(*(run(group) for group in groups if group not in calm))
    for group in calm:
        await run(group)
    return [table[fault.name] for fault in chosen if fault.name in table]


async def _run_group(group: Group, options: Options, table: dict[str, Outcome]) -> None:
    async with installation(group.database, group.processes, group.settings, small=group.small_disk) as place:
        for fault in group.faults:
            outcome = await run_one(fault, place, options)
            table.setdefault(fault.name, Outcome(fault.name, fault.title)).add(outcome)


async def run_one(fault: Fault, place: Place, options: Options, limit_s: float = 0) -> Outcome:
    """One run of one fault, in its usual time unless another is given; whatever breaks it is a complaint."""
    place.forget()
    case = Case(fault.name, place, full=options.full, seed=options.seed)
    began = time.monotonic()
    try:
        async with asyncio.timeout(limit_s or LIMIT_S[options.full]):
            await fault.drive(case)
    except TimeoutError as late:
        case.complaints.append(Complaint(fault.name, "broken", f"it hangs: {late!r}"))
    except Exception as broken:
        case.complaints.append(Complaint(fault.name, "broken", f"it could not be driven: {broken!r}"))
    try:
        await place.mend()
    except (AssertionError, TimeoutError) as dead:
        case.complaints.append(Complaint(fault.name, "broken", f"a server has ended by itself: {dead}"))
        await place.mend()
    case.complaints += await place.grown()
    outcome = case.outcome(fault.title)
    say(f"{fault.name:<4} {fault.title}: {time.monotonic() - began:.1f} s, {outcome.acked} acked")
    for complaint in outcome.complaints[:TOLD]:
        say(f"     {complaint.rule}: {complaint.text}")
    if len(outcome.complaints) > TOLD:
        say(f"     … and {len(outcome.complaints) - TOLD} more")
    return outcome


@contextmanager
def small_disk(folder: Path, megabytes: int = 8) -> Iterator[None]:
    """A file system of its own in memory at the folder; needs root."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@asynccontextmanager
async def installation(
    database: str, processes: int, settings: dict[str, str], *, small: bool = False
) -> AsyncIterator[Place]:
    """Servers on a database by name, in a folder that is thrown away, on a small disk of its own if wanted."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if small:
            (folder / "data").mkdir()
            stack.enter_context(small_disk(folder / "data"))
        url, house = "", None
        if database == "postgresql":
            house = stack.enter_context(PostgresHouse())
            url = await stack.enter_async_context(services.fresh_database(house.url))
        place = await stack.enter_async_context(opened(folder, url, processes, **settings))
        place.postgres = house
        yield place


def table_of(outcomes: Iterable[Outcome]) -> str:
    """The table as Markdown."""
    lines = [
        "| test | runs | acked | lost | duplicated | misordered | longest recovery | verdict |",
        "| --- " * 8 + "|",
    ]
    for one in outcomes:
        verdict = "broken" if one.complaints else "holds"
        cells = [f"{one.test} {one.title}", one.runs, one.acked, one.lost, one.duplicated, one.misordered]
        lines.append(f"| {' | '.join(map(str, cells))} | {one.recovery_s:.1f} s | {verdict} |")
    return "\n".join(lines)


def say(line: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
