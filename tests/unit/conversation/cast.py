"""Who takes part in the tests of the log, and a conversation in any state they need."""

from typing import Any

from msgspec.structs import fields as fields_of

from chatserver.conversation.events import AgentInfo
from chatserver.conversation.states import Head
from chatserver.core.session import Role, Session

NOW = 1_790_000_000_000

USER = Session("s_user", Role.USER, "u_lin", "林晓芸", "zh-CN")
STRANGER = Session("s_stranger", Role.USER, "u_other", "Mallory")
ANNA = Session("s_anna", Role.AGENT, "a_anna", "Anna", tier=1)
BEN = Session("s_ben", Role.AGENT, "a_ben", "Ben", tier=2)
SUE = Session("s_sue", Role.SUPERVISOR, "a_sue", "Sue", tier=2)
AUDITOR = Session("s_audit", Role.AUDITOR, "a_audit", "Au")
ADMIN = Session("s_admin", Role.ADMIN, "a_admin", "Ad")
BOT = Session("s_bot", Role.BOT, "bot", "Assistant")


def info(session: Session) -> AgentInfo:
    """An agent as events tell them."""
    return AgentInfo(session.subject, session.name, session.tier)


def head_with(**fields: Any) -> Head:
    """A conversation of `USER` that has just begun, with the given fields."""
    blank: dict[str, Any] = dict.fromkeys(field.name for field in fields_of(Head) if field.required)
    counts = ("epoch", "priority", "public_head", "internal_head", "user_read", "agent_read")
    blank |= dict.fromkeys(counts, 0)
    blank |= {"number": 1, "id": "c_1", "desk": "main", "user_id": USER.subject, "locale": "zh-CN"}
    blank |= {"topic": "", "status": "bot", "tier": 1, "skill": "", "joined": (), "started_at": NOW}
    return Head(**(blank | fields))


def served_by(session: Session, **fields: Any) -> Head:
    """The same, served by an agent."""
    serving = {"status": "active", "tier": session.tier, "agent": info(session), "assigned_at": NOW}
    return head_with(**(serving | {"queued_at": NOW, "last_agent": session.subject} | fields))
