"""Is the other end there, and may it stay: pings and the end of a token, as rules over a time that is passed in."""

from enum import Enum, auto
from typing import Final

WARN_BEFORE_MS: Final = 60_000
"""Time to fetch a new token, also for a phone that has to ask its wallet's server."""

STAY_AFTER_MS: Final = 30_000
"""A token may be late, a clock wrong: the socket outlives its token by this much."""


class Beat(Enum):
    """What the moment asks for."""

    WAIT = auto()
    PING = auto()
    SILENT = auto()


class Heartbeat:
    """Pings at a fixed interval, and the wait for any sign of life after each; times are seconds."""

    def __init__(self, interval_s: float, timeout_s: float, now: float) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._next_ping = now + interval_s
        self._silent_at: float | None = None  # set while a ping is unanswered

    @property
    def next_at(self) -> float:
        """When to ask again."""
        return self._next_ping if self._silent_at is None else min(self._next_ping, self._silent_at)

    @property
    def pinged(self) -> bool:
        """Whether a pong is due."""
        return self._silent_at is not None

    def heard(self) -> None:
        """A whole frame came, whatever is in it: the link is alive."""
        self._silent_at = None

    def beat(self, now: float) -> Beat:
        """What to do now. A `PING` is taken as sent."""
        if self._silent_at is not None and now >= self._silent_at:
            return Beat.SILENT
        if now < self._next_ping:
            return Beat.WAIT
        # A late loop owes one ping, not all it missed.
        self._next_ping = now + self._interval_s
        if self._silent_at is None:
            self._silent_at = now + self._timeout_s
        return Beat.PING


class Term(Enum):
    """How a session stands with its token."""

    GOOD = auto()
    WARN = auto()
    OVER = auto()


class Expiry:
    """The end of a token, in milliseconds since 1970; it is read anew each time, so a renewed one simply counts."""

    def __init__(self) -> None:
        self._warned_of: int | None = None  # the end that the client has been told of

    def check(self, now_ms: int, expires_at: int | None) -> Term:
        """Whether to warn, once for each end, or to close."""
        if expires_at is None or now_ms < expires_at - WARN_BEFORE_MS:
            return Term.GOOD
        if now_ms >= expires_at + STAY_AFTER_MS:
            return Term.OVER
        if self._warned_of == expires_at:
            return Term.GOOD
        self._warned_of = expires_at
        return Term.WARN

    def next_in_ms(self, now_ms: int, expires_at: int | None) -> int | None:
        """How long nothing will change, or None for ever."""
        if expires_at is None:
            return None
        warned = self._warned_of == expires_at
        return max(0, expires_at + (STAY_AFTER_MS if warned else -WARN_BEFORE_MS) - now_ms)
