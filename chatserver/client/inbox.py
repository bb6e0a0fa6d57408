"""Events that came and were not taken yet, and those who wait for one."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

from chatserver.client.events import Event

KEPT: Final = 10_000
"""Untaken events at most; the oldest go first. The logs lose nothing by it."""


class Inbox:
    """A line of events: each is taken once, by whoever waits for one like it or takes them all."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._waiting: list[tuple[Callable[[Event], bool], asyncio.Future[Event]]] = []
        self._end: Exception | None = None

    def put(self, event: Event) -> None:
        """An event came: the first one who waits for it gets it, else it is kept."""
        for entry in self._waiting:
            wanted, waiter = entry
            if not waiter.done() and wanted(event):
                self._waiting.remove(entry)
                waiter.set_result(event)
                return
        self._events.append(event)

    async def take(self, wanted: Callable[[Event], bool], timeout_s: float | None = None) -> Event:
        """The first event that is `wanted`, of those kept or those to come; others stay.

        Raises `TimeoutError` naming what came instead, or the error that ended the line.
        """
        for event in self._events:
            if wanted(event):
                self._events.remove(event)
                return event
        if self._end is not None:
            raise self._end
        waiter: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        entry = (wanted, waiter)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(timeout_s):
                return await waiter
        except TimeoutError:
            came = ", ".join(event.type for event in self._events) or "nothing"
            raise TimeoutError(f"No such event within {timeout_s} s; untaken: {came}") from None
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    async def take_all(self) -> AsyncIterator[Event]:
        """Every event from the oldest kept on; ends when the line was closed without an error."""
        while True:
            try:
                yield await self.take(lambda _event: True)
            except EOFError:
                return

    def close(self, error: Exception | None = None) -> None:
        """Nothing comes any more: whoever waits, now or later, gets the error."""
        self._end = error or EOFError("The client was closed.")
        for _wanted, waiter in self._waiting:
            if not waiter.done():
                waiter.set_exception(self._end)
        self._waiting.clear()
