"""What a screen shows of a log: `reduce(events)`. The TypeScript reducer has the same rules.

Golden logs in tests/golden are replayed by both.
"""

from typing import Any

from msgspec import Struct


class Message(Struct):
    """A message as shown; `text` is empty, and there are no `files`, once it was removed."""

    id: str
    seq: int
    at: int
    role: str
    name: str
    text: str
    removed: list[str]
    files: list[dict[str, Any]]


class View(Struct):
    """A conversation as shown: everything follows from the events alone.

    `last` is the sequence number up to which the log was applied.
    """

    status: str = "bot"
    tier: int = 1
    topic: str = ""
    agent: dict[str, Any] | None = None
    disposition: str | None = None
    score: int | None = None
    supervisors: list[str] = []
    consultants: list[str] = []
    tags: list[str] = []
    messages: list[Message] = []
    notes: list[Message] = []
    last: dict[str, int] = {}


def reduce(events: list[dict[str, Any]]) -> View:
    """Fold events, as `sync` gives them, into what a screen shows."""
    view = View(supervisors=[], consultants=[], tags=[], messages=[], notes=[], last={"public": 0, "internal": 0})
    for event in events:
        apply(view, event)
    return view


def apply(view: View, event: dict[str, Any]) -> bool:
    """Apply one event; False, and no change, when it is not the next of its thread."""
    thread = event["thread"]
    if event["seq"] != view.last[thread] + 1:
        return False
    view.last[thread] = event["seq"]
    if not (_apply_message(view, event) or _apply_desk(view, event)):
        _apply_end(view, event)
    return True


def _apply_message(view: View, event: dict[str, Any]) -> bool:
    match event["type"]:
        case "message_posted":
            view.messages.append(_message(event))
        case "note_added":
            view.notes.append(_message(event))
        case "message_removed":
            for message in view.messages:
                if message.id == event["message"]:
                    message.text, message.removed, message.files = "", list(event["removed"]), []
        case _:
            return False
    return True


def _message(event: dict[str, Any]) -> Message:
    by = event["by"]
    removed = list(event.get("removed", []))
    place = (event["id"], event["seq"], event["at"])
    return Message(*place, by["role"], by["name"], event["text"], removed, list(event.get("files", [])))


def _apply_desk(view: View, event: dict[str, Any]) -> bool:  # noqa: C901  (one case an event)
    match event["type"]:
        case "queued":
            view.status, view.tier, view.agent = "waiting", event["tier"], None
        case "agent_assigned":
            view.status, view.agent = "active", event["agent"]
            view.tier = event["agent"]["tier"]
        case "handed_off":
            view.status, view.tier, view.agent = "waiting", event["to_tier"], None
        case "agent_left":
            view.status, view.agent = "bot" if event["reason"] == "parked" else "waiting", None
        case "queue_left":
            view.status, view.agent = "bot", None
        case "supervisor_joined":
            view.supervisors = [*_without(view.supervisors, event), event["agent"]["id"]]
        case "supervisor_left":
            view.supervisors = _without(view.supervisors, event)
        case "consultant_joined":
            view.consultants = [*_without(view.consultants, event), event["agent"]["id"]]
        case "consultant_left":
            view.consultants = _without(view.consultants, event)
        case "tags_changed":
            view.tags = list(event["tags"])
        case _:
            return False
    return True


def _without(agents: list[str], event: dict[str, Any]) -> list[str]:
    return [one for one in agents if one != event["agent"]["id"]]


def _apply_end(view: View, event: dict[str, Any]) -> None:
    match event["type"]:
        case "conversation_started":
            view.status, view.topic = "bot", event["topic"]
        case "conversation_closed":
            view.status, view.agent, view.consultants = "closed", None, []
            view.disposition = event["disposition"]
        case "conversation_reopened":
            view.status, view.disposition = "bot", None
        case "conversation_rated":
            view.score = event["score"]
