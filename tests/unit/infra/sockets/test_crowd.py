"""Strangers are few; those who say who they are get in even while a flood does not."""

from chatserver.infra.sockets.crowd import Caps, Crowd

LOOSE = Caps(None, None, None, None)


def test_one_stranger_too_many_at_an_address_pushes_out_the_most_silent() -> None:
    crowd = Crowd(Caps(None, None, None, 2))
    assert crowd.arrive("a", "1.1.1.1") is None
    assert crowd.arrive("b", "1.1.1.1") is None
    assert crowd.arrive("c", "2.2.2.2") is None
    assert crowd.arrive("d", "1.1.1.1") == "a"


def test_who_has_spoken_is_not_pushed_out() -> None:
    crowd = Crowd(Caps(None, None, None, 2))
    crowd.arrive("a", "1.1.1.1")
    crowd.speak("a")
    crowd.arrive("b", "1.1.1.1")
    assert crowd.arrive("c", "1.1.1.1") is None
    assert crowd.arrive("d", "1.1.1.1") == "b"


def test_one_stranger_too_many_in_all_pushes_out_the_most_silent_of_all() -> None:
    crowd = Crowd(Caps(None, None, 2, None))
    crowd.arrive("a", "1.1.1.1")
    crowd.arrive("b", "2.2.2.2")
    assert crowd.arrive("c", "3.3.3.3") == "a"


def test_full_counts_who_has_spoken_and_forgets_who_left() -> None:
    crowd = Crowd(Caps(2, 1, None, None))
    for socket, address in [("a", "1.1.1.1"), ("b", "1.1.1.1"), ("c", "2.2.2.2")]:
        crowd.arrive(socket, address)
    crowd.speak("a")
    assert not crowd.full()
    assert not crowd.full_at("1.1.1.1")
    crowd.speak("b")
    crowd.speak("b")
    crowd.speak("c")
    assert crowd.full()
    assert crowd.full_at("1.1.1.1")
    assert not crowd.full_at("2.2.2.2")
    crowd.leave("b")
    crowd.leave("b")
    crowd.leave("nobody")
    assert len(crowd) == 2
    assert not crowd.full()
    assert not crowd.full_at("1.1.1.1")


def test_nothing_is_kept_of_those_who_left() -> None:
    crowd = Crowd(LOOSE)
    for number in range(100):
        crowd.arrive(str(number), f"1.1.1.{number % 7}")
        if number % 2:
            crowd.speak(str(number))
    for number in range(100):
        crowd.leave(str(number))
    assert all(not kept for name, kept in vars(crowd).items() if name != "_caps")


def test_a_factor_multiplies_the_caps_and_zero_lifts_them() -> None:
    caps = Caps(10, 4, 6, 2)
    assert caps.times(0.5) == Caps(10, 2, 3, 1)
    assert caps.times(0.01) == Caps(10, 1, 1, 1)
    assert caps.times(0) == Caps(10, None, None, None)
    assert LOOSE.times(3) == LOOSE
