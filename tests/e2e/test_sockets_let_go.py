"""A socket that has ended is freed at once, however it ended: thousands may end at the same time, and come back."""

import asyncio
import gc
import socket
import struct
import weakref
from collections.abc import Awaitable, Callable, Iterator

import pytest

from chatserver.infra.sockets.visit import Visit
from tests.serving import Served
from tests.unit.infra.sockets.raw_client import RawClient

CLOSE = 0x8


async def by_reset(client: RawClient) -> None:
    """As a link that is cut."""
    await client.enter(**{"as": "user"})
    sock = client.writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.writer.transport.abort()


async def by_leaving(client: RawClient) -> None:
    """As a page that is closed."""
    await client.enter(**{"as": "user"})
    client.send_frame(CLOSE, b"\x03\xe8")
    await client.rest(within_s=1.0, goodbye=True)


async def by_disconnecting(client: RawClient) -> None:
    """As a stock client that was told to."""
    await client.enter(**{"as": "user"})
    client.send("41")
    await client.rest(within_s=2.0, goodbye=True)


async def by_refusal(client: RawClient) -> None:
    """As whoever has a token that is none."""
    await client.next()
    client.send('40{"as":"user","token":"none"}')
    await client.rest(within_s=2.0, goodbye=True)


async def by_bad_frame(client: RawClient) -> None:
    """As whoever speaks something else."""
    await client.enter(**{"as": "user"})
    client.send("42[")
    await client.rest(within_s=2.0, goodbye=True)


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Only what nothing refers to is freed."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Visits:
    """The visits of a test that are in memory; `freed` is set whenever one has gone and none is left."""

    def __init__(self) -> None:
        self.begun = 0
        self.freed = asyncio.Event()
        self._held = 0

    def begin(self, visit: Visit) -> None:
        """Follow one."""
        self.begun += 1
        self._held += 1
        self.freed.clear()
        weakref.finalize(visit, self._end)

    def _end(self) -> None:
        self._held -= 1
        if not self._held:
            self.freed.set()


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> Visits:
    """Follows the visits that begin during the test."""
    followed, arrive = Visits(), Visit.arrive

    def noted(visit: Visit) -> None:
        followed.begin(visit)
        arrive(visit)

    monkeypatch.setattr(Visit, "arrive", noted)
    return followed


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("end", [by_reset, by_leaving, by_disconnecting, by_refusal, by_bad_frame])
async def test_nothing_of_it_stays(served: Served, visits: Visits, end: Callable[[RawClient], Awaitable[None]]) -> None:
    for _ in range(5):
        async with await RawClient.open(int(served.address.rpartition(":")[2])) as client:
            await end(client)
    assert visits.begun == 5
    await asyncio.wait_for(visits.freed.wait(), 10)
