"""What is shown of a row whose body nobody can read any more: its type, in the shape that clients know."""

from typing import Final

from chatserver.conversation.events import (
    TYPE_OF,
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    Body,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    HandedOff,
    MessagePosted,
    MessageRemoved,
    NoteAdded,
    Queued,
    QueueLeft,
    SupervisorJoined,
    SupervisorLeft,
    encode_body,
)

NOBODY: Final = AgentInfo("", "", 1)


def _stubs(why: str) -> dict[str, bytes]:
    bodies: tuple[Body, ...] = (
        ConversationStarted(topic="", locale="en"),
        MessagePosted(text="", removed=[why]),
        Queued(tier=1, priority=0, reason=why),
        AgentAssigned(agent=NOBODY),
        HandedOff(from_tier=1, to_tier=2, reason=why),
        AgentLeft(reason="transferred"),
        QueueLeft(reason="cancelled"),
        SupervisorJoined(agent=NOBODY),
        SupervisorLeft(agent=NOBODY),
        ConversationClosed(disposition=None),
        ConversationReopened(disposition=None),
        ConversationRated(score=1),
        MessageRemoved(message="", removed=[why]),
        NoteAdded(text=""),
    )
    return {TYPE_OF[type(body)]: encode_body(body) for body in bodies}


_STUBS: Final = {why: _stubs(why) for why in ("erased", "unreadable")}


def stub_of(type_: str, why: str) -> bytes:
    """The encoded body of a stub: `why` is `erased` or `unreadable`."""
    return _STUBS[why].get(type_, b"{}")
