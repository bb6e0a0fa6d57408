"""Passwords: hashed with argon2id, away from the event loop, a few at a time."""

import asyncio
import unicodedata
from collections.abc import Callable
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatserver.core.errors import retry

T = TypeVar("T")

AT_ONCE: Final = 2
"""Each hash fills a core and 19 MiB; more at once would only make everybody slower."""

WAITING: Final = 64
"""Beyond it the wait would exceed a client's patience; asking again is kinder."""


def product_hasher() -> PasswordHasher:
    """The cost of OWASP's cheat sheet: 19 MiB, two passes, one lane, about 20 ms."""
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Passwords:
    """Hashes and verifies; verifying against no hash at all takes the same time."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or product_hasher()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._decoy: str | None = None
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """The argon2id hash to store. Raises `retry` when too many wait."""
        return await self._run(self._hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password fits; `stored` None costs the same time and never fits.

        Raises `retry` when too many wait.
        """
        if self._decoy is None:
            self._decoy = await self.hash("decoy")
        fits = await self._run(self._verify, stored or self._decoy, password)
        return fits and stored is not None

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= WAITING:
            raise retry("Many are signing in right now. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    """The same password typed on another keyboard may arrive in other code points."""
    return unicodedata.normalize("NFKC", password)
