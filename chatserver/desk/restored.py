"""What a database that comes out of a backup must forget: that anybody is here."""

from sqlalchemy import Connection, update

from chatserver.conversation.tables import IN_QUEUE, conversations
from chatserver.desk.tables import presence


def nobody_is_here(conn: Connection, now: int) -> None:
    """Every link is lost as of now: agents and users have as long to come back as after any other loss."""
    conn.execute(update(presence).where(presence.c.link_lost_at.is_(None)).values(link_lost_at=now))
    queued = IN_QUEUE
    conn.execute(update(conversations).where(queued).values(user_left_at=now))
