"""Golden logs, replayed: the web client replays the same files with the same result."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatserver.conversation.events import BODY_OF
from chatserver.conversation.reducer import reduce
from chatserver.conversation.states import Head, after
from tests.golden.record import FOLDER, everything
from tests.unit.conversation.cast import head_with

FILES = sorted(FOLDER.glob("*.json"))


def read(file: Path) -> dict[str, Any]:
    """A golden log."""
    golden: dict[str, Any] = json.loads(file.read_text())
    return golden


def test_there_is_a_file_for_every_golden_log_and_no_other() -> None:
    assert {file.name: file.read_text() for file in FILES} == everything()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_log_shows_what_it_always_showed(file: Path) -> None:
    golden = read(file)
    assert msgspec.to_builtins(reduce(golden["events"])) == golden["view"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_server_comes_to_the_same_state_as_the_screen(file: Path) -> None:
    head = head_with()
    due = {"public": 1, "internal": 1}
    for event in read(file)["events"]:
        if event["seq"] == due[event["thread"]]:
            due[event["thread"]] += 1
            head = after(head, msgspec.convert(event, BODY_OF[event["type"]]), event["at"])
    assert state_of(head) == state_in(read(file)["view"])


def state_of(head: Head) -> dict[str, object]:
    """What a head says of a conversation."""
    agent = head.agent.id if head.agent else None
    supervisors = [supervisor.id for supervisor in head.joined]
    state = {"status": head.status, "tier": head.tier, "topic": head.topic, "agent": agent}
    return {**state, "disposition": head.disposition, "supervisors": supervisors}


def state_in(view: dict[str, Any]) -> dict[str, object]:
    """The same, as a screen shows it."""
    agent = view["agent"]["id"] if view["agent"] else None
    state = {name: view[name] for name in ("status", "tier", "topic", "disposition", "supervisors")}
    return {**state, "agent": agent}


def test_together_they_hold_every_kind_of_event() -> None:
    assert {event["type"] for file in FILES for event in read(file)["events"]} == set(BODY_OF)
