"""Whoever goes, or does not get in, while the storage is away leaves no ghost behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk import store
from tests.desk_house import DeskHouse, desk_house


@pytest.fixture
async def house(pg_url: str, redis_url: str) -> AsyncIterator[DeskHouse]:
    async with desk_house(pg_url, redis_url) as made:
        yield made


@asynccontextmanager
async def locked(pg_url: str, table: str) -> AsyncIterator[None]:
    """Another session holds a table for itself, so that writes to it are refused after their time."""
    connection = await asyncpg.connect(pg_url.replace("+asyncpg", ""))
    await connection.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        await connection.close()


async def linked(house: DeskHouse, session: Session) -> bool:
    return await house.database.read(lambda conn: store.is_linked(conn, session.subject))


async def test_an_agent_who_goes_while_the_storage_is_away_counts_as_gone_afterwards(
    house: DeskHouse, pg_url: str
) -> None:
    amy = await house.available("amy")
    async with locked(pg_url, "agent_links"):
        await house.rooms.presence.agent_disconnected(amy)
    assert await linked(house, amy)
    await house.rooms.presence.say_owed_goodbyes()
    assert not await linked(house, amy)
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    assert (await house.head(conversation)).status == "waiting"


async def test_an_agent_whose_link_was_refused_is_not_there(house: DeskHouse, pg_url: str) -> None:
    amy = await house.agent("amy")
    await house.rooms.presence.agent_disconnected(amy)
    async with locked(pg_url, "presence"):
        with pytest.raises(ChatError):
            await house.rooms.presence.agent_connected(amy)
    await house.rooms.presence.say_owed_goodbyes()
    assert not await linked(house, amy)


async def test_a_user_who_goes_while_the_storage_is_away_loses_the_place_in_time(house: DeskHouse, pg_url: str) -> None:
    lin = await house.user("lin")
    conversation = await house.wait(lin)
    async with locked(pg_url, "conversations"):
        await house.rooms.presence.user_went(lin)
    await house.rooms.presence.say_owed_goodbyes()
    await house.pass_time(121)
    assert (await house.head(conversation)).status == "bot"
