"""N: many who crawl, and many who want everything at once."""

import asyncio
import contextlib
import struct
import time
from contextlib import AsyncExitStack
from typing import Final

from tests.faults.bodies import tcp
from tests.faults.case import Case, acks_ms
from tests.faults.catalogue import fault
from tests.faults.frames import write_raw
from tests.faults.herd import Report
from tests.faults.processes import Server
from tests.faults.raw import Raw, raw_user
from tests.faults.shepherd import herd

HEADER_S: Final = 15.0
"""A request whose headers have not come within this time is given up."""

FRAME_S: Final = 30.0
"""A frame that has not come whole within this time ends the socket."""

DEVICES: Final = 4
"""Sockets of each user who reads."""

READ_S: Final = 60.0
"""Everybody has everything by then."""

NEWCOMERS: Final = 5
NEWCOMER_S: Final = 2.0
"""Whoever comes while everybody reads has a conversation by then; one comes each second."""

SLOWED_MS: Final = 50.0
"""What others may notice of it, at the 99th of a hundred."""


@fault("N07", "requests and frames that crawl", calm=True)
async def crawlers(case: Case) -> None:
    """Sockets that send a byte now and then are closed in time, and others are served as before."""
    server = case.place.servers[0]
    count = case.times(40, 500)
    async with case.load(4, 2) as crowd, AsyncExitStack() as stack:
        first = len(case.place.history.records)
        await asyncio.sleep(case.times(3, 20))
        calm_ms = acks_ms(case.place.history.records[first:], 0.99)
        first = len(case.place.history.records)
        began = time.monotonic()
        headers = [asyncio.create_task(_crawl_headers(server)) for _ in range(count)]
        users = [raw_user(case.place, f"crawler-{number}", [server.url]) for number in range(count)]
        raws = await asyncio.gather(*(stack.enter_async_context(one) for one in users))
        frames = [asyncio.create_task(_crawl_frame(raw)) for raw in raws]
        await case.finished(asyncio.gather(*headers), HEADER_S + 5, "crawling headers are given up")
        slowest = max((task.result() for task in headers if task.done() and not task.cancelled()), default=99.0)
        case.check(slowest <= HEADER_S, f"a crawling header was borne for {slowest:.1f} s")
        most_s = FRAME_S - (time.monotonic() - began)
        await case.finished(asyncio.gather(*frames), most_s, "crawling frames are given up")
        slow_ms = acks_ms(case.place.history.records[first:], 0.99)
        case.check(slow_ms <= calm_ms + SLOWED_MS, f"acks took {slow_ms:.0f} ms instead of {calm_ms:.0f} ms")
        del crowd


async def _crawl_headers(server: Server) -> float:
    """A byte of a request every half second until the server has had enough; returns the seconds that took."""
    began = time.monotonic()
    async with tcp(server) as (reader, writer):
        closed = asyncio.create_task(reader.read())
        with contextlib.suppress(OSError):
            for byte in b"GET /healthz HTTP/1.1\r\nX-Slow: " + b"x" * 10_000:
                writer.write(bytes((byte,)))
                await asyncio.wait((closed,), timeout=0.5)
                if closed.done():
                    break
        closed.cancel()
        await asyncio.gather(closed, return_exceptions=True)
    return time.monotonic() - began


async def _crawl_frame(raw: Raw) -> None:
    """A text frame a byte a second, until the socket has ended."""
    write_raw(raw.link, struct.pack("!BBH4x", 0x81, 0xFE, 1_000))
    closed = asyncio.create_task(raw.link.closed())
    while not closed.done():
        write_raw(raw.link, b"x")
        await asyncio.wait((closed,), timeout=1.0)


@fault("N15", "everybody wants everything at once", calm=True)
async def resume_storm(case: Case) -> None:
    """Many sockets read long conversations from the beginning at the same time: whole, in pages, in time."""
    await everybody_reads(case, case.times(32, 800), case.times(250, 500))


async def everybody_reads(case: Case, sockets: int, length: int) -> tuple[Report, float]:
    """So many sockets, four of them to a user, all read so many messages; whoever comes meanwhile is served.

    Returns what was read, and how many seconds whoever came waited at most.
    """
    newcomer_s = 0.0
    async with case.people(NEWCOMERS, 0) as crowd, herd(case.place, sockets, devices=DEVICES, length=length) as sheep:
        await sheep.gather()
        await sheep.write()
        reading = asyncio.create_task(sheep.read())
        for newcomer in crowd.customers:
            await asyncio.wait((reading,), timeout=1)
            began = time.monotonic()
            await newcomer.start()
            newcomer_s = max(newcomer_s, time.monotonic() - began)
        read = await reading
        await sheep.close()
        case.check(newcomer_s < NEWCOMER_S, f"a newcomer waited {newcomer_s:.1f} s for those who read")
        case.check(read.seconds <= READ_S, f"everybody had everything after {read.seconds:.1f} s")
        case.check(read.events >= sockets * length, f"{read.events} events were read")
        case.check(not read.wrong, f"{read.wrong} readers have a hole, too large a page or not everything")
        case.recovery_s = max(case.recovery_s, read.seconds)
    return read, newcomer_s
