"""`chatserver export` and `verify`: everything is there, and whatever is wrong is found."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from chatserver.conversation import exporting, verifying
from chatserver.conversation.events import By, ConversationClosed, MessagePosted, NoteAdded
from chatserver.conversation.exporting import export_lines
from chatserver.conversation.verifying import verify_logs
from tests.contract.log_house import LogHouse, log_house
from tests.unit.conversation.cast import ANNA, STRANGER, USER

BY_ANNA = By("agent", ANNA.subject, ANNA.name)


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """Three conversations: a long one with notes, a short one, and an empty one."""
    async with log_house(database_url) as built:
        await built.begin("c_long")
        for number in range(1, 13):
            await built.say("c_long", f"{number} 你好", key=f"k{number}")
        await built.add("c_long", BY_ANNA, NoteAdded(text="one"), NoteAdded(text="two"))
        await built.add("c_long", BY_ANNA, ConversationClosed(disposition="solved"))
        await built.begin("c_short", STRANGER)
        await built.say("c_short", "hi", STRANGER)
        await built.begin("c_empty")
        yield built


@pytest.fixture(params=[1, 2, 1_000])
def small_steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations and rows are fetched a few at a time."""
    for module in (exporting, verifying):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", request.param)
        monkeypatch.setattr(module, "CONVERSATIONS_AT_ONCE", request.param)
    monkeypatch.setattr(exporting, "_NEXT", exporting._NEXT.limit(request.param))
    monkeypatch.setattr(verifying, "_HEADS", verifying._HEADS.limit(request.param))
    monkeypatch.setattr(verifying, "_ROWS", verifying._ROWS.limit(request.param))


async def check(house: LogHouse) -> tuple[int, list[tuple[str, str, int, str]]]:
    """How many conversations were checked, and `(conversation, thread, seq, reason)` of each fault."""
    report = verify_logs(house.database)
    faults = [fault async for fault in report]
    assert all(fault["ok"] is False for fault in faults)
    return report.conversations, [
        (fault["conversation"], fault["thread"], fault["seq"], fault["reason"]) for fault in faults
    ]


async def damage(house: LogHouse, statement: str, **values: Any) -> None:
    """Change a table behind the product's back."""
    await house.database.write(lambda conn: conn.execute(text(statement), values) and None)


# --- export ---


@pytest.mark.usefixtures("small_steps")
async def test_an_export_is_every_conversation_with_both_threads(house: LogHouse) -> None:
    lines = [json.loads(line) async for line in export_lines(house.database)]
    assert [line["conversation"]["id"] for line in lines] == ["c_long", "c_short", "c_empty"]
    long = lines[0]
    assert long["user"] == {"id": USER.subject, "kind": "signed", "name": USER.name}
    assert (long["disposition"], long["locale"], long["attributes"]) == ("solved", "zh-CN", {})
    places = [(event["thread"], event["seq"]) for event in long["events"]]
    assert places == [*(("public", seq) for seq in range(1, 14)), ("internal", 1), ("internal", 2)]
    assert all("key" not in event for event in long["events"])
    assert lines[2]["events"] == []


async def test_an_export_holds_no_bare_line_ends(house: LogHouse) -> None:
    await house.say("c_short", "a\nb\r\nc\u2028d", STRANGER)
    lines = [line async for line in export_lines(house.database)]
    assert all(b"\n" not in line for line in lines)


async def test_an_export_runs_beside_writers(house: LogHouse) -> None:
    async def write() -> None:
        for number in range(50):
            await house.say("c_short", f"{number}", STRANGER)

    writing = asyncio.ensure_future(write())
    while not writing.done():
        for line in [json.loads(line) async for line in export_lines(house.database)]:
            public = [event["seq"] for event in line["events"] if event["thread"] == "public"]
            assert public == list(range(1, line["conversation"]["heads"]["public"] + 1))
    await writing


# --- verify ---


@pytest.mark.usefixtures("small_steps")
async def test_sound_logs_have_no_faults(house: LogHouse) -> None:
    assert await check(house) == (3, [])


