"""What is kept of texts to a user that wait for a second person."""

from typing import Any

from sqlalchemy import Connection, delete, select

from chatserver.core.personal import Subject
from chatserver.trust.outbound.tables import held_texts


class HeldShare:
    """Texts that were stopped before they reached the user; implements `core.personal.PersonalData`."""

    name = "held_texts"
    tables = frozenset({"held_texts"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """That they wait: what is in them was never said to the user, and is gone after 15 minutes."""
        told = ("id", "conversation", "author", "at", "expires_at")
        query = select(held_texts).where(held_texts.c.user_id == subject.user)
        return [{name: getattr(row, name) for name in told} for row in conn.execute(query)]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Forget them."""
        return conn.execute(delete(held_texts).where(held_texts.c.user_id == subject.user)).rowcount
