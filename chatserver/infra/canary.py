"""Whether a process hears what it says to itself: pure, `now` in seconds of a clock that never goes back."""

from typing import Final

EVERY_S: Final = 5.0
"""Between two songs."""

RENEW_S: Final = 10.0
"""A link that has not brought two songs is made anew, before anybody needs to know."""

DEAF_S: Final = 15.0
"""Three songs unheard: others serve better, who hear at once what this process finds with the slow tick."""

END_S: Final = 60.0
"""A process that new links do not mend is broken in a way that only a new one mends."""


class Canary:
    """One channel on which a process speaks to itself.

    Only what Redis has taken counts: while Redis is away nobody is deaf.
    """

    def __init__(self) -> None:
        self._unheard_since: float | None = None
        self._sung_at = 0.0
        self.lag_s = 0.0
        """How long the last song that was heard was under way."""

    def sung(self, now: float) -> None:
        """Redis took a song."""
        self._sung_at = now
        if self._unheard_since is None:
            self._unheard_since = now

    def heard(self, now: float) -> None:
        """A song came back."""
        self.lag_s = now - self._sung_at
        self._unheard_since = None

    def away(self) -> None:
        """Redis did not take a song, so that nothing can be said."""
        self._unheard_since = None

    def deaf_for_s(self, now: float) -> float:
        """Seconds since the first song that was not heard."""
        return 0.0 if self._unheard_since is None else now - self._unheard_since
