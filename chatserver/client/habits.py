"""How patient a client is, and how it spreads its attempts."""

import random
from collections.abc import Callable
from typing import Final

from msgspec import Struct

BACKOFF_CAP_S: Final = 30.0
"""The longest pause between two attempts."""


def full_jitter(attempt: int) -> float:
    """Seconds to pause before attempt 1, 2, …: anything up to 1, 2, 4 … 30, so that a crowd does not come at once."""
    return random.random() * min(BACKOFF_CAP_S, 2.0 ** min(attempt - 1, 10))  # noqa: S311 - no secret in it


class Habits(Struct, frozen=True, kw_only=True):
    """All durations are seconds.

    `deadline_s` bounds a command with all its attempts, `ack_s` is the silence after which the link is given up (the
    server answers within 5), `connect_s` bounds one attempt to connect, `steady_s` is how long a link must have lived
    for the next loss to start from a short pause again, `backoff_s` gives the pause before an attempt by its number
    from 1.
    """

    deadline_s: float = 30.0
    ack_s: float = 6.0
    connect_s: float = 10.0
    steady_s: float = 30.0
    backoff_s: Callable[[int], float] = full_jitter
