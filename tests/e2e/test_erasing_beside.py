"""Erasure on PostgreSQL while others hold, start and go on at the same instant."""

import asyncio

import pytest

from chatserver.core.audit import SYSTEM
from chatserver.core.errors import ChatError
from tests.e2e.conftest import Serve
from tests.held_rows import other_session
from tests.people import Person
from tests.serving import Served


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
    async with other_session(pg_url) as held:
        await held.run("SELECT * FROM data_keys FOR UPDATE")  # destroyed last
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await held.waited_for()
        placing = asyncio.create_task(rights.holds.place(SYSTEM, f"conversation:{conversation}", "Court order"))
        await held.waited_for(2)
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
    async with other_session(pg_url) as held:
        await held.run(f"SELECT * FROM conversations WHERE id = '{second}' FOR UPDATE")
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await held.waited_for()
        await rights.holds.place(SYSTEM, f"conversation:{second}", "Court order")
    with pytest.raises(ChatError, match="legal hold"):
        await erasing
    assert await texts(served, second) == ["my last words"]


async def test_who_begins_anew_while_being_erased_loses_that_too_and_goes_on(serve: Serve, pg_url: str) -> None:
    served = await serve(database_url=pg_url)
    lin = await served.user("lin")
    rights = served.app.rights
    async with other_session(pg_url) as held:
        await held.run("LOCK TABLE events IN EXCLUSIVE MODE")
        starting = asyncio.create_task(lin.call("start_conversation", key="k", text="my own words"))
        await held.waited_for()
        erasing = asyncio.create_task(rights.erasing.erase(SYSTEM, "lin", lambda _: "asked for it"))
        await held.waited_for(2)
    began, _ = await asyncio.gather(starting, erasing)
    again = await lin.call("start_conversation", key="k3", text="a new beginning")
    await lin.call("send_message", conversation=again["conversation"]["id"], key="k4", text="and more")
    assert await texts(served, began["conversation"]["id"]) == [""]
    assert await texts(served, again["conversation"]["id"]) == ["a new beginning", "and more"]
