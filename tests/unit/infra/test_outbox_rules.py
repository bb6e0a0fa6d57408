"""`infra.outbox.rules`: what becomes of a parcel after an attempt."""

import pytest

from chatserver.infra.outbox import rules
from chatserver.infra.outbox.rules import Outcome, Taken, after, pause_ms

NOW = 1_790_000_000_000


def taken(attempts: int = 1, faults: int = 0, age_ms: int = 0) -> Taken:
    return Taken(attempts, faults, NOW - age_ms)


def test_pauses_double_up_to_an_hour_and_are_spread() -> None:
    assert [pause_ms(attempts, 1.0) // 1_000 for attempts in (1, 2, 3, 4, 50)] == [5, 10, 20, 40, 3_600]
    assert pause_ms(3, 0.0) == pause_ms(3, 1.0) // 2


def test_a_day_of_pauses_is_few_attempts() -> None:
    waited, attempts = 0, 0
    while waited < rules.GIVEN_UP_MS:
        attempts += 1
        waited += pause_ms(attempts, 0.5)
    assert attempts < 50


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("delivered", "delivered"), ("not_now", "waiting"), ("undeliverable", "quarantined"), ("defect", "waiting")],
)
def test_the_first_attempt_decides_little(outcome: Outcome, state: str) -> None:
    assert after(outcome, "why", taken(), NOW, 0.5).state == state


def test_the_third_defect_is_the_last() -> None:
    assert after("defect", "KeyError", taken(3, faults=1), NOW, 0.5).state == "waiting"
    last = after("defect", "KeyError", taken(3, faults=2), NOW, 0.5)
    assert (last.state, last.faults, last.reason) == ("quarantined", 3, "KeyError")


def test_being_away_is_no_defect_however_often() -> None:
    assert after("not_now", "smtp 451", taken(40, faults=2), NOW, 0.5).state == "waiting"


def test_a_lease_outlives_every_attempt() -> None:
    assert rules.CARRY_S * 1_000 < rules.LEASE_MS
