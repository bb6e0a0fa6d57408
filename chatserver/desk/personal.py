"""What is kept of how a user's conversations were routed."""

from typing import Any

import msgspec
from sqlalchemy import Connection, update

from chatserver.core.personal import Subject
from chatserver.desk.decisions import read_decisions
from chatserver.desk.tables import routing_decisions


class RoutingShare:
    """Routing decisions with their reasons; implements `core.personal.PersonalData`."""

    name = "routing"
    tables = frozenset({"routing_decisions"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Every decision about the user's conversations."""
        return [
            {"conversation": conversation, **msgspec.to_builtins(decision)}
            for number, conversation in subject.conversations.items()
            for decision in read_decisions(conn, number)
        ]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Waits and agents stay for the figures; why, in somebody's words, goes."""
        theirs = routing_decisions.c.conversation.in_(list(subject.conversations))
        return conn.execute(update(routing_decisions).where(theirs).values(reason="")).rowcount
