"""N: many who crawl, and many who want everything at once."""

import asyncio
import contextlib
import struct
import time
from contextlib import AsyncExitStack
from typing import Any, Final

from chatserver.client import ChatError, LinkLost
from chatserver.conversation.messages import CloseConversation, SendMessage, StartConversation, Sync
from tests.faults.bodies import tcp
from tests.faults.case import Case, acks_ms
from tests.faults.catalogue import fault
from tests.faults.frames import write_raw
from tests.faults.people import some
from tests.faults.processes import Server
from tests.faults.raw import Raw, raw_user

HEADER_S: Final = 15.0
"""A request whose headers have not come within this time is given up."""

FRAME_S: Final = 30.0
"""A frame that has not come whole within this time ends the socket."""

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
    length, people = case.times(250, 500), case.times(8, 100)
    place = case.place
    names = [some("reader") for _ in range(people)]
    conversations = []
    for start in range(0, people, 10):
        wrote = (_write(case, name, length) for name in names[start : start + 10])
        conversations += await asyncio.gather(*wrote)
    async with case.people(1, 0) as crowd, AsyncExitStack() as stack:
        readers: list[tuple[Raw, str]] = []
        for number in range(people * 4):  # all devices of everybody but one, on all processes
            urls = [place.urls[number % len(place.urls)]]
            raw = await stack.enter_async_context(raw_user(place, names[number % people], urls))
            readers.append((raw, conversations[number % people]))
        began = time.monotonic()
        reading = asyncio.gather(*(_read_all(raw, name) for raw, name in readers))
        await crowd.customers[0].start()
        case.check(time.monotonic() - began < 2, "a newcomer had to wait for those who read")
        await case.finished(reading, 60, "everybody has everything")
        case.recovery_s = max(case.recovery_s, time.monotonic() - began)
        for pages in reading.result() if reading.done() and not reading.cancelled() else ():
            events = [event for page in pages for event in page["events"]]
            case.check(max(len(page["events"]) for page in pages) <= 200, "a page holds more than 200 events")
            case.check([one["seq"] for one in events] == list(range(1, len(events) + 1)), "a reader has a hole")
            case.check(len(events) >= length, "a reader has not everything")
    await asyncio.gather(*(_close(case, *one) for one in zip(names, conversations, strict=True)))


async def _write(case: Case, name: str, length: int) -> str:
    """A conversation with so many messages."""
    async with raw_user(case.place, name, [case.random.choice(case.place.urls)]) as raw:
        answer = await raw.ask(StartConversation(key="storm"))
        conversation: str = answer["conversation"]["id"]
        for start in range(0, length, 50):
            numbers = [
                await raw.fire(SendMessage(conversation=conversation, key=f"s-{start + one}", text=f"message {one}"))
                for one in range(50)
            ]
            for number in numbers:
                await raw.answer(number, 30)
    return conversation


async def _read_all(raw: Raw, conversation: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    after, more = 0, True
    while more:
        page = await raw.ask(Sync(conversation=conversation, after=after), 60)
        pages.append(page)
        after += len(page["events"])
        more = page["more"]
    return pages


async def _close(case: Case, name: str, conversation: str) -> None:
    with contextlib.suppress(ChatError, LinkLost):
        async with raw_user(case.place, name, case.place.urls) as raw:
            await raw.ask(CloseConversation(conversation=conversation))
