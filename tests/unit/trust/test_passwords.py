"""Passwords: argon2id, the same work for everybody, and a bound on how many wait."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from chatserver.core.errors import ChatError
from chatserver.trust.passwords import AT_ONCE, WAITING, Passwords, product_hasher
from tests.trust_house import quick_passwords


class CountingHasher(PasswordHasher):
    """The real thing, which also counts the verifications and how many run at the same time."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0
        self.running = 0
        self.most = 0
        self.started = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self._lock = threading.Lock()

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        with self._lock:
            self.verified += 1
            self.running += 1
            self.started.set()
            self.most = max(self.most, self.running)
        self.go_on.wait(timeout=30)
        try:
            return super().verify(hash, password)
        finally:
            with self._lock:
                self.running -= 1


async def test_the_right_password_fits_and_no_other() -> None:
    passwords = quick_passwords()
    stored = await passwords.hash("s3cret")
    assert stored.startswith("$argon2id$")
    assert "s3cret" not in stored
    assert await passwords.verify(stored, "s3cret")
    assert not await passwords.verify(stored, "S3cret")
    assert not await passwords.verify(stored, "")


async def test_the_same_password_from_another_keyboard_fits() -> None:
    passwords = quick_passwords()
    assert await passwords.verify(await passwords.hash("cafe\u0301 １２"), "caf\u00e9 12")


async def test_without_a_stored_hash_the_same_work_is_done_and_nothing_fits() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    for password in ("decoy", "", "anything"):
        assert not await passwords.verify(None, password)
    assert hasher.verified == 3


async def test_a_hash_that_is_not_one_never_fits() -> None:
    assert not await quick_passwords().verify("plain", "plain")


def test_the_product_pays_what_owasp_asks_for() -> None:
    hasher = product_hasher()
    assert (hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (2, 19_456, 1)
    assert hasher.type.name == "ID"


async def test_few_are_hashed_at_once_and_too_many_are_asked_to_come_back() -> None:
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    stored = await passwords.hash("right")
    await passwords.verify(stored, "right")
    hasher.started.clear()
    hasher.go_on.clear()
    waiting = [asyncio.ensure_future(passwords.verify(stored, "right")) for _ in range(WAITING)]
    await asyncio.to_thread(hasher.started.wait, 30)
    with pytest.raises(ChatError) as refused:
        await passwords.verify(stored, "right")
    assert refused.value.code == "retry"
    hasher.go_on.set()
    assert all(await asyncio.gather(*waiting))
    assert hasher.most <= AT_ONCE
    assert await passwords.verify(stored, "right")
