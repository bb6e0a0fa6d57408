"""When a process is deaf, and when nothing can be said about it."""

from chatserver.infra.canary import Canary


def test_who_hears_every_song_is_not_deaf() -> None:
    canary = Canary()
    for now in range(0, 100, 5):
        canary.sung(now)
        canary.heard(now + 1)
        assert canary.deaf_for_s(now + 4) == 0


def test_deafness_counts_from_the_first_song_that_did_not_come_back() -> None:
    canary = Canary()
    for now in (10, 15, 20):
        canary.sung(now)
    assert canary.deaf_for_s(24) == 14


def test_one_song_heard_ends_it() -> None:
    canary = Canary()
    canary.sung(10)
    canary.sung(15)
    canary.heard(15.25)
    assert canary.lag_s == 0.25
    assert canary.deaf_for_s(20) == 0
    canary.sung(20)
    assert canary.deaf_for_s(22) == 2


def test_while_redis_is_away_nobody_is_deaf() -> None:
    canary = Canary()
    canary.sung(10)
    canary.away()
    assert canary.deaf_for_s(100) == 0


def test_who_never_sang_is_not_deaf() -> None:
    assert Canary().deaf_for_s(100) == 0


def test_the_lag_is_how_long_the_last_song_was_under_way() -> None:
    canary = Canary()
    assert canary.lag_s == 0
    canary.sung(10)
    canary.sung(15)  # the first was lost
    canary.heard(15.25)
    assert canary.lag_s == 0.25
