"""The SQL of questions that nobody has answered yet."""

from typing import Any

from msgspec import UNSET, Struct
from sqlalchemy import Connection, delete, insert, select

from chatserver.conversation import store as log_store
from chatserver.conversation.events import AgentInfo, ConsultAsked
from chatserver.conversation.head_rows import head_of_row
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations
from chatserver.core.session import Role
from chatserver.desk.consulting.messages import Consult
from chatserver.desk.roster import AgentProfile, Roster
from chatserver.desk.tables import consults

SHOWN = 100
"""Questions in a list; more would mean that nobody answers any."""


class Question(Struct, frozen=True):
    """An open question: its place in the internal thread, and who may answer it."""

    seq: int
    tier: int
    agent: str | None

    def is_for(self, agent: AgentProfile, role: Role) -> bool:
        """Whether this agent may answer: the one who is named, else any of the tier; supervisors always."""
        if role is Role.SUPERVISOR:
            return True
        return self.agent == agent.id if self.agent else self.tier == agent.tier

    def told(self, conn: Connection, roster: Roster) -> list[str]:
        """The identities of those who are asked."""
        if self.agent:
            return [f"agent:{self.agent}"]
        return [f"agent:{one.id}" for one in roster.profiles(conn) if one.tier == self.tier]


def keep_question(conn: Connection, head: Head, asked: ConsultAsked, now: int) -> None:
    """Remember a question, instead of an earlier one of the same conversation."""
    forget_question(conn, head.number)
    agent = None if asked.agent is UNSET else asked.agent.id
    row = {"conversation": head.number, "seq": head.internal_head + 1, "tier": asked.tier, "agent_id": agent}
    conn.execute(insert(consults).values(**row, asked_at=now))


def forget_question(conn: Connection, number: int) -> None:
    """It is answered, or over."""
    conn.execute(delete(consults).where(consults.c.conversation == number))


def read_question(conn: Connection, number: int) -> Question | None:
    """The open question of a conversation."""
    row = conn.execute(select(consults).where(consults.c.conversation == number)).first()
    return Question(row.seq, row.tier, row.agent_id) if row is not None else None


def asked_of(conn: Connection, conversation: str, agent: AgentProfile, role: Role) -> tuple[Head, Question] | None:
    """The conversation, locked, if this agent is asked about it: the question itself lets them see it."""
    head = log_store.read_head(conn, conversation, lock=True)
    question = read_question(conn, head.number) if head is not None else None
    if head is None or question is None or head.status != "active" or not question.is_for(agent, role):
        return None
    return head, question


def told_of(conn: Connection, conversation: str, roster: Roster) -> list[str]:
    """The identities of those who are asked about a conversation."""
    head = log_store.read_head(conn, conversation)
    question = read_question(conn, head.number) if head is not None else None
    return question.told(conn, roster) if question is not None else []


def read_questions(conn: Connection, roster: Roster, mine: AgentProfile, role: Role) -> list[Consult]:
    """The open questions that an agent may answer, the oldest first."""
    query = (
        select(conversations, consults.c.seq, consults.c.tier.label("asked_tier"))
        .add_columns(consults.c.agent_id.label("asked_agent"), consults.c.asked_at)
        .join(consults, consults.c.conversation == conversations.c.number)
        .where(conversations.c.status == "active")
        .order_by(consults.c.asked_at)
        .limit(SHOWN)
    )
    rows = [row for row in conn.execute(query).all() if row.agent_id != mine.id]
    return [
        _consult(conn, roster, row)
        for row in rows
        if Question(row.seq, row.asked_tier, row.asked_agent).is_for(mine, role)
    ]


def _consult(conn: Connection, roster: Roster, row: Any) -> Consult:
    head = head_of_row(conn, row)
    event = log_store.read_event(conn, head, "internal", row.seq)
    body = event.read() if event is not None else None
    by_id = str(event.by.id) if event is not None else ""
    profile = roster.profile(conn, by_id)
    by = profile.info if profile is not None else AgentInfo(by_id, "", head.tier)
    return Consult(
        conversation=head.id,
        by=by,
        text=body.text if isinstance(body, ConsultAsked) else "",
        tier=row.asked_tier,
        asked_at=row.asked_at,
        agent=row.asked_agent or UNSET,
    )


def forget_ended(conn: Connection) -> None:
    """Questions of conversations that nobody serves any more are nobody's to answer."""
    served = select(conversations.c.number).where(conversations.c.status == "active")
    conn.execute(delete(consults).where(consults.c.conversation.not_in(served)))
