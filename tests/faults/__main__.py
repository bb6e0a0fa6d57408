"""`python -m tests.faults quick|full|random|soak|scale`: drives faults, prints a table; exit code 1: a rule broke."""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.faults import matrix
from tests.faults.runner import Options, run_all, say, table_of
from tests.faults.scale import run_scale
from tests.faults.schedules import run_random
from tests.faults.soak import run_soak

PROCESSES = 2
"""Enough for everything that happens between processes, and no more than two cores can carry beside the clients."""

LANES = 2
"""Installations of a quick run at a time: most of what happens there is waiting."""


def main() -> int:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(prog="dev.py faults", description=__doc__)
    parser.add_argument("what", choices=["quick", "full", "random", "soak", "scale"])
    parser.add_argument("names", nargs="*", help="faults by name, such as F01; all when left out")
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--lanes", type=int, default=0, help="installations at a time")
    parser.add_argument("--count", type=int, default=200, help="random schedules")
    parser.add_argument("--minutes", type=float, default=60.0, help="of a soak")
    parser.add_argument("--csv", type=Path, default=Path("soak.csv"), help="where a soak's samples go")
    parser.add_argument("--seed", type=int, default=1, help="of the first random schedule")
    given = parser.parse_intermixed_args()
    say(f"seed {given.seed}")
    full = given.what == "full"
    databases = tuple(given.database or (["sqlite", "postgresql"] if full else ["sqlite"]))
    processes = given.processes or (4 if full else PROCESSES)
    lanes = given.lanes or (1 if full else LANES)
    options = Options(full=full, databases=databases, processes=processes, seed=given.seed, lanes=lanes)
    if given.what == "random":
        outcomes = asyncio.run(run_random(given.count, options))
    elif given.what == "scale":
        outcomes = asyncio.run(run_scale(given.names, options))
    elif given.what == "soak":
        options.processes = given.processes or 3  # the last one is never killed
        outcomes = asyncio.run(run_soak(given.minutes, options, given.csv))
    else:
        outcomes = asyncio.run(run_all(matrix.chosen(given.names), options))
    print(table_of(outcomes))  # noqa: T201  (the result of the command)
    return int(any(one.complaints for one in outcomes))


sys.exit(main())
