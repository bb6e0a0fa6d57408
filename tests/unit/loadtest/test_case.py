"""What all sides have seen of one conversation, whoever was told first."""

import asyncio
from typing import Any

from msgspec import Raw, json

from chatserver.client import Durable
from chatserver.client.events import read_durable
from chatserver.loadtest.case import USER, Case


def event(seq: int, type_: str, thread: str = "public", **body: Any) -> Durable:
    by = {"role": "system", "id": None, "name": ""}
    whole = {"id": f"c-{seq}", "conversation": "c", "thread": thread, "seq": seq, "at": 1, "by": by, **body}
    return read_durable(Raw(json.encode(whole)), type_)


def assigned(seq: int, agent: str = "a1") -> Durable:
    return event(seq, "agent_assigned", agent={"id": agent, "name": agent, "tier": 1})


def owner_of(case: Case) -> str | None:
    return case.owner.id if case.owner else None


def test_each_side_has_its_own_times() -> None:
    case = Case("c")
    case.saw(USER, assigned(3), 1.0)
    case.saw("a1", assigned(3), 2.0)
    case.saw(USER, assigned(3), 9.0)
    assert case.seen_at == {USER: {3: 1.0}, "a1": {3: 2.0}}
    assert case.has_seen("a1", 3)
    assert not case.has_seen("a2", 3)


def test_the_owner_is_who_the_latest_event_says_whoever_told_it() -> None:
    case = Case("c")
    case.saw(USER, assigned(3, "a1"), 1.0)
    case.saw(USER, event(4, "handed_off", from_tier=1, to_tier=2, reason="r"), 2.0)
    assert owner_of(case) is None
    case.saw("a2", assigned(5, "a2"), 3.0)
    case.saw("a2", assigned(3, "a1"), 3.0)
    assert (owner_of(case), case.assigned_seq, case.handoffs) == ("a2", 5, 1)


def test_the_close_ends_the_ownership() -> None:
    case = Case("c")
    case.saw(USER, assigned(3), 1.0)
    case.saw(USER, event(4, "conversation_closed", disposition=None), 1.0)
    assert (case.owner, case.closed_seq) == (None, 4)


def test_a_lost_agent_leaves_nobody() -> None:
    case = Case("c")
    case.saw(USER, assigned(3), 1.0)
    case.saw(USER, event(4, "agent_left", reason="gone"), 1.0)
    assert case.owner is None


def test_notes_are_no_part_of_it() -> None:
    case = Case("c")
    case.saw("a1", event(1, "note_added", "internal", text="n"), 1.0)
    assert case.seen_at == {}


async def test_waiting_ends_with_the_event_that_makes_it_true() -> None:
    case = Case("c")
    waiting = asyncio.ensure_future(case.until(lambda: case.owner is not None, 10.0))
    await asyncio.sleep(0)
    case.saw(USER, event(1, "queued", tier=1, priority=0, reason=""), 1.0)
    case.saw(USER, assigned(2), 1.0)
    assert await waiting
    assert await case.until(lambda: case.owner is not None, 0.0)


async def test_waiting_in_vain_ends_with_its_time() -> None:
    assert not await Case("c").until(lambda: False, 0.001)
