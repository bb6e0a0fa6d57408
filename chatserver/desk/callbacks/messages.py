"""The commands of call-backs, what they are, and what passes."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.conversation.events import AgentInfo
from chatserver.core.commands import Command
from chatserver.core.text import Id, Reason

Phone = Annotated[
    str,
    Meta(min_length=5, max_length=32, pattern=r"^\+?[0-9][0-9 ()-]*\Z", description="With or without country code."),
]
Instant = Annotated[int, Meta(ge=0, le=2**53, description="Milliseconds since 1970.")]
CallbackStatus = Literal["open", "claimed", "done", "cancelled"]
Outcome = Literal["reached", "no_answer", "wrong_number"]


class RequestCallback(Command, frozen=True, rename={"begin": "from", "end": "until"}):
    """Ask to be called between two instants, instead of waiting; again replaces."""

    conversation: Id
    phone: Phone
    begin: Instant
    end: Instant
    note: Reason | UnsetType = UNSET


class CancelCallback(Command, frozen=True):
    """Do not be called after all."""

    conversation: Id


class ClaimCallback(Command, frozen=True):
    """Say that one is about to call; tells the number."""

    callback: Id


class ReleaseCallback(Command, frozen=True):
    """Leave a call to somebody else."""

    callback: Id


class FinishCallback(Command, frozen=True):
    """Say what came of a call; with `again_from` and `again_until` there will be another try."""

    callback: Id
    outcome: Outcome
    note: Reason | UnsetType = UNSET
    again_from: Instant | UnsetType = UNSET
    again_until: Instant | UnsetType = UNSET


class CallbackUser(Struct, frozen=True):
    """Who is to be called."""

    id: str
    name: str


class Callback(Struct, frozen=True, kw_only=True, rename={"begin": "from", "end": "until"}):
    """A call that somebody wants: when, and how far it has come. `phone` is told to whoever has claimed it."""

    id: str
    conversation: str
    user: CallbackUser
    topic: str
    begin: int
    end: int
    status: CallbackStatus
    phone_hint: str
    attempts: int
    agent: AgentInfo | UnsetType = UNSET
    note: str | UnsetType = UNSET
    outcome: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET


class CallbackResult(Struct, frozen=True):
    """The call as it stands now."""

    callback: Callback


class CallbackList(Struct, frozen=True):
    """Calls in the order in which they are due."""

    callbacks: list[Callback]


class CallbackEvent(Struct, frozen=True):
    """A call was asked for, claimed, released or finished."""

    id: str
    status: CallbackStatus


PASSING: dict[str, Any] = {"callback": CallbackEvent}
"""The passing events of this part, by name."""
