"""A conversation as one reader sees it."""

from typing import Any, Protocol

from msgspec import UNSET, UnsetType
from sqlalchemy import Connection

from chatserver.conversation.events import AgentInfo
from chatserver.conversation.messages import Conversation, Heads, Marks
from chatserver.conversation.states import Head


class WaitingLine(Protocol):
    """What the log needs of the desk: where somebody stands, and how they are to be queued."""

    async def position(self, head: Head) -> int | None:
        """The place from 1 among those waiting for the same tier and skill, None if unknown."""
        ...

    def known_skill(self, conn: Connection, skill: str, tier: int) -> str:
        """The skill to queue for: the one asked for if an agent of the tier has it, else empty."""
        ...

    def skill_of(self, conn: Connection, topic: str, now: int) -> str:
        """The skill that a topic needs, empty when it needs none."""
        ...

    def is_open(self, conn: Connection, tier: int, skill: str, now: int) -> bool:
        """Whether the desk takes conversations for a tier and skill at this time of the day and year."""
        ...

    def needs_disposition(self, conn: Connection, now: int) -> bool:
        """Whether an agent must say with what outcome a conversation is closed."""
        ...


def view_of(head: Head, *, for_user: bool, position: int | None = None) -> Conversation:
    """The conversation object of the contract, from the head."""
    agent: AgentInfo | UnsetType = UNSET
    if head.agent is not None and head.status == "active":
        agent = head.agent
    internal: int | UnsetType = UNSET if for_user else head.internal_head
    more: dict[str, Any] = {} if for_user else _for_agents(head)
    return Conversation(
        id=head.id,
        status=head.status,
        tier=head.tier,
        epoch=head.epoch,
        topic=head.topic,
        agent=agent,
        position=position if head.status == "waiting" and head.parked_at is None else UNSET,
        heads=Heads(public=head.public_head, internal=internal),
        marks=Marks(head.user_delivered, head.user_read, head.agent_delivered, head.agent_read),
        parked=True if head.parked_at is not None else UNSET,
        **more,
    )


def _for_agents(head: Head) -> dict[str, Any]:
    """What users do not see: how it is sorted, and how long things take."""
    at = {name: getattr(head, name) for name in ("queued_at", "user_wrote_at", "agent_wrote_at")}
    known = {name: instant for name, instant in at.items() if instant is not None}
    return {"tags": list(head.tags), "skill": head.skill, "priority": head.priority, **known}


async def seen_by(head: Head, line: WaitingLine, *, for_user: bool) -> Conversation:
    """The conversation object with the live position of one who waits."""
    position = await line.position(head) if head.status == "waiting" else None
    return view_of(head, for_user=for_user, position=position)
