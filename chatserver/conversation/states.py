"""What a conversation is: the head of its log, and how each event changes it. Pure."""

from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct

from chatserver.conversation.events import (
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    Body,
    ConsultantJoined,
    ConsultantLeft,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    HandedOff,
    IdleReminded,
    MessagePosted,
    NoteAdded,
    Queued,
    QueueLeft,
    Status,
    SupervisorJoined,
    SupervisorLeft,
    TagsChanged,
)


class Head(Struct, frozen=True, kw_only=True):
    """The row of a conversation: what its log comes to, and what the desk keeps beside it.

    Instants are milliseconds since 1970. `agent` is the one it is offered to or served by,
    `queued_at` the first time it was queued, `skill` empty when none is asked for. `user_read`, `user_delivered` and
    the same of the agent's side are sequence numbers. `parked_at` is set while nobody waits for an answer at once.
    `consultants` are agents who are asked beside the one who serves, `watchers` supervisors who only look.
    `public_chain` and `internal_chain` are the links of the last rows, `data_key` is the id of the key that seals
    the next.
    """

    number: int
    id: str
    desk: str
    user_id: str
    locale: str
    topic: str
    status: Status
    tier: int
    epoch: int
    skill: str
    priority: int
    queued_at: int | None
    agent: AgentInfo | None
    assigned_at: int | None
    offer_until: int | None
    reply_due: int | None
    return_to: str | None
    handed_off_by: str | None
    avoid_agent: str | None
    last_agent: str | None
    user_left_at: int | None
    joined: tuple[AgentInfo, ...]
    public_head: int
    internal_head: int
    user_read: int
    agent_read: int
    started_at: int
    closed_at: int | None
    disposition: str | None
    user_delivered: int = 0
    agent_delivered: int = 0
    user_wrote_at: int | None = None
    agent_wrote_at: int | None = None
    first_reply_at: int | None = None
    reminded_at: int | None = None
    parked_at: int | None = None
    score: int | None = None
    solved: bool | None = None
    tags: tuple[str, ...] = ()
    consultants: tuple[AgentInfo, ...] = ()
    watchers: tuple[str, ...] = ()
    public_chain: bytes | None = None
    internal_chain: bytes | None = None
    data_key: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether users can still write."""
        return self.status != "closed"

    def head_of(self, thread: str) -> int:
        """The highest sequence number of a thread."""
        return self.public_head if thread == "public" else self.internal_head

    def served_by(self, agent: str) -> bool:
        """Whether this agent serves it now."""
        return self.status == "active" and self.agent is not None and self.agent.id == agent

    def offered_to(self, agent: str) -> bool:
        """Whether it is offered to this agent now."""
        return self.status == "offered" and self.agent is not None and self.agent.id == agent

    def joined_by(self, agent: str) -> bool:
        """Whether this supervisor takes part now."""
        return any(supervisor.id == agent for supervisor in self.joined)

    def consults(self, agent: str) -> bool:
        """Whether this agent is being asked about it now."""
        return any(consultant.id == agent for consultant in self.consultants)


class Change(Struct, frozen=True):
    """What a rule decided: the events to append, and head fields that do not follow from them."""

    events: tuple[Body, ...] = ()
    fields: dict[str, Any] = {}


NO_CHANGE: Final = Change()

_Beside = tuple[tuple[AgentInfo, ...], tuple[AgentInfo, ...], tuple[str, ...]]


def parties_of(head: Head) -> frozenset[str]:
    """The identities that are told what happens in a conversation."""
    beside = (head.joined, head.consultants, head.watchers)
    agent = head.agent.id if head.agent is not None else None
    return _parties(head.user_id, head.status, agent, head.handed_off_by, head.last_agent, beside)


@lru_cache(1_000)  # asked several times for every message, and the answer hardly ever changes
def _parties(
    user: str, status: Status, agent: str | None, handed_off_by: str | None, last_agent: str | None, beside: _Beside
) -> frozenset[str]:
    joined, consultants, watchers = beside
    agents = {one.id for one in (*joined, *consultants)} | {*watchers}
    if status == "active" and agent is not None:
        agents.add(agent)
    if status in ("waiting", "offered") and handed_off_by is not None:
        agents.add(handed_off_by)
    if status == "closed" and last_agent is not None:
        agents.add(last_agent)  # who hears how it was rated
    return frozenset({f"user:{user}", *(f"agent:{one}" for one in agents)})


TALK: Final[frozenset[type[Body]]] = frozenset({MessagePosted, NoteAdded})
"""What is said: it moves the log on, and nothing else about the conversation."""


def after(head: Head, body: Body, now: int) -> Head:
    """The head after one more event; sequence numbers are the store's business."""
    if type(body) in TALK:
        return head
    fields = _consequences(head, body, now)
    return msgspec.structs.replace(head, **fields) if fields else head


