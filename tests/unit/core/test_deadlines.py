"""One timer for many deadlines: each ends what is late, and nothing else."""

import asyncio
from typing import Any

import pytest

from chatserver.core.deadlines import LOOK_S, Deadline, Deadlines


async def late(deadlines: Deadlines, begun: asyncio.Event | None = None) -> None:
    with deadlines.begin():
        if begun is not None:
            begun.set()
        await asyncio.Event().wait()


async def test_what_is_late_is_cut_off() -> None:
    with pytest.raises(TimeoutError):
        await late(Deadlines(0.01))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0  # it may go on, as if nothing had been


async def test_what_is_in_time_is_left_alone() -> None:
    loop, deadlines = HandMadeLoop(), Deadlines(5)
    kept, one_late, later = (Begun(deadlines) for _ in range(3))
    deadlines.add(kept, loop)  # type: ignore[arg-type]
    deadlines.add(one_late, loop)  # type: ignore[arg-type]
    loop.now += 2
    deadlines.add(later, loop)  # type: ignore[arg-type]
    deadlines.remove(kept)
    assert len(loop.timers) == 1, "one timer for all"
    loop.now += 3 + LOOK_S
    loop.ring()
    assert [one.was_cut_off for one in (kept, one_late, later)] == [False, True, False]
    loop.now += 2
    loop.ring()
    assert later.was_cut_off
    assert not loop.timers, "no timer when nothing runs"


class Begun(Deadline):
    """One that only remembers that it was cut off."""

    was_cut_off = False

    def cut_off(self) -> None:
        self.was_cut_off = True


class HandMadeLoop:
    """A loop whose time stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Any, tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Any, *given: Any) -> object:
        self.timers.append((when, callback, given))
        return object()

    def call_later(self, delay: float, callback: Any, *given: Any) -> object:
        return self.call_at(self.now + delay, callback, *given)

    def ring(self) -> None:
        """Call what is due."""
        due = [one for one in self.timers if one[0] <= self.now]
        self.timers = [one for one in self.timers if one[0] > self.now]
        for _, callback, given in due:
            callback(*given)


async def test_whoever_is_cancelled_by_others_stays_cancelled() -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(late(Deadlines(10), begun))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancel_of_others_beside_its_own_is_theirs() -> None:
    deadlines = Deadlines(0.01)

    async def stubborn() -> None:
        with deadlines.begin():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                asyncio.current_task().cancel()  # type: ignore[union-attr]
                raise

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(stubborn())


async def test_a_fault_of_its_own_is_told_as_it_is() -> None:
    with pytest.raises(KeyError), Deadlines(10).begin():
        raise KeyError("x")


async def test_a_deadline_is_for_a_task() -> None:
    loop = asyncio.get_running_loop()
    failed = loop.create_future()

    def outside() -> None:
        try:
            with Deadlines(1).begin():
                failed.set_result(None)
        except RuntimeError as error:
            failed.set_result(error)

    loop.call_soon(outside)
    assert isinstance(await failed, RuntimeError)
