"""How fast one socket may talk: pure, `now` in seconds of a clock that never goes back is passed in."""

from dataclasses import dataclass
from typing import Final

FLOOD_TIMES: Final = 3
"""At so many times its rate a socket is no longer impatient but an attack, and is closed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second on average, and so many at once after a pause."""

    per_s: float
    burst: float

    def times(self, factor: float) -> "Rate":
        """The same, faster."""
        return Rate(self.per_s * factor, self.burst * factor)


USER_RATE: Final = Rate(10, 20)
"""Faster than anybody types, with room for the resends of a bad link."""

STAFF_RATE: Final = Rate(20, 100)
"""One agent serves several conversations and a console asks for all of them when it opens."""


class Bucket:
    """A token bucket, full at first."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._tokens = rate.burst  # as of `_at`
        self._at = now

    def take(self, now: float) -> float:
        """Take one token: 0 when there was one, else the seconds until there is."""
        self._tokens = min(self._rate.burst, self._tokens + (now - self._at) * self._rate.per_s)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._rate.per_s
        self._tokens -= 1
        return 0.0


class Flood(Exception):
    """The socket goes on at three times what it may: close it."""


class Pace:
    """What one socket may still do; without a rate, everything.

    What it is refused has a bucket of its own, twice as large and as fast: when that one is empty too, three times the
    rate has been reached.
    """

    def __init__(self, rate: Rate | None, now: float) -> None:
        self._allowed = Bucket(rate, now) if rate else None
        self._excused = Bucket(rate.times(FLOOD_TIMES - 1), now) if rate else None

    def command(self, now: float) -> int:
        """0 when one more command may run, else the milliseconds until it may; raises `Flood`."""
        if self._allowed is None:
            return 0
        wait_s = self._allowed.take(now)
        if wait_s == 0:
            return 0
        self.stray(now)
        return max(1, round(wait_s * 1000))

    def stray(self, now: float) -> None:
        """Count a frame that nobody asked for, such as a second pong; raises `Flood`."""
        if self._excused is not None and self._excused.take(now) > 0:
            raise Flood