def fold(head: Head, change: Change, now: int) -> Head:
    """The head after a decided change."""
    for body in change.events:
        head = after(head, body, now)
    return msgspec.structs.replace(head, **change.fields) if change.fields else head


_NO_AGENT: Final[dict[str, Any]] = {
    "agent": None,
    "assigned_at": None,
    "offer_until": None,
    "reply_due": None,
}


def _since(head: Head, now: int) -> dict[str, int]:
    """The first time it was queued; a conversation that was reopened by its agent never was."""
    return {"queued_at": head.queued_at if head.queued_at is not None else now}


# One case an event.
def _consequences(head: Head, body: Body, now: int) -> dict[str, Any]:  # noqa: C901, PLR0911, PLR0912
    match body:
        case ConversationStarted(topic=topic, locale=locale):
            return {"status": "bot", "topic": topic, "locale": locale}
        case Queued(tier=tier, priority=priority, reason=reason):
            waiting = {"status": "waiting", "tier": tier, "priority": priority}
            parked = {"parked_at": now} if reason == "message" else {}
            return {**waiting, **_since(head, now), **_NO_AGENT, **parked}
        case AgentAssigned(agent=agent):
            serving = {"status": "active", "tier": agent.tier, "agent": agent, "assigned_at": now}
            cleared = {"offer_until": None, "return_to": None, "reply_due": None, "parked_at": None}
            by = None if head.handed_off_by == agent.id else head.handed_off_by
            return {**serving, **cleared, "last_agent": agent.id, "handed_off_by": by}
        case HandedOff(to_tier=to_tier):
            by = head.agent.id if head.agent else None
            return {"status": "waiting", "tier": to_tier, **_since(head, now), **_NO_AGENT, "handed_off_by": by}
        case AgentLeft(reason="parked"):
            return {"status": "bot", "queued_at": None, **_NO_AGENT, "handed_off_by": None, "parked_at": now}
        case AgentLeft():
            return {"status": "waiting", **_NO_AGENT, "handed_off_by": None}
        case QueueLeft():
            left = {"status": "bot", "queued_at": None, "handed_off_by": None, "return_to": None, "parked_at": None}
            return {**left, **_NO_AGENT}
        case SupervisorJoined(agent=agent):
            others = tuple(one for one in head.joined if one.id != agent.id)
            return {"joined": (*others, agent)}
        case SupervisorLeft(agent=agent):
            return {"joined": tuple(one for one in head.joined if one.id != agent.id)}
        case ConsultantJoined(agent=agent):
            return {"consultants": (*(one for one in head.consultants if one.id != agent.id), agent)}
        case ConsultantLeft(agent=agent):
            return {"consultants": tuple(one for one in head.consultants if one.id != agent.id)}
        case TagsChanged(tags=tags):
            return {"tags": tuple(tags)}
        case IdleReminded():
            return {"reminded_at": now}
        case ConversationRated(score=score, solved=solved):
            return {"score": score, "solved": None if solved is UNSET else solved}
        case ConversationClosed(disposition=disposition):
            ended = {"status": "closed", "closed_at": now, "disposition": disposition, **_NO_AGENT, "parked_at": None}
            alone = {"consultants": (), "watchers": (), "reminded_at": None}
            return {**ended, "queued_at": None, "handed_off_by": None, "return_to": None, **alone}
        case ConversationReopened():
            return {"status": "bot", "closed_at": None, "disposition": None}
        case _:
            return {}