LONG = "conversation = (SELECT number FROM conversations WHERE id = 'c_long')"
PUBLIC = f"{LONG} AND thread = 'public'"


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (f"DELETE FROM events WHERE {PUBLIC} AND seq = 4", [(4, "missing")]),
        (
            f"DELETE FROM events WHERE {PUBLIC} AND seq IN (1, 4, 5, 6, 9)",
            [(1, "missing"), (4, "missing"), (9, "missing")],
        ),
        (f"DELETE FROM events WHERE {PUBLIC} AND seq > 11", [(12, "missing")]),
        (f"DELETE FROM events WHERE {PUBLIC}", [(1, "missing")]),
        ("UPDATE conversations SET public_head = 14 WHERE id = 'c_long'", [(14, "missing")]),
        ("UPDATE conversations SET public_head = 10 WHERE id = 'c_long'", [(11, "beyond_head")]),
        ("UPDATE conversations SET public_head = 0 WHERE id = 'c_long'", [(1, "beyond_head")]),
        (f"UPDATE events SET seq = 20 WHERE {PUBLIC} AND seq = 13", [(13, "missing"), (20, "beyond_head")]),
        (f"UPDATE events SET seq = 0 WHERE {PUBLIC} AND seq = 1", [(0, "misplaced"), (1, "missing")]),
        (f"UPDATE events SET type = 'queued' WHERE {PUBLIC} AND seq = 2", [(2, "changed")]),
        (f"UPDATE events SET type = 'x' WHERE {PUBLIC} AND seq = 2", [(2, "unreadable")]),
        (f"UPDATE events SET type = 'note_added' WHERE {PUBLIC} AND seq = 2", [(2, "misplaced")]),
    ],
)
async def test_what_is_wrong_is_named(house: LogHouse, statement: str, faults: list[tuple[int, str]]) -> None:
    await damage(house, statement)
    assert await check(house) == (3, [("c_long", "public", seq, reason) for seq, reason in faults])


FORGED = b'{"attachments":[],"text":"forged"}'


@pytest.mark.parametrize("body", [b"", FORGED, b"{", b"[]", b"null", b'{"text":1}', b"\xff\xfe", b"{}"])
async def test_a_body_that_cannot_be_read_is_named(house: LogHouse, body: bytes) -> None:
    await damage(house, f"UPDATE events SET body = :body WHERE {PUBLIC} AND seq = 3", body=body)
    reason = "unsealed" if body.startswith(b"{") else "unreadable"
    assert await check(house) == (3, [("c_long", "public", 3, reason)])


async def test_the_internal_thread_is_checked_as_well(house: LogHouse) -> None:
    await damage(house, f"DELETE FROM events WHERE {LONG} AND thread = 'internal' AND seq = 1")
    assert await check(house) == (3, [("c_long", "internal", 1, "missing")])


@pytest.mark.usefixtures("small_steps")
async def test_rows_of_nobody_are_named_by_the_number_they_bear(house: LogHouse) -> None:
    number = (await house.head("c_long")).number
    await damage(house, "DELETE FROM conversations WHERE id = 'c_long'")
    faults = [(str(number), "internal", 1, "no_conversation"), (str(number), "public", 1, "no_conversation")]
    assert await check(house) == (2, faults)


async def test_a_thread_that_cannot_be_is_named(house: LogHouse) -> None:
    await damage(house, f"UPDATE events SET thread = 'secret' WHERE {LONG} AND thread = 'internal'")
    conversations, faults = await check(house)
    assert conversations == 3
    assert faults == [("c_long", "secret", 1, "misplaced"), ("c_long", "internal", 1, "missing")]


async def test_a_check_runs_beside_writers(house: LogHouse) -> None:
    async def write() -> None:
        said = [MessagePosted(text="x"), MessagePosted(text="y")]
        for _ in range(50):
            await house.add("c_short", By("user", STRANGER.subject, ""), *said)

    writing = asyncio.ensure_future(write())
    while not writing.done():
        assert await check(house) == (3, [])
    await writing
