"""Work that goes on behind the commands and must outlive its own failures."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

import structlog

from chatserver.core.errors import ChatError

CANCEL_AGAIN_S: Final = 0.1
"""Python 3.11's `wait_for`, which the Redis client uses, may swallow a cancellation: it is said again after this."""

delayed: Final[Counter[str]] = Counter()
failed: Final[Counter[str]] = Counter()
"""How often each work of this process failed, for its figures: to be tried again, and by a defect."""

log = structlog.get_logger(__name__)


async def attempt(name: str, step: Callable[[], Awaitable[Any]], *expected: type[Exception]) -> bool:
    """Do a step of background work; False when it failed, which is logged and never raised.

    `expected` failures, and refusals of the storage, are a warning: the next attempt may succeed. Anything else is
    a defect; it is logged with its place, without texts that may hold what somebody wrote.
    """
    passing: tuple[type[Exception], ...] = (ChatError, OSError, *expected)
    try:
        await step()
    except passing as error:
        delayed[name] += 1
        log.warning("background_delayed", work=name, error=getattr(error, "code", type(error).__name__))
    except Exception as error:
        failed[name] += 1
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else "unknown"
        log.error("background_failed", work=name, error=type(error).__name__, at=where)  # noqa: TRY400  (no texts)
    else:
        return True
    return False


async def repeat(name: str, step: Callable[[], Awaitable[Any]], every_s: float, *expected: type[Exception]) -> None:
    """Do a step again and again, `every_s` apart, until cancelled."""
    while True:
        await attempt(name, step, *expected)
        await asyncio.sleep(every_s)


async def together(*works: Coroutine[Any, Any, None]) -> None:
    """Do works side by side until all are done, one fails, or this is cancelled; raises what the first one raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        await end_all(tasks)
    for task in done:
        task.result()


async def end_all(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    """Cancel tasks until every one of them has ended."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
        except asyncio.CancelledError:
            continue  # whoever says it again waits for the same
    for task in tasks:
        if not task.cancelled():
            task.exception()  # seen: a failure beside the one that ended them all is no news
