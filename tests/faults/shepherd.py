"""Drives a herd of light clients, which is a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from tests.faults.herd import Order, Report
from tests.faults.place import Place
from tests.faults.processes import CHECKOUT


class Shepherd:
    """Tells a herd what to do and hears how it went."""

    def __init__(self, program: asyncio.subprocess.Process, order: Order) -> None:
        self._program = program
        self._order = order

    async def gather(self) -> Report:
        """Let everybody come."""
        return await self._tell(msgspec.json.encode(self._order))

    async def cut(self) -> Report:
        """Cut everybody, and wait until nearly all are back."""
        return await self._tell(b"cut")

    async def write(self) -> Report:
        """Let each user write a conversation."""
        return await self._tell(b"write")

    async def read(self) -> Report:
        """Let all sockets read their user's conversation from the beginning."""
        return await self._tell(b"read")

    async def close(self) -> Report:
        """Close the conversations."""
        return await self._tell(b"close")

    async def _tell(self, line: bytes) -> Report:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(line + b"\n")
        return msgspec.json.decode(await self._program.stdout.readline(), type=Report)


@asynccontextmanager
async def herd(
    place: Place, count: int, *, jitter_s: float = 0.0, devices: int = 1, length: int = 0
) -> AsyncIterator[Shepherd]:
    """A herd of so many sockets in a process of its own; see `Order`."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.herd"),
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Shepherd(program, Order(place.urls, count, place.identity_secret, jitter_s, devices, length))
    finally:
        program.kill()
        await program.wait()
