"""Background work ends when it is told to, whatever the libraries below make of a cancellation."""

import asyncio

import pytest

from chatserver.core.background import end_all, together


async def stubborn(refusals: int) -> None:
    """Work in a library that swallows its first cancellations."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not refusals:
                raise
            refusals -= 1


async def test_work_that_swallows_a_cancellation_is_cancelled_again() -> None:
    task = asyncio.create_task(stubborn(2))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end_all([task])
    assert task.cancelled()


async def test_works_side_by_side_end_together_when_they_are_cancelled() -> None:
    task = asyncio.create_task(together(stubborn(1), together(stubborn(2))))
    for _ in range(5):  # both floors are up
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end_all([task])
    assert task.cancelled()


async def test_the_first_failure_ends_the_others_and_is_raised() -> None:
    async def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await together(stubborn(1), fail())


async def test_works_that_are_done_are_done() -> None:
    await together(asyncio.sleep(0), asyncio.sleep(0))
