"""Deadlines of what runs often and is seldom late: one timer for all, where `asyncio.timeout` makes one for each.

That cost a twentieth of a message. Everything under one `Deadlines` has the same time, so that who began first is late
first, and only the first has to be looked at.
"""

import asyncio
from types import TracebackType
from typing import Final

LOOK_S: Final = 0.05
"""How late a deadline may be noticed: nobody feels it, and a timer that rings seldom costs nothing."""


class Deadlines:
    """Cuts off what takes longer than `seconds`: `with deadlines.begin(): …` in a task. Of one event loop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[Deadline, None] = {}  # in the order in which they end
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> "Deadline":
        """A deadline from now on."""
        return Deadline(self)

    def add(self, one: "Deadline", loop: asyncio.AbstractEventLoop) -> None:
        """It has begun."""
        one.ends_at = loop.time() + self._seconds
        self._running[one] = None
        if self._timer is None:
            self._timer = loop.call_later(self._seconds + LOOK_S, self._look, loop)

    def remove(self, one: "Deadline") -> None:
        """It was kept, or is over."""
        self._running.pop(one, None)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for one in list(self._running):
            if one.ends_at > now:
                self._timer = loop.call_at(one.ends_at + LOOK_S, self._look, loop)
                return
            del self._running[one]
            one.cut_off()


class Deadline:
    """One of them, as a context. Raises `TimeoutError` where it ended the wait within."""

    __slots__ = ("_all", "_cancelling", "_is_late", "_task", "ends_at")

    def __init__(self, deadlines: Deadlines) -> None:
        self._all = deadlines
        self._is_late = False
        self.ends_at = 0.0

    def cut_off(self) -> None:
        """It is late: end what it waits for."""
        self._is_late = True
        self._task.cancel()

    def __enter__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A deadline is for a task.")
        self._task = task
        self._cancelling = task.cancelling()
        self._all.add(self, task.get_loop())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._all.remove(self)
        # Somebody else who cancelled meanwhile is not to be taken for us.
        if self._is_late and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error
