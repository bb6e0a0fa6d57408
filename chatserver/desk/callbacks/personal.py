"""What is kept of a user's call-backs."""

from typing import Any

from sqlalchemy import Connection, delete, select

from chatserver.core.personal import Subject
from chatserver.desk.callbacks.tables import callbacks


class CallbacksShare:
    """Call-backs that the user wanted; implements `core.personal.PersonalData`."""

    name = "callbacks"
    tables = frozenset({"callbacks"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """When they wanted to be called, and what came of it."""
        told = ("id", "phone_hint", "from_at", "until_at", "status", "attempts", "outcome", "created_at")
        query = select(callbacks).where(callbacks.c.user_id == subject.user).order_by(callbacks.c.created_at)
        return [
            {name: getattr(row, name) for name in told} | {"conversation": subject.conversations.get(row.conversation)}
            for row in conn.execute(query)
        ]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Forget them."""
        return conn.execute(delete(callbacks).where(callbacks.c.user_id == subject.user)).rowcount
