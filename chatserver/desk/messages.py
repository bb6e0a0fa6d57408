"""The commands of the desk, their results and passing events."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.conversation.events import AgentInfo, Status, Tier
from chatserver.core.commands import Command
from chatserver.core.text import Id, Label, LongText, Reason

PresenceStatus = Literal["available", "away", "offline"]
Epoch = Annotated[int, Meta(ge=0, le=2**53, description="The epoch that the offer named.")]


class RequestAgent(Command, frozen=True):
    """Ask for a person; asking twice never queues twice."""

    conversation: Id
    reason: Reason | UnsetType = UNSET


class QueueState(Struct, frozen=True):
    """Where the conversation stands; `position` is null unless it waits."""

    status: Status
    position: int | None


class CancelWaiting(Command, frozen=True):
    """Leave the queue; the bot has the conversation again."""

    conversation: Id


class StatusResult(Struct, frozen=True):
    """The status after the command."""

    status: Status


class SetPresence(Command, frozen=True):
    """Say whether one takes conversations, at most how many at a time, and why one is away."""

    status: PresenceStatus
    capacity: Annotated[int, Meta(ge=1, le=1_000)] | UnsetType = UNSET
    reason: Label | UnsetType = UNSET


class PresenceState(Struct, frozen=True):
    """An agent's state; `active` counts offered and active conversations.

    Until `wrap_up_until` nothing new comes, so that what was closed can be finished.
    """

    status: PresenceStatus
    capacity: int
    active: int
    reason: str | UnsetType = UNSET
    wrap_up_until: int | UnsetType = UNSET


class FinishWrapUp(Command, frozen=True):
    """Say that one is done with what was closed, and take conversations again."""


class Viewing(Command, frozen=True):
    """Say that one has a conversation before one's eyes, again every 30 s, or no longer."""

    conversation: Id
    on: bool


class Viewers(Struct, frozen=True):
    """Who else has the conversation before their eyes."""

    viewers: list[AgentInfo]


class AcceptOffer(Command, frozen=True):
    """Take a conversation that is offered to oneself."""

    conversation: Id
    epoch: Epoch


class DeclineOffer(Command, frozen=True):
    """Refuse a conversation that is offered to oneself; it goes to somebody else."""

    conversation: Id
    epoch: Epoch


class HandOff(Command, frozen=True):
    """Give the conversation to the other tier, where it waits with its place kept."""

    conversation: Id
    to_tier: Tier
    reason: Reason
    note: LongText | UnsetType = UNSET


class HandOffResult(Struct, frozen=True):
    """The status after the handoff and the tier the conversation belongs to now."""

    status: Status
    tier: int


class TakeBack(Command, frozen=True):
    """Take a conversation back that one has handed off and nobody serves yet."""

    conversation: Id


class Transfer(Command, frozen=True):
    """Give the conversation to one agent (who may refuse; then it returns) or to a skill."""

    conversation: Id
    to_agent: Id | UnsetType = UNSET
    to_skill: Label | UnsetType = UNSET
    note: LongText | UnsetType = UNSET


class JoinConversation(Command, frozen=True):
    """Take part in a conversation beside its agent."""

    conversation: Id
    reason: Reason


class LeaveConversation(Command, frozen=True):
    """Stop taking part."""

    conversation: Id


class ReopenConversation(Command, frozen=True):
    """Go on with a conversation that was closed less than 24 hours ago."""

    conversation: Id


class QueuePosition(Struct, frozen=True):
    """Where the user stands among those waiting for the same tier and skill.

    `estimate_s` is the expected wait as `[low, high]` in seconds, null while too little is known.
    """

    conversation: str
    position: int
    estimate_s: tuple[int, int] | None


class Offer(Struct, frozen=True):
    """A conversation is offered to this agent; it rings until `expires_at`."""

    conversation: str
    epoch: int
    expires_at: int
    preview: str


class OfferWithdrawn(Struct, frozen=True):
    """The offer stands no longer: missed, declined, cancelled, or taken on another device."""

    conversation: str
    epoch: int
    expires_at: int
    preview: str


class PresenceEvent(Struct, frozen=True):
    """The state of an agent changed; agents are told the `reason`, too."""

    agent: AgentInfo
    status: PresenceStatus
    reason: str | UnsetType = UNSET


class WrapUpEvent(Struct, frozen=True):
    """One's time to wrap up has begun and goes on until an instant; 0: it is over."""

    until: int


class ViewingEvent(Struct, frozen=True):
    """A colleague has a conversation before their eyes, or no longer."""

    conversation: str
    agent: AgentInfo
    on: bool


PASSING: dict[str, Any] = {
    "queue_position": QueuePosition,
    "offer": Offer,
    "offer_withdrawn": OfferWithdrawn,
    "presence": PresenceEvent,
    "wrap_up": WrapUpEvent,
    "viewing": ViewingEvent,
}
"""The passing events of this room, by name."""
