"""A socket may talk so fast, is told to wait beyond that, and is a flood at three times the rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.infra.sockets.pace import STAFF_RATE, USER_RATE, Flood, Pace, Rate


def test_a_burst_runs_and_the_next_is_told_how_long_to_wait() -> None:
    pace = Pace(USER_RATE, 0.0)
    assert [pace.command(0.0) for _ in range(20)] == [0] * 20
    assert pace.command(0.0) == 100
    assert pace.command(0.06) == 40


def test_who_waits_as_told_may_go_on() -> None:
    pace = Pace(USER_RATE, 0.0)
    while (wait_ms := pace.command(0.0)) == 0:
        pass
    assert pace.command(wait_ms / 1000) == 0


def test_three_times_the_burst_at_once_is_a_flood() -> None:
    pace = Pace(STAFF_RATE, 0.0)
    answers = [pace.command(0.0) for _ in range(300)]
    assert answers.count(0) == 100
    with pytest.raises(Flood):
        pace.command(0.0)


@given(st.floats(1.0, 2.9))
def test_less_than_three_times_the_rate_is_refused_but_never_a_flood(times: float) -> None:
    pace = Pace(USER_RATE, 0.0)
    step_s = 1 / (USER_RATE.per_s * times)
    answers = [pace.command(number * step_s) for number in range(600)]
    seconds = 600 * step_s
    assert abs(answers.count(0) - min(600, 20 + 10 * seconds)) <= 2


def test_more_than_three_times_the_rate_ends_as_a_flood() -> None:
    pace = Pace(USER_RATE, 0.0)
    with pytest.raises(Flood):
        _ = [pace.command(number / 40) for number in range(2_000)]


def test_frames_nobody_asked_for_are_counted_with_the_refusals() -> None:
    pace = Pace(Rate(1, 1), 0.0)
    pace.stray(0.0)
    pace.stray(0.0)
    with pytest.raises(Flood):
        pace.stray(0.0)


def test_a_pause_fills_the_bucket_but_not_beyond_the_burst() -> None:
    pace = Pace(USER_RATE, 0.0)
    answers = [pace.command(3_600.0) for _ in range(21)]
    assert answers.count(0) == 20


def test_without_a_rate_there_is_no_limit() -> None:
    pace = Pace(None, 0.0)
    assert {pace.command(0.0) for _ in range(10_000)} == {0}
    pace.stray(0.0)
