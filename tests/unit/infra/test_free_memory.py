"""What a burst has needed goes back to the machine, also when a little of it stays in use everywhere."""

import os

from chatserver.infra.free_memory import give_back
from tests.faults.processes import resident_kb

TEXTS = 20_000
LONG = 3_000
"""Bytes of a long message: more than Python's own allocator takes."""


async def test_free_pages_between_what_is_in_use_go_back() -> None:
    burst = [bytes(LONG) + bytes([number % 251]) for number in range(TEXTS)]
    stays = burst[::50]
    del burst
    before_kb = resident_kb(os.getpid())
    await give_back()
    assert resident_kb(os.getpid()) < before_kb - 30_000, "of 60 MB most is free"
    assert all(len(one) == LONG + 1 for one in stays)
