"""`desk.decisions`: expected waits judged against what happened."""

import pytest

from chatserver.desk.decisions import EstimateRecord, judge_estimates


def test_a_wait_within_its_range_came_true() -> None:
    assert judge_estimates([(10, 30, 20.0)]) == EstimateRecord(told=1, within=1, early=0, late=0, mean_error_s=0.0)


@pytest.mark.parametrize("actual", [10.0, 30.0])
def test_the_ends_of_a_range_belong_to_it(actual: float) -> None:
    assert judge_estimates([(10, 30, actual)]).within == 1


def test_early_and_late_are_told_apart() -> None:
    record = judge_estimates([(10, 30, 9.9), (10, 30, 30.1), (10, 30, 100.0)])
    assert (record.told, record.within, record.early, record.late) == (3, 0, 1, 2)


def test_the_error_is_the_mean_distance_to_the_middle() -> None:
    assert judge_estimates([(10, 30, 10.0), (0, 10, 5.0), (0, 10, 11.0)]).mean_error_s == 5.3


def test_nothing_told_is_nothing_wrong() -> None:
    assert judge_estimates([]) == EstimateRecord(0, 0, 0, 0, 0.0)
