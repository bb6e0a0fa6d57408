"""What a burst has needed goes back to the machine, also when a little of it stays in use everywhere."""

import sys
from pathlib import Path

import pytest

from chatserver.infra.free_memory import give_back

PAGES = 20_000
LONG = 3_000
"""Characters of a long message: more than Python's own allocator takes."""


def resident_mb() -> float:
    """What this process holds in memory."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


@pytest.mark.skipif(sys.platform != "linux", reason="only there the memory of a process can be asked for so")
async def test_free_pages_between_what_is_in_use_go_back() -> None:
    burst = [bytes(LONG) + bytes([number % 251]) for number in range(PAGES)]
    stays = burst[::50]
    del burst
    before = resident_mb()
    await give_back()
    assert resident_mb() < before - 30, "of 57 MB most is free"
    assert all(len(one) == LONG + 1 for one in stays)
