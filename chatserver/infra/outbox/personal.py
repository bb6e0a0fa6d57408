"""What is kept of a user in the outbox."""

from typing import Any

from sqlalchemy import Connection, delete, or_, select

from chatserver.core.personal import Subject
from chatserver.infra.outbox.tables import outbox


class OutboxShare:
    """What is to be carried, or was, about the user's conversations; implements `core.personal.PersonalData`."""

    name = "outbox"
    tables = frozenset({"outbox"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """What was carried or waits; its content follows from the conversations."""
        told = ("id", "kind", "about", "created_at", "state")
        return [{name: getattr(row, name) for name in told} for row in conn.execute(select(outbox).where(_of(subject)))]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Carry nothing of it any more, and forget that it was."""
        return conn.execute(delete(outbox).where(_of(subject))).rowcount


def _of(subject: Subject) -> Any:
    about = list(subject.conversations.values())
    return or_(outbox.c.owner == f"user:{subject.user}", outbox.c.about.in_(about))
