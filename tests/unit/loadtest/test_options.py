"""How much a run starts."""

import pytest

from chatserver.loadtest.options import CONVERSATIONS_CAP, Asked


@pytest.mark.parametrize(
    ("conversations", "duration_s", "count"),
    [(None, None, 24), (100, None, 100), (None, 10.0, 50), (20, 10.0, 20), (100, 10.0, 50), (10**9, None, 10**6)],
)
def test_count_and_time_both_bound_it(conversations: int | None, duration_s: float | None, count: int) -> None:
    asked = Asked(url="http://h:1", conversations=conversations, duration_s=duration_s, rate=5.0)
    assert asked.count(24) == count <= CONVERSATIONS_CAP


def test_something_is_always_started() -> None:
    assert Asked(url="http://h:1", duration_s=0.001, rate=0.001).count(24) == 1
