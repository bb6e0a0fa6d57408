"""Two processes: what a message costs when its parties sit apart, and where nobody of it sits."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.crowd import AGENTS, Crowd, answer_pings, gather
from tests.bench.driver import talk
from tests.bench.scenes import (
    SPARE_DESCRIPTORS,
    WARM_S,
    WINDOW,
    Figures,
    Plan,
    come,
    go,
    raise_descriptors,
)
from tests.bench.servers import Product, Redis

CALM_S: Final = 0.4
CALM_CPU_S: Final = 0.06
"""Processes that use no more of that time than this have nothing to do but pings and ticks."""


@contextmanager
def processes(count: int) -> Iterator[list[Product]]:
    """So many processes on one SQLite file and one Redis."""
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        redis = Redis(folder / "redis")
        redis.start(None)
        first = Product(folder / "one", more={"REDIS_URL": f"redis://127.0.0.1:{redis.port}"})
        members = [first, *(first.beside(folder / f"beside{number}") for number in range(1, count))]
        try:
            for member in members:
                member.start(None)
            yield members
        finally:
            for program in (*members, redis):
                program.stop()


def fleet(plan: Plan) -> list[Figures]:
    """CPU decides: two processes and the client do not fit on two cores, so that rates would tell of the machine."""
    title = "server CPU for a message"
    alone = Figures(f"{title}, one process", "µs", "lower", 1)
    mixed = Figures(f"{title}, two processes, everybody on either", "µs", "lower", 1)
    apart = Figures(f"{title}, two processes, users on one and agents on the other", "µs", "lower", 1)
    by_mixed = Figures("what two processes carry against one, everybody on either", "×", "higher", 2)
    by_apart = Figures("the same, users on one and agents on the other", "×", "higher", 2)
    foreign = Figures("CPU of a process for a message that it does not serve", "µs", "lower", 2)
    with processes(2) as (first, second):
        seats: dict[Figures, Callable[[int], Product]] = {
            alone: lambda _: first,
            mixed: lambda number: second if number % 2 else first,
            apart: lambda number: second if number < AGENTS else first,
        }
        crowds: dict[Figures, Crowd] = {}
        for figure, seat in seats.items():
            crowds[figure] = gather(
                first,
                ports=lambda number, seat=seat: seat(number).port,  # type: ignore[misc]
                beside=crowds.values(),
            )
        for _ in range(plan.rounds):
            cost = {}
            for figure, crowd in crowds.items():
                _calm_down((first, second), crowds.values())
                cost[figure.title] = _cpu_of_both(first, second, crowd, plan)
                figure.add("product", cost[figure.title])
            by_mixed.add("product", 2 * cost[alone.title] / cost[mixed.title])
            by_apart.add("product", 2 * cost[alone.title] / cost[apart.title])
            foreign.add("product", _cpu_of_stranger(second, crowds[alone], plan, beside=crowds.values()))
    return [alone, mixed, apart, by_mixed, by_apart, foreign, _idle(2 * plan.sockets)]


def _idle(sockets: int) -> Figures:
    """What idle sockets cost on two processes, half of them on each."""
    memory = Figures(f"memory of an idle signed-in socket, {sockets:,} on two processes", "KB", "lower", 1)
    raise_descriptors(sockets + SPARE_DESCRIPTORS)
    with processes(2) as members:
        lines = [line for one in members for line in come(one, 200)]  # what the first ones load is not counted
        before = sum(one.memory_bytes() for one in members)
        for one in members:
            lines += come(one, sockets // 2, lines)
        memory.add("product", (sum(one.memory_bytes() for one in members) - before) / sockets / 1024)
        go("product", lines)
    return memory


def _calm_down(members: Collection[Product], beside: Collection[Crowd]) -> None:
    """Wait until everybody is answered: what is left of one measurement would count in the next."""
    spent = -1.0
    while spent < 0 or sum(one.cpu_s() for one in members) - spent > CALM_CPU_S:
        spent = sum(one.cpu_s() for one in members)
        answer_pings(beside, CALM_S)


def _cpu_of_both(first: Product, second: Product, crowd: Crowd, plan: Plan) -> float:
    talk(crowd.fds, crowd.talkers, window=WINDOW, warm_s=0, seconds=WARM_S)
    before = first.cpu_s() + second.cpu_s()
    heard = talk(crowd.fds, crowd.talkers, window=WINDOW, warm_s=0, seconds=plan.seconds)
    return (first.cpu_s() + second.cpu_s() - before) / max(1, heard.acked) * 1e6


def _cpu_of_stranger(second: Product, crowd: Crowd, plan: Plan, beside: Collection[Crowd]) -> float:
    """What `second` spends while others talk on `first`, less what it spends when nobody talks."""
    _calm_down((second,), beside)
    idle_before = second.cpu_s()
    talk(crowd.fds, [], warm_s=0, seconds=plan.seconds)
    idle_s = second.cpu_s() - idle_before
    answer_pings(beside)
    before = second.cpu_s()
    heard = talk(crowd.fds, crowd.talkers, window=WINDOW, warm_s=0, seconds=plan.seconds)
    return max(0.0, second.cpu_s() - before - idle_s) / max(1, heard.acked) * 1e6
