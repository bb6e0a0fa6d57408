"""`desk.estimate`: the expected wait as a range."""

import math

import pytest

from chatserver.desk.estimate import LEAST_PAIRED, Rate, estimate_s


def test_the_wait_is_the_place_over_the_measured_rate_of_all_agents() -> None:
    one_in_ten_seconds = Rate(paired=6, busy_ms=60_000)
    assert estimate_s(4, one_in_ten_seconds, 1) == (20, 60)
    assert estimate_s(4, one_in_ten_seconds, 2) == (10, 30)


def test_the_first_in_line_may_be_next() -> None:
    assert estimate_s(1, Rate(6, 60_000), 1) == (0, 20)


@pytest.mark.parametrize("position", [1, 2, 10, 1_000])
def test_the_range_holds_the_mean_and_grows_slower_than_the_queue(position: int) -> None:
    told = estimate_s(position, Rate(10, 70_000), 3)
    assert told is not None
    low, high = told
    mean_s = position * 7 / 3
    assert 0 <= low <= mean_s <= high
    assert (high - low) / mean_s <= 2 / math.sqrt(position) + 2 / mean_s


@pytest.mark.parametrize(
    ("rate", "agents"),
    [(Rate(LEAST_PAIRED - 1, 60_000), 5), (Rate(10, 0), 5), (Rate(10, 60_000), 0), (Rate(0, 0), 0)],
)
def test_too_little_known_is_no_estimate(rate: Rate, agents: int) -> None:
    assert estimate_s(1, rate, agents) is None


def test_the_least_that_tells_something() -> None:
    assert estimate_s(1, Rate(LEAST_PAIRED, 60_000), 1) == (0, 40)
