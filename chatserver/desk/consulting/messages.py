"""The commands of advice, and what colleagues are told."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from chatserver.conversation.events import AgentInfo
from chatserver.core.commands import Command
from chatserver.core.text import Id, Key, LongText


class AskConsult(Command, frozen=True):
    """Ask a colleague for advice, or whoever of the other tier comes first."""

    conversation: Id
    key: Key
    text: LongText
    to_agent: Id | UnsetType = UNSET


class JoinConsult(Command, frozen=True):
    """Give advice: read the conversation and leave notes in it."""

    conversation: Id


class LeaveConsult(Command, frozen=True):
    """Give advice no longer."""

    conversation: Id


class Consult(Struct, frozen=True, kw_only=True):
    """A question that nobody has answered yet: of whom, for which tier, and for whom if one is named."""

    conversation: str
    by: AgentInfo
    text: str
    tier: int
    asked_at: int
    agent: str | UnsetType = UNSET


class ConsultList(Struct, frozen=True):
    """The questions that one may answer, the oldest first."""

    consults: list[Consult]


class ConsultEvent(Struct, frozen=True, kw_only=True):
    """A question was asked (`open`, with who asks and what), or somebody answers it already."""

    conversation: str
    open: bool
    by: AgentInfo | UnsetType = UNSET
    text: str | UnsetType = UNSET


PASSING: dict[str, Any] = {"consult": ConsultEvent}
"""The passing events of this part, by name."""
