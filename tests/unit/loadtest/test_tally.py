"""Figures become a report."""

from hypothesis import given
from hypothesis import strategies as st

from chatserver.loadtest.check import Findings
from chatserver.loadtest.tally import Environment, Latency, Tally, latency

ENVIRONMENT = Environment(
    url="http://h:1", agents={"1": 1}, capacity=3, rate_factor=None, users="token", dialogues=1, speed=1.0
)


def test_percentiles_are_measurements_in_milliseconds() -> None:
    assert latency([number / 1000 for number in range(1, 101)]) == Latency(100, 50.0, 95.0, 99.0, 100.0)
    assert latency([0.007]) == Latency(1, 7.0, 7.0, 7.0, 7.0)
    assert latency([]) == Latency(0, 0.0, 0.0, 0.0, 0.0)


@given(st.lists(st.floats(0, 100), min_size=1))
def test_percentiles_never_descend(seconds: list[float]) -> None:
    found = latency(seconds)
    assert found.p50 <= found.p95 <= found.p99 <= found.max == round(max(seconds) * 1000, 2)


def test_a_clean_run_is_ok_and_says_its_rates() -> None:
    tally = Tally()
    tally.started = tally.completed = 10
    tally.messages = 100
    tally.took("delivery", 0.004)
    report = tally.report(2.0, 5.0, ENVIRONMENT)
    assert report.ok
    assert (report.rate, report.messages_per_s) == (5.0, 20.0)
    assert (report.latencies.p50, report.latencies.delivery.n, report.latencies.ack.n) == (4.0, 1, 0)


def test_anything_that_went_wrong_makes_it_not_ok() -> None:
    damaged, failed, unfinished, unread = Tally(), Tally(), Tally(), Tally()
    damaged.findings = Findings(lost=1)
    failed.failed("storage: x")
    unfinished.started = 1
    unread.escalations.made = 1
    reports = [tally.report(1.0, 1.0, ENVIRONMENT) for tally in (damaged, failed, unfinished, unread)]
    assert [report.ok for report in reports] == [False] * 4
    assert reports[1].errors_by == {"storage: x": 1}
