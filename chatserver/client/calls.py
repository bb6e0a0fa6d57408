"""Commands that are sent until they are answered for good, or their time is over."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from msgspec import Raw

from chatserver.client.habits import Habits
from chatserver.client.link import LinkLost
from chatserver.client.outbox import Outbox, Request
from chatserver.client.tether import Tether
from chatserver.client.wire import Reply
from chatserver.core.errors import retry


class Tasks:
    """Work that nobody awaits, kept so that it can be ended with its owner."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run something on the side."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self) -> None:
        """Cancel all of it and wait until it has stopped."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Calls:
    """The way from a command to its answer, over any number of sockets."""

    def __init__(self, tether: Tether, habits: Habits, tasks: Tasks) -> None:
        self._tether = tether
        self._habits = habits
        self._tasks = tasks
        self._outbox = Outbox()
        self._silence: asyncio.TimerHandle | None = None
        self._open = False
        self._ended: Exception | None = None

    async def call(self, name: str, body: Any, lane: str | None, deadline_s: float | None) -> Raw:
        """Send a command and return its result as JSON.

        Raises `ChatError` with the server's refusal, `retry` when there was none in time, or the error that ended
        everything.
        """
        if self._ended is not None:
            raise self._ended
        request = self._outbox.add(name, body, lane)
        try:
            async with asyncio.timeout(self._habits.deadline_s if deadline_s is None else deadline_s):
                if self._outbox.is_next(request):
                    await self._send(request)
                return await request.answer
        except TimeoutError:
            raise request.refusal or retry(f"No answer to {name} in time. Send the same again.") from None
        finally:
            following = self._outbox.remove(request)
            if following is not None and self._ended is None:
                self._tasks.start(self._send(following))

    def answered(self, number: int, reply: Reply) -> None:
        """An acknowledgement came."""
        resting = self._outbox.answered(number, reply)
        if resting is not None:
            least_s = ((resting.refusal and resting.refusal.retry_after_ms) or 0) / 1000
            pause_s = max(least_s, self._habits.backoff_s(resting.attempts))
            asyncio.get_running_loop().call_later(pause_s, self._wake, resting)

    async def open(self) -> None:
        """A new socket is ready: what has no answer yet goes out again, in order, before anything new."""
        self._open = True
        for request in self._outbox.to_send():
            await self._send(request)

    def lost(self) -> None:
        """The socket is gone, and with it every answer that was under way."""
        self._open = False
        self._outbox.link_lost()

    def end(self, error: Exception) -> None:
        """There will be no socket any more: whoever waits, now or later, gets the error."""
        self._ended = error
        self._outbox.fail(error)
        if self._silence is not None:
            self._silence.cancel()

    def _wake(self, request: Request) -> None:
        request.resting = False
        if request.number in self._outbox.requests and self._ended is None:
            self._tasks.start(self._send(request))

    async def _send(self, request: Request) -> None:
        """Put a command on the socket; without one it goes out with the next."""
        if not self._open or request.sent_at is not None or request.resting:
            return
        loop = asyncio.get_running_loop()
        request.sent_at = loop.time()
        if self._silence is None:
            self._silence = loop.call_later(self._habits.ack_s, self._check_silence)
        with contextlib.suppress(LinkLost):  # whoever reads the socket learns of it too
            await self._tether.send(request.frame)

    def _check_silence(self) -> None:
        """Commands of a socket are answered in order, so one without an answer means that the socket is of no use."""
        self._silence = None
        oldest = self._outbox.oldest_sent_at()
        if oldest is None:
            return
        loop = asyncio.get_running_loop()
        left_s = oldest + self._habits.ack_s - loop.time()
        if left_s <= 0:
            self._tether.drop()
        else:
            self._silence = loop.call_later(left_s, self._check_silence)
