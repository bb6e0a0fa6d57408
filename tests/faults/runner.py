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

from tests import services
from tests.faults.case import Case, Outcome
from tests.faults.catalogue import Fault
from tests.faults.database import PostgresHouse
from tests.faults.oracle import Complaint
from tests.faults.place import Place, opened

LIMIT_S = {False: 120.0, True: 1_800.0}
"""A run that takes longer hangs: quick, full."""


TOLD: Final = 20
"""Complaints of one run that are printed; more of the same say no more."""


class Options:
    """What to run: `databases` by name, so many `processes` each, all of it or the quick part."""

    def __init__(self, *, full: bool, databases: tuple[str, ...], processes: int, seed: int = 0) -> None:
        self.full = full
        self.databases = databases
        self.processes = processes
        self.seed = seed


async def run_all(faults: Iterable[Fault], options: Options) -> list[Outcome]:
    """Run faults; those with the same needs share an installation."""
    table: dict[str, Outcome] = {}
    chosen = [fault for fault in faults if options.full or fault.quick]
    for database in options.databases:
        groups: dict[tuple[int, bool, tuple[tuple[str, str], ...], str], list[Fault]] = {}
        for fault in chosen:
            if database in fault.databases:
                needs = fault.processes or options.processes, fault.small_disk, tuple(sorted(fault.settings.items()))
                groups.setdefault((*needs, fault.name if fault.own else ""), []).append(fault)
        for (processes, small, settings, _), group in groups.items():
            async with installation(database, processes, dict(settings), small=small) as place:
                for fault in group:
                    outcome = await run_one(fault, place, options)
                    known = table.setdefault(fault.name, Outcome(fault.name, fault.title))
                    known.add(outcome)
    return list(table.values())


async def run_one(fault: Fault, place: Place, options: Options, limit_s: float = 0) -> Outcome:
    """One run of one fault, in its usual time unless another is given; whatever breaks it is a complaint."""
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
