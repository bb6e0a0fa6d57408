"""Figures are what they say: every one documented, none that a stranger can make more of."""

import asyncio
import re
import time
from pathlib import Path

from chatserver.core import background
from chatserver.core.background import attempt
from chatserver.core.distribution import Distribution
from chatserver.core.errors import retry
from chatserver.infra.loop_lag import EVERY_S, LoopLag
from chatserver.infra.metrics import MEANINGS

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"


def test_values_are_counted_by_the_bound_they_do_not_exceed() -> None:
    distribution = Distribution((1, 2.5))
    for value in (0.5, 1, 1.5, 2.5, 9):
        distribution.add(value)
    assert distribution.cumulative() == [("1", 2), ("2.5", 4), ("+Inf", 5)]
    assert distribution.sum == 14.5


def test_every_figure_stands_in_the_operators_page_with_what_it_tells() -> None:
    page = OPERATIONS.read_text(encoding="utf-8")
    for name, meaning in MEANINGS.items():
        assert re.search(rf"^\| `chatserver_{name}(_total)?` \| .*{re.escape(meaning)} \|$", page, re.MULTILINE), name


def test_the_operators_page_names_no_figure_that_is_not_there() -> None:
    named = set(
        re.findall(r"chatserver_(\w+?)(?:_total|_bucket|_count|_sum)?\b", OPERATIONS.read_text(encoding="utf-8"))
    )
    assert named - MEANINGS.keys() == set()


async def test_background_failures_are_counted_by_work_and_kind() -> None:
    async def refused() -> None:
        raise retry()

    async def broken() -> None:
        raise ZeroDivisionError

    before = background.delayed["a test"], background.failed["a test"]
    assert not await attempt("a test", refused)
    assert not await attempt("a test", broken)
    assert (background.delayed["a test"], background.failed["a test"]) == (before[0] + 1, before[1] + 1)


async def test_a_loop_that_is_held_up_is_seen_to_be_late() -> None:
    lag = LoopLag()
    running = asyncio.create_task(lag.run())
    await asyncio.sleep(0)
    time.sleep(EVERY_S + 0.1)  # noqa: ASYNC251 - holds the loop up, as a defect would
    while not any(lag.seconds.counts):  # noqa: ASYNC110 - nobody is told of it
        await asyncio.sleep(0)
    assert lag.seconds.sum >= 0.1
    running.cancel()
    await asyncio.wait([running])
