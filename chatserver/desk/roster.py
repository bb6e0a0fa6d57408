"""Who the agents are, as the desk needs to know it; the accounts themselves are kept elsewhere."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.conversation.events import AgentInfo


class AgentProfile(Struct, frozen=True):
    """An enabled agent: `capacity` is the configured one; no `languages` means all of them."""

    id: str
    name: str
    tier: int
    role: str
    capacity: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]

    @property
    def info(self) -> AgentInfo:
        """The agent as others see them."""
        return AgentInfo(self.id, self.name, self.tier)


class Roster(Protocol):
    """The accounts of agents and supervisors, read in the caller's transaction."""

    def profile(self, conn: Connection, agent: str) -> AgentProfile | None:
        """One agent who may serve conversations, None when unknown or disabled."""
        ...

    def profiles(self, conn: Connection) -> list[AgentProfile]:
        """All agents who may serve conversations."""
        ...


def known_skill(profiles: Iterable[AgentProfile], skill: str, tier: int) -> str:
    """The skill to queue for: the one asked for if an agent of the tier has it, else none.

    So nobody waits for a skill that nobody has.
    """
    has_it = any(one.tier == tier and skill in one.skills for one in profiles)
    return skill if has_it else ""
