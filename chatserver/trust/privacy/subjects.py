"""Whose data it is."""

from sqlalchemy import Connection, select

from chatserver.conversation.tables import conversations, users
from chatserver.core.personal import Subject


def subject_of(conn: Connection, user: str) -> Subject | None:
    """A user with all of their conversations, oldest first; None when nobody knows them."""
    if conn.execute(select(users.c.id).where(users.c.id == user)).first() is None:
        return None
    query = select(conversations.c.number, conversations.c.id).where(conversations.c.user_id == user)
    return Subject(user, {row.number: row.id for row in conn.execute(query.order_by(conversations.c.number))})


def conversation_exists(conn: Connection, conversation: str) -> bool:
    """Whether there is a conversation of this id."""
    return conn.execute(select(conversations.c.number).where(conversations.c.id == conversation)).first() is not None
