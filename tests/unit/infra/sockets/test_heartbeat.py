"""A dead link is found, a live one left alone; a token's end is announced once and enforced late."""

from chatserver.infra.sockets.heartbeat import STAY_AFTER_MS, WARN_BEFORE_MS, Beat, Expiry, Heartbeat, Term

END = 1_800_000_000_000


def test_a_ping_goes_out_at_each_interval_while_it_is_answered() -> None:
    heart = Heartbeat(15, 10, 100.0)
    pings = []
    while heart.next_at < 200:
        now = heart.next_at
        assert heart.beat(now) is Beat.PING
        pings.append(now)
        heart.heard()
    assert pings == [115.0, 130.0, 145.0, 160.0, 175.0, 190.0]


def test_a_link_that_dies_is_found_within_interval_and_timeout() -> None:
    heart = Heartbeat(15, 10, 0.0)
    assert heart.beat(15.0) is Beat.PING
    assert heart.pinged
    assert heart.next_at == 25.0
    assert heart.beat(24.9) is Beat.WAIT
    assert heart.beat(25.0) is Beat.SILENT


def test_any_frame_is_a_sign_of_life() -> None:
    heart = Heartbeat(15, 10, 0.0)
    heart.beat(15.0)
    heart.heard()
    assert not heart.pinged
    assert heart.beat(25.0) is Beat.WAIT
    assert heart.next_at == 30.0


def test_with_a_timeout_longer_than_the_interval_the_first_unanswered_ping_counts() -> None:
    heart = Heartbeat(10, 15, 0.0)
    assert heart.beat(10.0) is Beat.PING
    assert heart.beat(20.0) is Beat.PING
    assert heart.beat(25.0) is Beat.SILENT


def test_a_loop_that_stood_still_owes_one_ping() -> None:
    heart = Heartbeat(15, 10, 0.0)
    assert heart.beat(100.0) is Beat.PING
    assert heart.beat(100.1) is Beat.WAIT


def test_a_token_without_an_end_never_ends() -> None:
    term = Expiry()
    assert term.check(END, None) is Term.GOOD
    assert term.next_in_ms(END, None) is None


def test_the_end_of_a_token_is_announced_once_and_enforced_thirty_seconds_late() -> None:
    term = Expiry()
    assert term.next_in_ms(END - 100_000, END) == 40_000
    assert term.check(END - WARN_BEFORE_MS - 1, END) is Term.GOOD
    assert term.check(END - WARN_BEFORE_MS, END) is Term.WARN
    assert term.check(END - WARN_BEFORE_MS + 1, END) is Term.GOOD
    assert term.next_in_ms(END, END) == STAY_AFTER_MS
    assert term.check(END + STAY_AFTER_MS - 1, END) is Term.GOOD
    assert term.check(END + STAY_AFTER_MS, END) is Term.OVER
    assert term.next_in_ms(END + STAY_AFTER_MS + 5, END) == 0


def test_a_token_that_is_nearly_over_when_it_comes_is_announced_at_once() -> None:
    term = Expiry()
    assert term.next_in_ms(END - 5_000, END) == 0
    assert term.check(END - 5_000, END) is Term.WARN


def test_a_renewed_token_is_announced_anew() -> None:
    term = Expiry()
    assert term.check(END, END) is Term.WARN
    later = END + 300_000
    assert term.check(END + 29_999, later) is Term.GOOD
    assert term.next_in_ms(END, later) == 240_000
    assert term.check(later - WARN_BEFORE_MS, later) is Term.WARN
