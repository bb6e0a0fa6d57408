"""Pauses between attempts grow, are bounded and differ."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.client.habits import BACKOFF_CAP_S, full_jitter


@given(st.integers(1, 10_000))
def test_a_pause_is_at_most_one_two_four_and_so_on_up_to_thirty_seconds(attempt: int) -> None:
    assert 0 <= full_jitter(attempt) <= min(BACKOFF_CAP_S, 2.0 ** min(attempt - 1, 10))


def test_two_clients_do_not_come_back_together() -> None:
    assert len({full_jitter(6) for _ in range(10)}) > 1
