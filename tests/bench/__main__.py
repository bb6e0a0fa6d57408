"""`python -m tests.bench [SCENE…]`: measures the product beside its peers and prints tables."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Final

from tests.bench.curve import curve
from tests.bench.fleet import fleet
from tests.bench.growth import growth
from tests.bench.pairing import pairing
from tests.bench.scenes import CONTENDERS, SERVER_CORE, Figures, Plan, idle, latency, messages
from tests.bench.servers import versions
from tests.bench.table import table_of

SCENES: Final[dict[str, Callable[[Plan], list[Figures]]]] = {
    "messages": messages,
    "latency": latency,
    "curve": curve,
    "idle": idle,
    "fleet": fleet,
    "pairing": pairing,
    "growth": growth,
}


def main() -> int:
    """Do what the arguments ask."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []], help="all when left out")
    parser.add_argument("--rounds", type=int, default=Plan.rounds)
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="of one run of one contender")
    parser.add_argument("--only", action="append", choices=list(CONTENDERS), help="contenders; all when left out")
    parser.add_argument("--waiting", type=int, default=Plan.waiting, help="users in the queue of the scene pairing")
    parser.add_argument("--rows", type=int, default=Plan.rows, help="messages stored at most in the scene growth")
    parser.add_argument(
        "--sockets", type=int, default=Plan.sockets, help="connected in the scene idle, and to each process in fleet"
    )
    given = parser.parse_args()
    _keep_off_the_servers_core()
    plan = Plan(given.rounds, given.seconds, tuple(given.only or CONTENDERS), given.waiting, given.rows, given.sockets)
    _print(time.strftime("%Y-%m-%d, ") + f"{os.cpu_count()} cores, {platform.machine()}, " + _versions())
    for name in given.scenes or SCENES:
        _print(f"\n## {name}\n\n{table_of(SCENES[name](plan))}")
    return 0


def _keep_off_the_servers_core() -> None:
    cores = os.sched_getaffinity(0) - {SERVER_CORE}
    if cores:
        os.sched_setaffinity(0, cores)


def _versions() -> str:
    return ", ".join(f"{name} {version}" for name, version in versions().items())


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (the result of the command)


sys.exit(main())
