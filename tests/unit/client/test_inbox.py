"""Every event is taken once, by whoever waits for one like it."""

import asyncio

import pytest

from chatserver.client.events import Passing
from chatserver.client.inbox import Inbox
from chatserver.core.errors import closed


def named(name: str) -> Passing:
    return Passing(name, {})


async def test_an_event_that_came_before_anybody_waited_is_found() -> None:
    inbox = Inbox()
    for name in ("a", "b", "a"):
        inbox.put(named(name))
    assert (await inbox.take(lambda event: event.type == "b")).type == "b"
    assert (await inbox.take(lambda event: True)).type == "a"
    assert (await inbox.take(lambda event: True)).type == "a"


async def test_an_event_goes_to_one_of_those_who_wait() -> None:
    inbox = Inbox()
    first = asyncio.ensure_future(inbox.take(lambda event: event.type == "b"))
    second = asyncio.ensure_future(inbox.take(lambda event: True))
    await asyncio.sleep(0)
    inbox.put(named("a"))
    inbox.put(named("b"))
    assert (await first).type == "b"
    assert (await second).type == "a"


async def test_waiting_in_vain_tells_what_came_instead() -> None:
    inbox = Inbox()
    inbox.put(named("typing"))
    with pytest.raises(TimeoutError, match="typing"):
        await inbox.take(lambda event: event.type == "offer", 0.01)
    assert (await inbox.take(lambda event: True)).type == "typing"


async def test_the_line_ends_after_its_last_event() -> None:
    inbox = Inbox()
    inbox.put(named("a"))
    inbox.close()
    assert [event.type async for event in inbox.take_all()] == ["a"]


async def test_an_error_at_the_end_reaches_those_who_wait() -> None:
    inbox = Inbox()
    waiter = asyncio.ensure_future(inbox.take(lambda event: True))
    await asyncio.sleep(0)
    inbox.close(closed())
    with pytest.raises(Exception, match="closed"):
        await waiter
