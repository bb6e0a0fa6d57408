"""What supervisors and authors hear of held texts, and what is asked over HTTP."""

from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from chatserver.conversation.events import AgentInfo
from chatserver.core.text import Reason


class TextHeld(Struct, frozen=True):
    """A text of an agent was stopped and waits for a supervisor until `expires_at`; `kinds` is what it asks for."""

    id: str
    conversation: str
    author: AgentInfo
    kinds: list[str]
    at: int
    expires_at: int


class TextDecided(Struct, frozen=True):
    """A held text was released, and so posted, or rejected."""

    id: str
    conversation: str
    author: AgentInfo
    released: bool
    by: AgentInfo


class HeldText(Struct, frozen=True):
    """A text that waits for a second person."""

    id: str
    conversation: str
    author: AgentInfo
    text: str
    kinds: list[str]
    at: int
    expires_at: int


class HeldList(Struct, frozen=True):
    """Texts that wait, the oldest first."""

    held: list[HeldText]


class Rejection(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a text must not go out; the author is told that it was rejected."""

    reason: Annotated[Reason, Meta(description="In words, for the audit log.")] = "asks for what support never asks"


PASSING: Final[dict[str, Any]] = {"text_held": TextHeld, "text_decided": TextDecided}
