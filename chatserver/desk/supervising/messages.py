"""The commands of supervisors."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chatserver.core.commands import Command
from chatserver.core.text import Id, Label, Reason


class WatchConversation(Command, frozen=True):
    """Be told everything that happens in a conversation, without taking part and without anybody learning of it."""

    conversation: Id
    reason: Reason


class UnwatchConversation(Command, frozen=True):
    """Be told no more."""

    conversation: Id


class Reassign(Command, frozen=True):
    """Give a conversation to an agent at once, or let it wait for a skill, or for whoever comes."""

    conversation: Id
    reason: Reason
    to_agent: Id | UnsetType = UNSET
    to_skill: Label | UnsetType = UNSET


class ForceClose(Command, frozen=True):
    """End a conversation that is somebody else's."""

    conversation: Id
    reason: Reason
    disposition: Label | UnsetType = UNSET


class MoveInQueue(Command, frozen=True):
    """Let a conversation come sooner or later: a step of priority is worth five minutes of waiting."""

    conversation: Id
    priority: Annotated[int, Meta(ge=0, le=3)]
    reason: Reason


class ForceOffline(Command, frozen=True):
    """Let nothing new come to an agent; with `requeue` what they serve waits in front for others."""

    agent: Id
    reason: Reason
    requeue: bool = False
