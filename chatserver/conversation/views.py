"""A conversation as one reader sees it."""

from typing import Protocol

from msgspec import UNSET, UnsetType
from sqlalchemy import Connection

from chatserver.conversation.events import AgentInfo
from chatserver.conversation.messages import Conversation, Heads
from chatserver.conversation.states import Head


class WaitingLine(Protocol):
    """What the log needs of the desk: where somebody stands, and how they are to be queued."""

    async def position(self, head: Head) -> int | None:
        """The place from 1 among those waiting for the same tier and skill, None if unknown."""
        ...

    def known_skill(self, conn: Connection, skill: str, tier: int) -> str:
        """The skill to queue for: the one asked for if an agent of the tier has it, else empty."""
        ...


def view_of(head: Head, *, for_user: bool, position: int | None = None) -> Conversation:
    """The conversation object of the contract, from the head."""
    agent: AgentInfo | UnsetType = UNSET
    if head.agent is not None and head.status == "active":
        agent = head.agent
    internal: int | UnsetType = UNSET if for_user else head.internal_head
    return Conversation(
        id=head.id,
        status=head.status,
        tier=head.tier,
        epoch=head.epoch,
        topic=head.topic,
        agent=agent,
        position=position if head.status == "waiting" else UNSET,
        heads=Heads(public=head.public_head, internal=internal),
    )


async def seen_by(head: Head, line: WaitingLine, *, for_user: bool) -> Conversation:
    """The conversation object with the live position of one who waits."""
    position = await line.position(head) if head.status == "waiting" else None
    return view_of(head, for_user=for_user, position=position)
