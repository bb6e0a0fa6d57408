"""What all sockets of one identity may do together."""

from chatserver.infra.sockets.identity_pace import IdentityPace, Spending
from chatserver.infra.sockets.pace import Rate

RATE = Rate(10, 20)
TWICE = Rate(20, 40)


def allowed(pace: IdentityPace, tries: int, now: float, identity: str = "user:lin") -> int:
    return sum(pace.command(identity, RATE, now) == 0 for _ in range(tries))


def test_an_identity_may_do_twice_what_one_socket_may() -> None:
    pace = IdentityPace()
    assert allowed(pace, 100, now=0) == 40
    assert allowed(pace, 100, now=1) == 20


def test_who_must_wait_is_told_how_long() -> None:
    pace = IdentityPace()
    allowed(pace, 40, now=0)
    assert pace.command("user:lin", RATE, 0) == 50


def test_identities_do_not_pay_for_each_other() -> None:
    pace = IdentityPace()
    allowed(pace, 100, now=0)
    assert allowed(pace, 10, now=0, identity="user:mei") == 10


def test_without_a_rate_everything_may_be_done_and_nothing_is_kept() -> None:
    pace = IdentityPace()
    assert {pace.command("user:lin", None, 0) for _ in range(1_000)} == {0}
    assert len(pace) == 0


def test_what_was_done_is_reported_once() -> None:
    pace = IdentityPace()
    allowed(pace, 100, now=0)
    assert pace.report(1, now=0.5) == [Spending("user:lin", TWICE, 40)]
    assert pace.report(1, now=0.5) == []


def test_who_is_slow_enough_for_five_sockets_is_not_reported() -> None:
    pace = IdentityPace()
    allowed(pace, 4, now=0)
    assert pace.report(1, now=0.5) == []
    allowed(pace, 5, now=1)
    assert [one.commands for one in pace.report(1, now=1.5)] == [5]


def test_a_closed_account_lets_nothing_through_until_it_opens() -> None:
    pace = IdentityPace()
    allowed(pace, 1, now=0)
    pace.close("user:lin", 1.5, now=1)
    assert pace.command("user:lin", RATE, 2) == 500
    assert pace.command("user:lin", RATE, 2.5) == 0


def test_an_earlier_end_does_not_open_an_account() -> None:
    pace = IdentityPace()
    allowed(pace, 1, now=0)
    pace.close("user:lin", 2, now=0)
    pace.close("user:lin", 1, now=0)
    assert pace.command("user:lin", RATE, 1.5) == 500


def test_who_was_quiet_is_forgotten_only_when_that_changes_nothing() -> None:
    pace = IdentityPace()
    allowed(pace, 40, now=0)
    pace.report(1, now=1.9)
    assert len(pace) == 1
    pace.close("user:lin", 3, now=1.9)
    pace.report(1, now=4)
    assert len(pace) == 1
    pace.report(1, now=5)
    assert len(pace) == 0
    assert allowed(pace, 100, now=5) == 40


def test_who_is_not_here_cannot_be_closed() -> None:
    pace = IdentityPace()
    pace.close("user:lin", 10, now=0)
    assert pace.command("user:lin", RATE, 0) == 0
