"""Gives free memory back to the machine: by itself the allocator keeps what a burst has needed once."""

import asyncio
import ctypes
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0
"""Between two times; one takes some 5 ms for 180 MB, more after a burst, in a thread beside the loop."""


async def give_back() -> None:
    """Let the allocator part with every page in which nothing is; it cannot do so where it is not glibc's."""
    trim = _trim()
    if trim is not None:
        await asyncio.to_thread(trim, 0)


def _trim() -> Callable[[int], int] | None:
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # another C library, another system
        return None
    trim.argtypes = [ctypes.c_size_t]
    return trim
