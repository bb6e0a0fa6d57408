"""Erasure on PostgreSQL while others hold, start and go on at the same instant."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chatserver.core.audit import SYSTEM
from chatserver.core.errors import ChatError
from tests.e2e.conftest import Serve
from tests.people import Person
from tests.serving import Served

SOON_S = 0.2
"""Long enough for something that has begun to be done, if nothing holds it up."""


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"


@asynccontextmanager
async def others(pg_url: str, held: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Another session that holds something; gives a function that waits until somebody waits for it."""
    connection = await asyncpg.connect(pg_url.replace("+asyncpg", ""))
    await connection.execute(f"BEGIN; {held}")

    async def somebody_waits() -> None:
        for _ in range(1_000):
            if await connection.fetchval(WAITING):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("Nobody waits for it.")

    try:
        yield somebody_waits
    finally:
        await connection.close()


async def told_something(served: Served) -> tuple[Person, str]:
    lin = await served.user("lin")
    started = await lin.call("start_conversation", key="k", text="my own words")
    return lin, started["conversation"]["id"]


async def texts(served: Served, conversation: str) -> list[str]:
    lead = await served.agent("lead", role="supervisor")
    told = await served.get(f"/api/v1/conversations/{conversation}/transcript", lead)
    said = [one for one in told.body["events"] if one["type"] == "message_posted" and one["by"]["role"] == "user"]
    return [one.get("text", "") for one in said]


async def test_a_hold_is_not_confirmed_before_an_erasure_that_has_passed_it_is_done(serve: Serve, pg_url: str) -> None:
    served = await serve(database_url=pg_url)
    _, conversation = await told_something(served)
    rights = served.app.rights
    async with others(pg_url, "SELECT * FROM data_keys FOR UPDATE") as somebody_waits:  # destroyed last
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await somebody_waits()
        placing = asyncio.create_task(rights.holds.place(SYSTEM, f"conversation:{conversation}", "Court order"))
        await asyncio.sleep(SOON_S)
        assert not placing.done()
        assert not erasing.done()
    await asyncio.gather(erasing, placing)
    assert await texts(served, conversation) == [""]


async def test_a_hold_that_is_placed_while_an_erasure_is_under_way_keeps_what_is_left(
    serve: Serve, pg_url: str
) -> None:
    served = await serve(database_url=pg_url)
    lin, first = await told_something(served)
    await lin.call("close_conversation", conversation=first)
    second = (await lin.call("start_conversation", key="k2", text="my last words"))["conversation"]["id"]
    rights = served.app.rights
    async with others(pg_url, f"SELECT * FROM conversations WHERE id = '{second}' FOR UPDATE") as somebody_waits:
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await somebody_waits()
        await rights.holds.place(SYSTEM, f"conversation:{second}", "Court order")
    with pytest.raises(ChatError, match="legal hold"):
        await erasing
    assert await texts(served, second) == ["my last words"]


async def test_who_begins_anew_while_being_erased_loses_that_too_and_goes_on(serve: Serve, pg_url: str) -> None:
    served = await serve(database_url=pg_url)
    lin = await served.user("lin")
    rights = served.app.rights
    async with others(pg_url, "LOCK TABLE events IN EXCLUSIVE MODE") as somebody_waits:
        starting = asyncio.create_task(lin.call("start_conversation", key="k", text="my own words"))
        await somebody_waits()
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await asyncio.sleep(SOON_S)
    began, _ = await asyncio.gather(starting, erasing)
    again = await lin.call("start_conversation", key="k3", text="a new beginning")
    await lin.call("send_message", conversation=again["conversation"]["id"], key="k4", text="and more")
    assert await texts(served, began["conversation"]["id"]) == [""]
    assert await texts(served, again["conversation"]["id"]) == ["a new beginning", "and more"]
