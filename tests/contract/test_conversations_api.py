"""Conversations over HTTP: lists, search, transcripts, and who may see which."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from chatserver.conversation import listing, search
from chatserver.conversation.api import ConversationsApi, ListQuery, TranscriptQuery
from chatserver.conversation.events import By, ConversationStarted, MessagePosted, NoteAdded
from chatserver.core.errors import ChatError
from chatserver.core.routes import NoQuery, Raw, Request
from chatserver.core.session import Session
from tests.contract.log_house import Line, LogHouse, log_house
from tests.unit.conversation.cast import ANNA, AUDITOR, BEN, NOW, STRANGER, SUE, USER, info, served_by


class Web:
    """Asks as a browser would, without the browser."""

    def __init__(self, house: LogHouse) -> None:
        self._api = ConversationsApi(house.log, Line())

    async def listed(self, session: Session, **query: Any) -> dict[str, Any]:
        """`GET /api/v1/conversations`."""
        asked = msgspec.convert(query, ListQuery, strict=False)
        answer: dict[str, Any] = self._json(await self._api.conversations(Request(session, {}, asked, None, "")))
        return answer

    async def ids(self, session: Session, **query: Any) -> list[str]:
        """The ids of a list."""
        return [one["id"] for one in (await self.listed(session, **query))["conversations"]]

    async def one(self, session: Session, id_: str) -> dict[str, Any]:
        """`GET /api/v1/conversations/{id}`."""
        asked = Request(session, {"id": id_}, NoQuery(), None, "")
        conversation: dict[str, Any] = self._json(await self._api.conversation(asked))["conversation"]
        return conversation

    async def transcript(self, session: Session, id_: str, **query: Any) -> Any:
        """`GET /api/v1/conversations/{id}/transcript`: the JSON, or the text of a file."""
        asked = msgspec.convert(query, TranscriptQuery, strict=False)
        answer = await self._api.transcript(Request(session, {"id": id_}, asked, None, ""))
        return answer.body.decode() if isinstance(answer, Raw) else self._json(answer)

    def _json(self, answer: Any) -> Any:
        return json.loads(msgspec.json.encode(answer))


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[LogHouse]:
    """Three conversations: one closed, one served by Anna, one waiting and offered to her before."""
    async with log_house(database_url) as built:
        await built.begin("c_old", status="closed", closed_at=NOW)
        await built.begin("c_new")
        await built.begin("c_strange", STRANGER, status="waiting", queued_at=NOW)
        await built.know("c_old", ANNA, assigned=True)
        await built.know("c_new", ANNA, assigned=True)
        await built.know("c_strange", ANNA, assigned=False)
        begun = ConversationStarted(topic="freeze", locale="zh-CN")
        await built.add("c_new", By("system", None, ""), begun, **fields_of(served_by(ANNA)))
        await built.say("c_new", "我的钱不见了", key="k1")
        await built.add(
            "c_new", By("agent", ANNA.subject, ANNA.name), MessagePosted(text="Hello"), NoteAdded(text="vip")
        )
        await built.say("c_strange", "hello there", STRANGER)
        yield built


def fields_of(head: Any) -> dict[str, Any]:
    """What makes a conversation served."""
    return {name: getattr(head, name) for name in ("status", "agent", "assigned_at", "queued_at", "last_agent")}


@pytest.fixture
def web(house: LogHouse) -> Web:
    """The routes on that log."""
    return Web(house)


async def refusal(call: Any) -> tuple[str, str | None]:
    """Code and field of a refusal."""
    with pytest.raises(ChatError) as refused:
        await call
    return refused.value.code, refused.value.field


# --- lists ---


@pytest.mark.parametrize(
    ("session", "ids"),
    [
        (USER, ["c_new", "c_old"]),
        (STRANGER, ["c_strange"]),
        (ANNA, ["c_strange", "c_new", "c_old"]),
        (BEN, []),
        (SUE, ["c_strange", "c_new", "c_old"]),
        (AUDITOR, ["c_strange", "c_new", "c_old"]),
    ],
)
async def test_everybody_lists_what_they_may_see_newest_first(web: Web, session: Session, ids: list[str]) -> None:
    assert await web.ids(session) == ids
    for id_ in ids:
        assert (await web.one(session, id_))["id"] == id_


async def test_a_listed_conversation_is_the_conversation_with_its_user_and_start(web: Web, house: LogHouse) -> None:
    head = await house.head("c_new")
    listed = (await web.listed(SUE, status="active"))["conversations"]
    assert listed == [
        {
            "id": "c_new",
            "status": "active",
            "tier": 1,
            "epoch": 0,
            "topic": "freeze",
            "agent": {"id": ANNA.subject, "name": ANNA.name, "tier": 1},
            "heads": {"public": 3, "internal": 1},
            "marks": {"user_delivered": 0, "user_read": 0, "agent_delivered": 0, "agent_read": 0},
            "tags": [],
            "skill": "",
            "priority": 0,
            "queued_at": head.queued_at,
            "user": {"id": USER.subject, "name": USER.name},
            "started_at": head.started_at,
        }
    ]


async def test_a_user_learns_nothing_of_the_internal_thread(web: Web) -> None:
    assert (await web.one(USER, "c_new"))["heads"] == {"public": 3}
    assert all("internal" not in one["heads"] for one in (await web.listed(USER))["conversations"])


async def test_who_waits_has_a_position(web: Web) -> None:
    assert (await web.one(STRANGER, "c_strange"))["position"] == 1
    assert "position" not in await web.one(USER, "c_new")


async def test_a_list_comes_in_pages(web: Web) -> None:
    first = await web.listed(SUE, limit="2")
    assert [one["id"] for one in first["conversations"]] == ["c_strange", "c_new"]
    second = await web.listed(SUE, limit="2", cursor=first["next"])
    assert [one["id"] for one in second["conversations"]] == ["c_old"]
    assert "next" not in second


async def test_a_cursor_that_was_never_given_is_invalid(web: Web) -> None:
    assert await refusal(web.listed(SUE, cursor="c_nowhere")) == ("invalid", "cursor")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"status": "gone"},
        {"cursor": "'; --"},
        {"cursor": "c" * 65},
        {"query": "x" * 201},
    ],
)
def test_a_list_takes_nothing_else(query: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(query, ListQuery, strict=False)


async def test_a_status_chooses(web: Web) -> None:
    assert await web.ids(USER, status="closed") == ["c_old"]
    assert await web.ids(SUE, status="bot") == []


@pytest.mark.parametrize(
    ("session", "query", "ids"),
    [
        (USER, "钱不见", ["c_new"]),
        (USER, "hello", ["c_new"]),
        (SUE, "HELLO", ["c_strange", "c_new"]),
        (ANNA, "hello", ["c_new"]),  # of an offer only the preview is hers
        (BEN, "hello", []),
        (SUE, "vip", []),
    ],
)
async def test_a_search_finds_text_that_one_may_read(web: Web, session: Session, query: str, ids: list[str]) -> None:
    assert await web.ids(session, query=query) == ids


async def test_a_message_is_found_at_once(web: Web, house: LogHouse) -> None:
    await house.say("c_new", "just now")
    assert await web.ids(USER, query="just now") == ["c_new"]


# --- one, and its transcript ---


@pytest.mark.parametrize("id_", ["c_new", "c_none", "x" * 65, "c\x00", "c'--", "你好"])
async def test_what_is_not_theirs_is_as_unknown_as_what_does_not_exist(web: Web, id_: str) -> None:
    for session in (STRANGER, BEN):
        assert await refusal(web.one(session, id_)) == ("not_found", None)
        assert await refusal(web.transcript(session, id_)) == ("not_found", None)


async def test_a_transcript_is_the_conversation_and_its_events_as_sync_gives_them(web: Web) -> None:
    told = await web.transcript(SUE, "c_new")
    assert told["conversation"] == await web.one(SUE, "c_new")
    assert [event["seq"] for event in told["events"]] == [1, 2, 3]
    assert told["events"][1] == {
        "id": "c_new-2",
        "conversation": "c_new",
        "thread": "public",
        "seq": 2,
        "at": told["events"][1]["at"],
        "type": "message_posted",
        "by": {"role": "user", "id": USER.subject, "name": USER.name},
        "text": "我的钱不见了",
        "attachments": [],
    }


async def test_a_key_is_told_to_its_sender_alone(web: Web) -> None:
    assert (await web.transcript(USER, "c_new"))["events"][1]["key"] == "k1"
    for session in (ANNA, SUE, AUDITOR):
        assert all("key" not in event for event in (await web.transcript(session, "c_new"))["events"])


async def test_the_internal_thread_is_for_those_who_serve(web: Web) -> None:
    notes = await web.transcript(ANNA, "c_new", thread="internal")
    assert [event["text"] for event in notes["events"]] == ["vip"]
    assert await refusal(web.transcript(USER, "c_new", thread="internal")) == ("invalid", "thread")
    assert await refusal(web.transcript(USER, "c_strange", thread="internal")) == ("invalid", "thread")


async def test_an_offer_alone_opens_no_transcript(web: Web) -> None:
    assert await refusal(web.transcript(ANNA, "c_strange")) == ("not_assigned", None)


@pytest.mark.parametrize(
    ("format_", "part"),
    [
        ("csv", ",message_posted,user,林晓芸,c_new-2,我的钱不见了"),
        ("txt", "林晓芸: 我的钱不见了"),
        ("html", 'data-seq="2"'),
    ],
)
async def test_a_transcript_is_a_file_too(web: Web, format_: str, part: str) -> None:
    assert part in await web.transcript(USER, "c_new", format=format_)
    assert "vip" in await web.transcript(ANNA, "c_new", format=format_, thread="internal")


async def test_a_long_transcript_is_whole(web: Web, house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatserver.conversation.api.PAGE_ROWS", 3)
    said = [MessagePosted(text=f"{number}") for number in range(10)]
    await house.add("c_new", By("user", USER.subject, USER.name), *said)
    told = await web.transcript(USER, "c_new")
    assert [event["seq"] for event in told["events"]] == list(range(1, 14))


async def test_a_supervisor_beside_it_reads_all(web: Web) -> None:
    assert info(SUE).id not in json.dumps(await web.one(SUE, "c_new"))
    assert (await web.transcript(SUE, "c_new", thread="internal"))["events"]


async def test_a_search_goes_back_until_the_page_is_full(house: LogHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 2)
    for number in range(30):
        await house.begin(f"c_{number}", Session(f"s_{number}", USER.role, f"u_{number}", "Ann"))
        await house.say(f"c_{number}", "word rare" if number % 7 == 3 else "word", key="k")
    web = Web(house)
    assert await web.ids(SUE, query="word", limit=3) == ["c_29", "c_28", "c_27"]
    rare = ["c_24", "c_17", "c_10", "c_3"]
    assert await web.ids(SUE, query="rare") == rare
    first = await web.listed(SUE, query="rare", limit=2)
    assert [one["id"] for one in first["conversations"]] == rare[:2]
    assert await web.ids(SUE, query="rare", cursor=first["next"]) == rare[2:]
    assert await web.ids(SUE, query="absent") == []
    assert await web.ids(ANNA, query="word") == []


async def test_a_search_for_frequent_words_ends_before_the_page_is_full_and_goes_on(
    house: LogHouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL, whose index does not tell what is frequent, the same search comes as one page."""
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 2)
    monkeypatch.setattr(listing, "AT_ONCE", 6)
    monkeypatch.setattr(search, "FEW", 4)
    for number in range(30):
        await house.begin(f"c_{number}", Session(f"s_{number}", USER.role, f"u_{number}", "Ann"))
        said = {0: "refund withdrawal seldom", 21: "refund withdrawal"}.get(
            number, "refund" if number % 2 else "withdrawal"
        )
        await house.say(f"c_{number}", said, key="k")
    web = Web(house)
    pages: list[list[str]] = []
    asked: dict[str, Any] = {"query": "refund withdrawal", "limit": 5}
    while True:
        page = await web.listed(SUE, **asked)
        pages.append([one["id"] for one in page["conversations"]])
        if "next" not in page:
            break
        asked["cursor"] = page["next"]
    assert [one for page in pages for one in page] == ["c_21", "c_0"]
    assert len(pages) == (6 if database_url.startswith("sqlite") else 1)
    assert await web.listed(SUE, query="refund seldom") == await web.listed(SUE, query="seldom")
    assert (await web.ids(SUE, query="seldom"), await web.ids(SUE, query="refund absent")) == (["c_0"], [])
    assert await web.listed(SUE, query="?!") == {"conversations": []}
    # Who may see none of them is told of none.
    assert await web.listed(ANNA, query="refund withdrawal") == {"conversations": []}
