"""Whoever goes, or does not get in, while the storage is away leaves no ghost behind."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from chatserver.core.background import end_all
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk import store
from chatserver.desk.sweep import Clocks
from tests.desk_house import DeskHouse, desk_house
from tests.held_rows import other_session


@pytest.fixture
async def house(pg_url: str, redis_url: str) -> AsyncIterator[DeskHouse]:
    async with desk_house(pg_url, redis_url) as made:
        yield made


LOCKED = "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE"
"""Held by another session: writes to the table are refused after their time."""


async def linked(house: DeskHouse, session: Session) -> bool:
    return await house.database.read(lambda conn: store.is_linked(conn, session.subject))


async def test_an_agent_who_goes_while_the_storage_is_away_counts_as_gone_afterwards(
    house: DeskHouse, pg_url: str
) -> None:
    amy = await house.available("amy")
    async with other_session(pg_url) as other:
        await other.run(LOCKED.format("agent_links"))
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
    async with other_session(pg_url) as other:
        await other.run(LOCKED.format("presence"))
        with pytest.raises(ChatError):
            await house.rooms.presence.agent_connected(amy)
    await house.rooms.presence.say_owed_goodbyes()
    assert not await linked(house, amy)


async def test_a_user_who_goes_while_the_storage_is_away_loses_the_place_in_time(house: DeskHouse, pg_url: str) -> None:
    lin = await house.user("lin")
    conversation = await house.wait(lin)
    async with other_session(pg_url) as other:
        await other.run(LOCKED.format("conversations"))
        await house.rooms.presence.user_went(lin)
    await house.rooms.presence.say_owed_goodbyes()
    await house.pass_time(121)
    assert (await house.head(conversation)).status == "bot"


async def test_two_sockets_that_end_at_once_on_two_processes_leave_no_ghost(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    amy = await house.available("amy")
    second = replace(amy, id="s_second")
    async with desk_house(pg_url, redis_url) as other:
        for _ in range(10):
            await other.rooms.presence.agent_connected(second)
            async with other_session(pg_url) as held:
                await held.run("SELECT * FROM agent_links FOR UPDATE")
                going = asyncio.gather(
                    house.rooms.presence.agent_disconnected(amy), other.rooms.presence.agent_disconnected(second)
                )
                await held.waited_for(2)
            await going
            presence = await house.database.read(lambda conn: store.read_presence(conn, amy.subject))
            assert presence is not None
            assert presence.link_lost_at is not None
            await house.rooms.presence.agent_connected(amy)


async def test_an_agent_whom_nothing_holds_is_found_by_the_sweep(house: DeskHouse) -> None:
    amy = await house.available("amy")
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    await house.database.write(lambda conn: store.delete_link(conn, amy.id))  # as no code of ours does
    await house.pass_time(1)
    await house.pass_time(61)
    head = await house.head(conversation)
    assert (head.status, head.avoid_agent) == ("waiting", amy.subject)
    assert not await house.database.read(store.ghosts)


async def test_many_users_who_go_at_once_are_told_of_together(
    house: DeskHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[int] = []
    mark = store.mark_users_left

    def marked(conn: Connection, left_at: Mapping[str, int]) -> None:
        statements.append(len(left_at))
        mark(conn, left_at)

    monkeypatch.setattr(store, "mark_users_left", marked)
    users = [await house.user(f"user-{number}") for number in range(50)]
    talks = [await house.wait(user) for user in users]
    await asyncio.gather(*map(house.rooms.presence.user_went, users))
    assert statements == [1, 49]
    heads = [await house.head(talk) for talk in talks]
    assert all(head.user_left_at == house.clock.now() for head in heads)


async def test_a_user_who_is_back_before_the_storage_heard_of_it_was_never_away(house: DeskHouse) -> None:
    lin, kim = await house.user("lin"), await house.user("kim")
    talk = await house.wait(lin)
    presence = house.rooms.presence
    # Begun in this order: kim's goodbye is under way and lin's waits when lin is back.
    await asyncio.gather(presence.user_went(kim), presence.user_went(lin), presence.user_came(lin, was_missed=False))
    assert (await house.head(talk)).user_left_at is None


async def test_agents_of_a_process_that_was_taken_for_dead_are_there_again_once_the_storage_listens(
    house: DeskHouse, pg_url: str
) -> None:
    people = [await house.available(name) for name in ("amy", "bob")]
    presence = house.rooms.presence
    await house.database.write(lambda conn: store.bury(conn, presence.process, house.clock.now()))
    presence.lose_links()
    async with other_session(pg_url) as other:
        await other.run(LOCKED.format("agent_links"))
        with pytest.raises(ChatError):
            await presence.link_again()
    assert not await linked(house, people[1])
    await presence.agent_disconnected(people[0])
    await presence.link_again()
    assert [await linked(house, one) for one in people] == [False, True]


async def test_a_process_lives_while_its_sweep_waits_for_something(pg_url: str, redis_url: str) -> None:
    waiting, beats = asyncio.Event(), asyncio.Queue[None]()

    async def forever() -> None:
        waiting.set()
        await asyncio.Event().wait()

    def here() -> list[str]:  # asked at the beginning of every heartbeat
        beats.put_nowait(None)
        return []

    async with desk_house(pg_url, redis_url, clocks=Clocks(agent_gone_ms=60_000, user_gone_ms=150)) as house:
        sweep = house.rooms.sweep
        sweep.seldom, sweep.users_here = {"something that never ends": forever}, here
        running = asyncio.create_task(sweep.run())
        async with asyncio.timeout(10):
            await waiting.wait()
            house.clock.turn(seconds=31)
            now = house.clock.now()
            while not beats.empty():
                beats.get_nowait()
            await beats.get()
            await beats.get()  # the one before has ended
        assert await house.database.read(lambda conn: store.dead_processes(conn, now)) == []
        await end_all([running])
