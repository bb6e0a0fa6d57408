"""Messages that are written together: each as if it came alone, whatever its neighbours meet."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection

from chatserver.conversation import store
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import MessagePosted, Recorded
from chatserver.conversation.guard import Held, HeldBack
from chatserver.conversation.log import Appended, by_session
from chatserver.conversation.posting import Decide, Posting
from chatserver.conversation.states import Change, Head
from chatserver.conversation.verifying import verify_logs
from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA

TALKS = 8


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    async with log_house(database_url) as house:
        for number in range(TALKS):
            await house.begin(f"c_{number}", user(number))
        yield house


def user(number: int) -> Session:
    """The user of conversation `number`."""
    return Session(f"s_{number}", Role.USER, f"u_{number}", f"User {number}")


def saying(text: str, session: Session) -> Decide:
    """Post a text."""

    def decide(_: Connection, head: Head) -> tuple[Change, Held | None]:
        authorize(session, Action.SPEAK, head)
        return Change((MessagePosted(text=text),)), None

    return decide


async def post(posting: Posting, number: int, text: str, *, key: str = "", session: Session | None = None) -> Recorded:
    """Post as the user of a conversation, or as somebody else."""
    speaker = session or user(number)
    row, _ = await posting.post(speaker, f"c_{number}", key or text, saying(text, speaker), alone=False)
    return row


async def texts(house: LogHouse, number: int) -> list[str]:
    """What stands in a log."""
    head = await house.head(f"c_{number}")
    rows = await house.database.read(lambda conn: store.read_page(conn, head, "public", 0, 1_000))
    assert [row.seq for row in rows] == list(range(1, head.public_head + 1))
    bodies = [row.read() for row in rows]
    return [body.text for body in bodies if isinstance(body, MessagePosted)]


async def test_what_waits_for_the_same_commit_is_written_together_and_in_order(house: LogHouse) -> None:
    posting, told = Posting(house.log), list[Appended]()
    house.log.subscribe(told.append)
    before = house.database.figures.units
    said = [(number, f"{turn}") for turn in range(10) for number in range(TALKS)]
    rows = await asyncio.gather(*(post(posting, number, text) for number, text in said))
    assert house.database.figures.units - before < len(said) // 2
    assert [(row.conversation, row.seq) for row in rows] == [(f"c_{number}", int(text) + 1) for number, text in said]
    for number in range(TALKS):
        assert await texts(house, number) == [f"{turn}" for turn in range(10)]
        mine = [one for one in told if one.head.id == f"c_{number}"]
        assert [one.rows[0].seq for one in mine] == list(range(1, 11))
        assert [one.before.public_head for one in mine if one.before] == list(range(10))
    assert [fault async for fault in verify_logs(house.database)] == []


async def test_a_key_is_posted_once_however_often_it_comes_at_once(house: LogHouse) -> None:
    posting = Posting(house.log)
    outcomes = await asyncio.gather(
        *(posting.post(user(0), "c_0", "k", saying(f"try {turn}", user(0)), alone=False) for turn in range(6))
    )
    assert {row.seq for row, _ in outcomes} == {1}
    assert [duplicate for _, duplicate in outcomes] == [False] + [True] * 5
    assert await texts(house, 0) == ["try 0"]


async def test_a_refusal_is_its_own(house: LogHouse) -> None:
    posting = Posting(house.log)
    await house.add("c_3", by_session(ANNA), status="closed", last_agent=ANNA.subject)

    def held_back(_: Connection, head: Head) -> tuple[Change, Held | None]:
        raise HeldBack(["secret"], head.user_id)

    outcomes = await asyncio.gather(
        post(posting, 0, "one"),
        post(posting, 1, "foreign", session=user(0)),
        post(posting, 3, "too late"),
        posting.post(user(2), "c_2", "k", held_back, alone=False),
        post(posting, 9, "nowhere", session=user(2)),
        post(posting, 4, "two"),
        return_exceptions=True,
    )
    codes = [one.code if isinstance(one, ChatError) else type(one).__name__ for one in outcomes]
    assert codes == ["Recorded", "not_found", "closed", "HeldBack", "not_found", "Recorded"]
    assert [await texts(house, number) for number in range(5)] == [["one"], [], [], [], ["two"]]


async def test_a_defect_of_one_costs_the_others_nothing(house: LogHouse) -> None:
    posting = Posting(house.log)

    def broken(_: Connection, __: Head) -> tuple[Change, Held | None]:
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        post(posting, 0, "before"),
        posting.post(user(1), "c_1", "k", broken, alone=False),
        post(posting, 1, "after"),
        post(posting, 2, "beside"),
        return_exceptions=True,
    )
    assert [type(one).__name__ for one in outcomes] == ["Recorded", "ZeroDivisionError", "Recorded", "Recorded"]
    assert [await texts(house, number) for number in range(3)] == [["before"], ["after"], ["beside"]]
    assert [fault async for fault in verify_logs(house.database)] == []


async def test_whoever_stopped_waiting_has_posted_all_the_same(house: LogHouse) -> None:
    posting, stored = Posting(house.log), asyncio.Event()
    house.log.subscribe(lambda _: stored.set())
    gone = asyncio.create_task(post(posting, 0, "said"))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(10):
        await stored.wait()
    assert await texts(house, 0) == ["said"]


async def test_two_processes_post_into_the_same_conversations(house: LogHouse) -> None:
    here, there = Posting(house.log), Posting(house.log)
    said = [(posting, number, f"{turn}") for turn in range(6) for posting in (here, there) for number in range(TALKS)]
    await asyncio.gather(*(post(posting, number, f"{text} {id(posting)}") for posting, number, text in said))
    for number in range(TALKS):
        found = await texts(house, number)
        for posting in (here, there):
            mine = [text for text in found if text.endswith(f" {id(posting)}")]
            assert mine == [f"{turn} {id(posting)}" for turn in range(6)]
    assert [fault async for fault in verify_logs(house.database)] == []
