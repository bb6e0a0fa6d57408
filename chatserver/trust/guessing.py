"""A bound on guessing passwords that nobody can turn against the account's owner."""

import asyncio
import math
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from typing import Final
from weakref import WeakValueDictionary

from chatserver.core.errors import ChatError
from chatserver.core.ports import Clock

WINDOW_MS: Final = 1_800_000
"""Failures are forgotten after half an hour, so that no lock is for ever."""

FAILURES_A_PAIR: Final = 5
"""Wrong passwords for one e-mail from one address; from elsewhere its owner still gets in."""

FAILURES_AN_ADDRESS: Final = 100
"""Wrong passwords from one address for whatever e-mails; a whole office may share one."""

FAILURES_A_NAME: Final = 100
"""Wrong passwords for one e-mail from everywhere. Beyond it, passwords alone are taken only from where its owner has
signed in; elsewhere the code of a second factor has to come with them. So many machines together cannot guess on, and
the owner still gets in."""

REMEMBERED: Final = 50_000
"""Places with failures that are kept; beyond it the oldest are forgotten first."""

Place = tuple[str, str]
"""An e-mail (empty: any) and an address."""

ANYWHERE: Final = "*"
"""Stands for all addresses."""


class GuessLimit:
    """Counts wrong passwords in this process. `rate_factor` multiplies the limits; 0 is none."""

    def __init__(self, clock: Clock, rate_factor: float) -> None:
        self._clock = clock
        self._rate_factor = rate_factor
        self._failures: dict[Place, list[int]] = {}
        self._known: dict[Place, None] = {}
        self._turns: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()

    def turn(self, email: str, address: str) -> asyncio.Lock:
        """To be held while a password is tried, so that guesses sent at once are counted one by one."""
        return self._turns.setdefault((email, network_of(address)), asyncio.Lock())

    def check(self, email: str, address: str) -> None:
        """Raise `rate_limited` while there have been too many failures."""
        now = self._clock.now()
        waits = [self._wait_ms(place, limit, now) for place, limit in _places(email, address)]
        if max(waits) > 0:
            raise ChatError("rate_limited", "Too many wrong passwords. Try again later.", retry_after_ms=max(waits))

    def besieged_ms(self, email: str, address: str) -> int:
        """For how long a password alone is not enough from here, since so many guess at this e-mail."""
        if (email, network_of(address)) in self._known:
            return 0
        return self._wait_ms((email, ANYWHERE), FAILURES_A_NAME, self._clock.now())

    def failed(self, email: str, address: str) -> None:
        """Count a wrong password."""
        now = self._clock.now()
        for place, _ in (*_places(email, address), ((email, ANYWHERE), 0)):
            # Taken out and put in again: the dict is in the order of the last failure.
            times = [at for at in self._failures.pop(place, []) if at > now - WINDOW_MS]
            self._failures[place] = [*times, now]
        while len(self._failures) > REMEMBERED:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, email: str, address: str) -> None:
        """Forget the failures of somebody who then knew the password."""
        place = email, network_of(address)
        self._failures.pop(place, None)
        self._known.pop(place, None)
        self._known[place] = None
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    def _wait_ms(self, place: Place, limit: int, now: int) -> int:
        allowed = math.ceil(limit * self._rate_factor)
        times = [at for at in self._failures.get(place, []) if at > now - WINDOW_MS]
        if allowed == 0 or len(times) < allowed:
            return 0
        return times[-allowed] + WINDOW_MS - now


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the half that a provider gives to one customer."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return address


def _places(email: str, address: str) -> Iterable[tuple[Place, int]]:
    network = network_of(address)
    return ((email, network), FAILURES_A_PAIR), (("", network), FAILURES_AN_ADDRESS)
