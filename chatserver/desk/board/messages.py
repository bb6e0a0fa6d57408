"""What the board shows."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from chatserver.desk.messages import PresenceStatus


class Person(Struct, frozen=True):
    """A user, as far as a board says it."""

    id: str
    name: str


class BoardLane(Struct, frozen=True):
    """Those who wait for a tier and skill, and since when the first of them."""

    tier: int
    skill: str
    waiting: int
    oldest_at: int | None


class BoardWaiting(Struct, frozen=True, kw_only=True):
    """Somebody who waits."""

    conversation: str
    user: Person
    topic: str
    tier: int
    skill: str
    priority: int
    queued_at: int
    parked: bool


class BoardConversation(Struct, frozen=True, kw_only=True):
    """What an agent serves, and when each side wrote last."""

    id: str
    user: Person
    topic: str
    assigned_at: int
    user_wrote_at: int | UnsetType = UNSET
    agent_wrote_at: int | UnsetType = UNSET


class BoardAgent(Struct, frozen=True, kw_only=True):
    """An agent, their state and what they serve."""

    id: str
    name: str
    tier: int
    skills: list[str]
    status: PresenceStatus
    active: int
    capacity: int
    conversations: list[BoardConversation]
    reason: str | UnsetType = UNSET
    wrap_up_until: int | UnsetType = UNSET


class BoardFigures(Struct, frozen=True, kw_only=True):
    """Counts and means of a while that begins at `at`; null where there was nothing to measure.

    `abandoned` left the queue before an agent had them, `wait_s` is until an agent had them, `first_reply_s` from being
    queued to the first answer, `score` of what was rated.
    """

    at: int
    started: int
    closed: int
    abandoned: int
    rated: int
    score: float | None
    wait_s: float | None
    first_reply_s: float | None


class BoardToday(BoardFigures, frozen=True, kw_only=True):
    """Today so far, and each hour of it."""

    hours: list[BoardFigures]


class Board(Struct, frozen=True, kw_only=True):
    """The desk as it is at `at`: the queue, the agents, and today."""

    at: int
    lanes: list[BoardLane]
    waiting: list[BoardWaiting]
    agents: list[BoardAgent]
    today: BoardToday


PASSING: dict[str, Any] = {"board": Board}
"""The passing events of this part, by name."""
