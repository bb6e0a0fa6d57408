"""Two transactions of PostgreSQL that each read what the other is about to change: the desk stays sound.

A third session holds rows, so that both are under way before either can go on.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection

from chatserver.conversation import posting, store
from chatserver.conversation.attachments import store as files
from chatserver.conversation.events import By, FileInfo, MessagePosted
from chatserver.conversation.states import Change
from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.desk.catalogue import store as catalogue
from chatserver.desk.catalogue.kinds import Both, Tag
from chatserver.desk.rules import Terms
from chatserver.desk.store import read_presence, save_presence
from chatserver.trust.agents import Account, add_account
from tests.desk_house import DeskHouse, desk_house
from tests.held_rows import other_session


@pytest.fixture
async def house(pg_url: str, redis_url: str) -> AsyncIterator[DeskHouse]:
    async with desk_house(pg_url, redis_url) as made:
        yield made


async def state(house: DeskHouse, agent: str) -> Any:
    return await house.database.read(lambda conn: read_presence(conn, agent))


async def test_an_agent_whose_first_sockets_come_at_once_on_two_processes_is_let_in_on_both(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    account = Account(email="amy@x.io", name="amy", role=Role.AGENT, tier=1, capacity=3, skills=(), password="!")
    amy = (await house.database.write(lambda conn: add_account(conn, account, house.clock.now()))).id
    async with desk_house(pg_url, redis_url) as other:
        async with other_session(pg_url) as held:
            await held.run(f"INSERT INTO presence VALUES ('{amy}', 'offline', 3, 0, NULL, false, 0)")
            coming = [
                asyncio.create_task(one.rooms.presence.agent_connected(Session(id_, Role.AGENT, amy, "amy", tier=1)))
                for one, id_ in ((house, "s_one"), (other, "s_two"))
            ]
            await held.waited_for(2)
            await held.run("DELETE FROM presence")
        await asyncio.gather(*coming)
    assert (await state(house, amy)).link_lost_at is None


async def test_one_agent_is_never_given_more_than_fits_by_two_processes_at_once(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    amy = await house.available("amy", capacity=1)
    talks = [await house.wait(await house.user(name)) for name in ("lin", "kim")]
    async with desk_house(pg_url, redis_url) as other:
        async with other_session(pg_url) as held:
            await held.run(f"SELECT * FROM presence WHERE agent_id = '{amy.subject}' FOR UPDATE")
            both = asyncio.gather(house.rooms.pairing.pair_all_from_sql(), other.rooms.pairing.pair_all_from_sql())
            await held.waited_for(2)
        await both
    heads = [await house.head(talk) for talk in talks]
    assert sorted(head.status for head in heads) == ["active", "waiting"]


async def test_taking_back_and_being_given_another_at_once_keep_to_the_capacity(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    amy = await house.available("amy", capacity=1)
    first = await house.wait(await house.user("lin"))
    await house.settle()
    await house.run(amy, "set_presence", status="away")
    await house.run(amy, "hand_off", conversation=first, to_tier=2, reason="hard")
    await house.run(amy, "set_presence", status="available")
    second = await house.wait(await house.user("kim"))
    async with desk_house(pg_url, redis_url) as other:
        async with other_session(pg_url) as held:
            await held.run(f"SELECT * FROM presence WHERE agent_id = '{amy.subject}' FOR UPDATE")
            both = asyncio.gather(
                house.registry.run(amy, "take_back", b'{"conversation":"%s"}' % first.encode()),
                other.rooms.pairing.pair_all_from_sql(),
                return_exceptions=True,
            )
            await held.waited_for(2)
        taken, _ = await both
    served = [(await house.head(talk)).status == "active" for talk in (first, second)]
    assert sum(served) == 1
    assert not isinstance(taken, BaseException) or (isinstance(taken, ChatError) and taken.code == "capacity")


async def test_an_offer_that_is_taken_as_it_rings_out_has_one_owner(pg_url: str, redis_url: str) -> None:
    terms = Terms(direct=False, offer_ms=20_000, first_reply_ms=60_000)
    async with desk_house(pg_url, redis_url, terms=terms) as house:
        amy = await house.available("amy")
        talk = await house.wait(await house.user("lin"))
        await house.settle()
        epoch = (await house.head(talk)).epoch
        async with other_session(pg_url) as held:
            await held.run(f"SELECT * FROM conversations WHERE id = '{talk}' FOR UPDATE")
            accept = f'{{"conversation":"{talk}","epoch":{epoch}}}'.encode()
            accepting = asyncio.create_task(house.registry.run(amy, "accept_offer", accept))
            await held.waited_for()
            house.clock.turn(seconds=21)
            sweeping = asyncio.create_task(house.rooms.sweep.sweep())
            await held.waited_for(2)
        await asyncio.gather(accepting, sweeping)
        head = await house.head(talk)
        assert head.status == "active"
        assert head.served_by(amy.subject)


async def test_a_user_who_starts_on_two_processes_at_once_has_one_conversation(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    lin = await house.user("lin")
    async with desk_house(pg_url, redis_url) as other:
        async with other_session(pg_url) as held:
            await held.run("SELECT * FROM users FOR UPDATE")
            both = asyncio.gather(*(one.registry.run(lin, "start_conversation", b'{"key":"%s"}' % key)
                                    for one, key in ((house, b"k1"), (other, b"k2"))))  # fmt: skip
            await held.waited_for(2)
        first, second = await both
    assert first.conversation.id == second.conversation.id


async def test_what_is_reopened_while_the_user_starts_another_leaves_one_open(
    house: DeskHouse, pg_url: str, redis_url: str
) -> None:
    amy, lin = await house.available("amy"), await house.user("lin")
    old = await house.wait(lin)
    await house.settle()
    await house.run(amy, "close_conversation", conversation=old, disposition="solved")
    async with desk_house(pg_url, redis_url) as other:
        async with other_session(pg_url) as held:
            await held.run("SELECT * FROM users FOR UPDATE")
            both = asyncio.gather(
                house.registry.run(amy, "reopen_conversation", b'{"conversation":"%s"}' % old.encode()),
                other.registry.run(lin, "start_conversation", b'{"key":"another"}'),
                return_exceptions=True,
            )
            await held.waited_for(2)
        reopened, started = await both
    open_ones = await house.database.read(lambda conn: store.read_users_conversations(conn, "lin", 2**60))
    assert len(open_ones) == 1
    assert not isinstance(started, BaseException)
    assert not isinstance(reopened, BaseException) or (isinstance(reopened, ChatError) and reopened.code == "conflict")


async def test_an_agent_who_is_back_as_users_are_told_of_the_loss_is_not_taken_for_lost(
    house: DeskHouse, pg_url: str
) -> None:
    amy = await house.available("amy")
    await house.wait(await house.user("lin"))
    await house.settle()
    await house.rooms.presence.agent_disconnected(amy)
    house.clock.turn(seconds=16)
    async with other_session(pg_url) as held:  # another process, to which amy has come back
        await held.run(f"UPDATE presence SET link_lost_at = NULL WHERE agent_id = '{amy.subject}'")
        sweeping = asyncio.create_task(house.rooms.sweep.sweep())
        await held.waited_for()
    await sweeping
    assert house.hub.events("user:lin", "presence") == []
    assert not (await state(house, amy.subject)).loss_told  # else nobody would be told of the next loss


async def test_a_time_to_wrap_up_that_begins_as_the_last_one_ends_is_kept(house: DeskHouse, pg_url: str) -> None:
    amy = await house.available("amy")
    now = house.clock.now()
    await house.database.write(lambda conn: save_presence(conn, amy.subject, wrap_up_until=now))
    async with other_session(pg_url) as held:
        await held.run(f"UPDATE presence SET wrap_up_until = {now + 60_000} WHERE agent_id = '{amy.subject}'")
        sweeping = asyncio.create_task(house.rooms.sweep.sweep())
        await held.waited_for()
    await sweeping
    assert (await state(house, amy.subject)).wrap_up_until == now + 60_000
    assert house.hub.events(f"agent:{amy.subject}", "wrap_up") == []


async def test_a_file_that_the_sweep_takes_as_it_is_sent_is_not_sent(house: DeskHouse, pg_url: str) -> None:
    lin = await house.user("lin")
    head = await house.head(await house.wait(lin))

    def keep(conn: Connection) -> None:
        files.begin_file(conn, FileInfo("f_1", "a.txt", "text/plain", 1), head, "public", lin.identity, 0)
        files.finish_file(conn, "f_1")

    await house.database.write(keep)
    async with other_session(pg_url) as held:
        await held.run("UPDATE attachments SET erased_at = 1")
        body = b'{"conversation":"%s","key":"k","text":"see","attachments":["f_1"]}' % head.id.encode()
        sending = asyncio.create_task(house.registry.run(lin, "send_message", body))
        await held.waited_for()
    with pytest.raises(ChatError, match="attachment"):
        await sending


async def test_of_two_who_change_a_setting_at_once_one_is_told_to_look_again(house: DeskHouse, pg_url: str) -> None:
    tag, by = Tag(name=Both(zh="甲", en="a")), By("agent", "a_1", "Ann")

    def save(conn: Connection) -> Any:
        return catalogue.save_item(conn, "first", tag, by, 0)

    await house.database.write(save)
    async with other_session(pg_url) as held:
        await held.run("SELECT * FROM catalogue FOR UPDATE")
        both = asyncio.gather(house.database.write(save), house.database.write(save), return_exceptions=True)
        await held.waited_for(2)
    outcomes = await both
    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert [getattr(one, "code", one) for one in refused] == ["conflict"]


async def test_pairing_and_posting_lock_conversations_in_one_order_whatever_the_database_sorts_by(
    house: DeskHouse, pg_url: str
) -> None:
    await house.available("amy")
    lin, kim = await house.user("lin"), await house.user("kim")
    talks = {await house.wait(lin): lin, await house.wait(kim): kim}
    async with other_session(pg_url) as held:  # sorted by letters first and by case last, as most installations do
        await held.run('ALTER TABLE conversations ALTER COLUMN id TYPE text COLLATE "und-x-icu"')
        for name, talk in zip(("c_B", "c_a"), talks, strict=True):
            await held.run(f"UPDATE conversations SET id = '{name}' WHERE id = '{talk}'")
    posts = [
        posting.Post(
            session, name, "k", lambda _, head: (Change((MessagePosted(text=head.user_id),)), None), house.clock.now()
        )
        for name, session in zip(("c_B", "c_a"), talks.values(), strict=True)
    ]
    async with other_session(pg_url) as held:
        await held.run("SELECT * FROM conversations WHERE id = 'c_B' FOR UPDATE")
        writing = asyncio.create_task(house.rooms.log.write(lambda conn: posting._together(posts, conn)))
        await held.waited_for()
        pairing = asyncio.create_task(house.rooms.pairing.pair_all_from_sql())
        await held.waited_for(2)
    await asyncio.gather(writing, pairing)
    assert house.database.figures.reruns == 0
