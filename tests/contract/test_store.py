"""`conversation.store`: what is kept of conversations, the same on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from chatserver.conversation import appending, store
from chatserver.conversation.events import (
    AgentAssigned,
    By,
    ConversationClosed,
    ConversationStarted,
    MessagePosted,
    NoteAdded,
    Recorded,
)
from chatserver.conversation.states import Head
from chatserver.core.session import Session
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA, BEN, NOW, STRANGER, SUE, USER, head_with, info

BY_USER = By("user", USER.subject, USER.name)
BY_ANNA = By("agent", ANNA.subject, ANNA.name)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """A log on an empty database."""
    async with log_house(database_url) as built:
        yield built


async def page(house: LogHouse, id_: str, thread: str = "public", after: int = 0, limit: int = 200) -> list[Recorded]:
    """Rows of a thread."""
    head = await house.head(id_)
    return await house.database.read(lambda conn: store.read_page(conn, head, thread, after, limit))


async def test_a_head_is_read_as_it_was_stored(house: LogHouse) -> None:
    full: dict[str, Any] = {
        "topic": "freeze",
        "status": "offered",
        "tier": 2,
        "epoch": 2**40,
        "skill": "zh",
        "priority": -1,
        "queued_at": NOW,
        "agent": info(BEN),
        "assigned_at": NOW + 1,
        "offer_until": NOW + 2,
        "reply_due": NOW + 3,
        "return_to": "a_1",
        "handed_off_by": "a_2",
        "avoid_agent": "a_3",
        "last_agent": "a_4",
        "user_left_at": NOW + 4,
        "joined": (info(SUE), info(ANNA)),
        "public_head": 3,
        "internal_head": 2,
        "user_read": 1,
        "agent_read": 2,
        "closed_at": NOW + 5,
        "disposition": "解决",
    }
    stored = await house.begin("c_full", **full)
    assert stored.number > 0
    assert await house.head("c_full") == stored
    assert msgspec.structs.replace(stored, number=0) == head_with(
        id="c_full", number=0, started_at=stored.started_at, **full
    )


async def test_an_unknown_conversation_has_no_head(house: LogHouse) -> None:
    assert await house.database.read(lambda conn: store.read_head(conn, "c_none")) is None


async def test_what_is_recorded_is_read_in_order_from_one(house: LogHouse) -> None:
    await house.begin("c_1")
    first = await house.add("c_1", BY_USER, ConversationStarted(topic="", locale="en"), MessagePosted(text="你好 🙂"))
    second = await house.add("c_1", BY_ANNA, NoteAdded(text="vip"), MessagePosted(text="hi", reply_to="c_1-2"))
    rows = await page(house, "c_1")
    assert rows == [*first.rows, second.rows[1]]
    assert [row.seq for row in rows] == [1, 2, 3]
    assert await page(house, "c_1", "internal") == [second.rows[0]]
    head = await house.head("c_1")
    assert head == second.head
    assert (head.public_head, head.internal_head) == (3, 1)


async def test_pages_begin_after_a_number_and_end_at_a_limit(house: LogHouse) -> None:
    await house.begin("c_1")
    for number in range(1, 8):
        await house.say("c_1", f"{number}")
    assert [row.seq for row in await page(house, "c_1", after=2, limit=3)] == [3, 4, 5]
    assert [row.seq for row in await page(house, "c_1", after=6)] == [7]
    assert await page(house, "c_1", after=7) == []


async def test_a_page_holds_nothing_of_others(house: LogHouse) -> None:
    await house.begin("c_1")
    await house.begin("c_2", STRANGER)
    await house.say("c_1", "mine")
    await house.say("c_2", "theirs", STRANGER)
    assert [row.conversation for row in await page(house, "c_1")] == ["c_1"]


async def test_many_who_write_at_once_leave_no_gap(house: LogHouse) -> None:
    await house.begin("c_1")
    await house.begin("c_2", STRANGER)
    await asyncio.gather(*(house.say(f"c_{number % 2 + 1}", f"{number}") for number in range(100)))
    for id_ in ("c_1", "c_2"):
        assert [row.seq for row in await page(house, id_)] == list(range(1, 51))
        assert (await house.head(id_)).public_head == 50


async def test_a_change_that_fails_leaves_no_trace(house: LogHouse) -> None:
    await house.begin("c_1")
    await house.say("c_1", "one", key="k1")
    with pytest.raises(IntegrityError):
        await house.say("c_1", "two", key="k1")
    assert [row.seq for row in await page(house, "c_1")] == [1]
    assert (await house.head("c_1")).public_head == 1
    assert (await house.say("c_1", "three")).rows[0].seq == 2


# --- keys ---


async def by_key(house: LogHouse, id_: str, sender: str, key: str) -> Recorded | None:
    """What a key stands for."""
    head = await house.head(id_)
    return await house.database.read(lambda conn: store.read_by_key(conn, head, sender, key))


async def test_a_key_stands_for_the_first_result_for_ever(house: LogHouse) -> None:
    await house.begin("c_1")
    said = await house.say("c_1", "one", key="k1")
    await house.add("c_1", BY_USER, ConversationClosed(disposition=None))
    assert await by_key(house, "c_1", USER.identity, "k1") == said.rows[0]
    assert said.rows[0].key == "k1"


async def test_a_key_is_its_senders_and_its_conversations_own(house: LogHouse) -> None:
    await house.begin("c_1")
    await house.begin("c_2", STRANGER)
    await house.say("c_1", "one", key="k1")
    note = await house.add("c_1", BY_ANNA, NoteAdded(text="x"), key="k1")
    assert await by_key(house, "c_1", ANNA.identity, "k1") == note.rows[0]
    assert await by_key(house, "c_1", BEN.identity, "k1") is None
    assert await by_key(house, "c_2", USER.identity, "k1") is None
    assert await by_key(house, "c_1", USER.identity, "K1") is None


async def test_a_key_belongs_to_the_message_not_to_what_came_with_it(house: LogHouse) -> None:
    await house.begin("c_1")
    begun = ConversationStarted(topic="", locale="en")
    rows = (await house.add("c_1", BY_USER, begun, MessagePosted(text="x"), key="k")).rows
    assert [row.key for row in rows] == [None, "k"]
    assert await by_key(house, "c_1", USER.identity, "k") == rows[1]


async def test_a_start_key_stands_for_its_conversation_for_ever(house: LogHouse) -> None:
    head = await house.begin("c_1")
    await house.database.write(lambda conn: store.remember_start(conn, USER.subject, "k1", head.id))

    def started(user: str, key: str) -> Any:
        return house.database.write(lambda conn: store.read_started(conn, user, key))

    assert await started(USER.subject, "k1") == head
    await house.add("c_1", BY_USER, ConversationClosed(disposition=None))
    assert (await started(USER.subject, "k1")).id == "c_1"
    assert await started(USER.subject, "k2") is None
    assert await started(STRANGER.subject, "k1") is None


# --- one open conversation ---


async def test_a_user_has_one_open_conversation_whatever_races(house: LogHouse) -> None:
    answers = await asyncio.gather(*(house.begin(f"c_{number}") for number in range(5)), return_exceptions=True)
    opened = [answer for answer in answers if isinstance(answer, Head)]
    assert len(opened) == 1
    assert all(isinstance(answer, Head | IntegrityError) for answer in answers)
    found = await house.database.write(lambda conn: store.read_open(conn, USER.subject))
    assert found == opened[0]


async def test_after_the_end_another_may_begin(house: LogHouse) -> None:
    await house.begin("c_1")
    await house.add("c_1", BY_USER, ConversationClosed(disposition=None))
    assert await house.database.write(lambda conn: store.read_open(conn, USER.subject)) is None
    later = await house.begin("c_2")
    assert later.number > (await house.head("c_1")).number


# --- parties ---


async def test_being_assigned_outlasts_an_offer(house: LogHouse) -> None:
    head = await house.begin("c_1")

    async def party() -> bool | None:
        return await house.database.read(lambda conn: store.read_party(conn, head.number, ANNA.subject))

    assert await party() is None
    await house.know("c_1", ANNA, assigned=False)
    assert await party() is False
    await house.know("c_1", ANNA, assigned=True)
    await house.know("c_1", ANNA, assigned=False)
    assert await party() is True


async def test_an_agents_list_is_what_they_have_to_look_after(house: LogHouse) -> None:
    anna = info(ANNA)
    given: list[dict[str, Any]] = [
        {"status": "offered", "agent": anna},
        {"status": "active", "agent": anna},
        {"status": "waiting", "handed_off_by": ANNA.subject},
        {"status": "active", "agent": info(BEN), "joined": (anna,)},
        {"status": "active", "agent": info(BEN), "handed_off_by": ANNA.subject},
        {"status": "closed", "last_agent": ANNA.subject, "joined": (anna,)},
        {"status": "waiting", "last_agent": ANNA.subject},
        {"status": "active", "agent": info(BEN)},
    ]
    for number, fields in enumerate(given):
        await house.begin(f"c_{number}", another_user(number), **fields)
    mine = await house.database.read(lambda conn: store.read_agents_conversations(conn, ANNA.subject))
    assert [head.id for head in mine] == ["c_0", "c_1", "c_2", "c_3"]
    assert await house.database.read(lambda conn: store.count_live(conn, ANNA.subject)) == 2


def another_user(number: int) -> Session:
    """Another user each time: nobody has two open conversations."""
    return Session(f"s_{number}", USER.role, f"u_{number}", f"User {number}")


async def test_a_supervisors_id_matches_itself_only(house: LogHouse) -> None:
    await house.begin("c_1", joined=(info(SUE),))
    for other in ("a_su", "_sue", "a%", "a_s_e", "aXsue", "Sue"):
        assert await house.database.read(partial(store.read_agents_conversations, agent=other)) == []
    assert await house.database.read(partial(store.read_agents_conversations, agent=SUE.subject))


async def test_a_users_list_is_the_open_one_and_what_was_closed_lately(house: LogHouse) -> None:
    await house.begin("c_old", status="closed", closed_at=NOW)
    await house.begin("c_late", status="closed", closed_at=NOW + 10)
    await house.begin("c_open")
    await house.begin("c_other", STRANGER)
    found = await house.database.read(lambda conn: store.read_users_conversations(conn, USER.subject, NOW + 10))
    assert [head.id for head in found] == ["c_open", "c_late"]


# --- single things ---


async def test_one_event_is_found_by_its_place(house: LogHouse) -> None:
    head = await house.begin("c_1")
    said = await house.say("c_1", "one")

    def event(seq: int) -> Any:
        return house.database.read(lambda conn: store.read_event(conn, head, "public", seq))

    assert await event(1) == said.rows[0]
    assert await event(2) is None
    assert await event(0) is None


async def test_fields_without_an_event_are_kept_as_well(house: LogHouse) -> None:
    await house.begin("c_1")

    def unit(conn: Connection) -> Head:
        head = store.read_head(conn, "c_1", lock=True)
        assert head is not None
        return appending.save_fields(conn, head, user_read=4, agent=info(ANNA))

    saved = await house.database.write(unit)
    assert await house.head("c_1") == saved
    assert (saved.user_read, saved.agent) == (4, info(ANNA))


async def test_fields_of_a_change_are_stored_with_its_events(house: LogHouse) -> None:
    await house.begin("c_1", status="waiting", queued_at=NOW)
    await house.add("c_1", By("system", None, ""), AgentAssigned(agent=info(ANNA)), epoch=5, reply_due=NOW)
    head = await house.head("c_1")
    assert head.served_by(ANNA.subject)
    assert (head.epoch, head.reply_due) == (5, NOW)
