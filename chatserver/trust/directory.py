"""The accounts as the desk sees them: implements `desk.roster.Roster`."""

from sqlalchemy import Connection

from chatserver.core.session import AGENTS
from chatserver.desk.roster import AgentProfile
from chatserver.trust.agents import Agent, enabled_agents, read_agent


class Directory:
    """Agents and supervisors who may serve conversations."""

    def profile(self, conn: Connection, agent: str) -> AgentProfile | None:
        """One of them, None when unknown, disabled or without conversations of their own."""
        found = read_agent(conn, agent)
        return _profile_of(found) if found is not None and _serves(found) else None

    def profiles(self, conn: Connection) -> list[AgentProfile]:
        """All of them."""
        return [_profile_of(one) for one in enabled_agents(conn) if _serves(one)]


def _serves(agent: Agent) -> bool:
    return not agent.disabled and agent.role in AGENTS


def _profile_of(agent: Agent) -> AgentProfile:
    return AgentProfile(
        id=agent.id,
        name=agent.name,
        tier=agent.tier,
        role=str(agent.role),
        capacity=agent.capacity,
        skills=agent.skills,
        languages=tuple(sorted(agent.languages)),
    )
