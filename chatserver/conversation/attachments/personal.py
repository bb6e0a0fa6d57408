"""What is kept of a user's files."""

from typing import Any

from sqlalchemy import Connection, or_, select, update

from chatserver.conversation.attachments.tables import attachments
from chatserver.core.personal import Subject


class AttachmentsShare:
    """Files of the user's conversations and those that they never sent; implements `core.personal.PersonalData`."""

    name = "attachments"
    tables = frozenset({"attachments"})

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """What each file is; the bytes are had at `/api/v1/attachments/{id}`."""
        query = select(attachments).where(_of(subject), attachments.c.erased_at.is_(None))
        told = ("id", "sender", "name", "type", "size", "created_at")
        return [
            {name: getattr(row, name) for name in told} | {"conversation": subject.conversations.get(row.conversation)}
            for row in conn.execute(query.order_by(attachments.c.created_at))
        ]

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """From now on they are nobody's to see; the sweep deletes the bytes and then the rows."""
        gone = update(attachments).where(_of(subject), attachments.c.erased_at.is_(None))
        return conn.execute(gone.values(erased_at=now)).rowcount


def _of(subject: Subject) -> Any:
    return or_(
        attachments.c.conversation.in_(list(subject.conversations)), attachments.c.sender == f"user:{subject.user}"
    )
