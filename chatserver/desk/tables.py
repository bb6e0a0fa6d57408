"""The SQL tables of the desk."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, SmallInteger, Table, Text, text

from chatserver.conversation.tables import Number, conversations
from chatserver.core.schema import metadata

presence: Final = Table(
    "presence",  # the state of every agent who has ever connected
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("misses", SmallInteger, nullable=False),  # offers and first replies missed in a row
    Column("link_lost_at", BigInteger),  # no socket anywhere since; null while there is one
    Column("loss_told", Boolean, nullable=False),  # users know that the link was lost
    Column("idle_since", BigInteger, nullable=False),  # longest idle is served first
    Column("reason", Text),  # why they are away, in the desk's own words
    Column("wrap_up_until", BigInteger),  # finishing what was closed: nothing new until then
)

consults: Final = Table(
    "consults",  # questions to colleagues that nobody has answered yet
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),  # number
    Column("seq", BigInteger, nullable=False),  # of the question, in the internal thread
    Column("tier", SmallInteger, nullable=False),
    Column("agent_id", Text),  # who is asked; null: whoever of the tier comes first
    Column("asked_at", BigInteger, nullable=False),
)

processes: Final = Table(
    "processes",  # the lease of every serving process
    metadata,
    Column("id", Text, primary_key=True),
    Column("seen_at", BigInteger, nullable=False),
)

agent_links: Final = Table(
    "agent_links",  # every socket of an agent; it lives as long as its process
    metadata,
    Column("session", Text, primary_key=True),
    Column("agent_id", Text, nullable=False, index=True),
    Column("process", Text, nullable=False, index=True),
)

routing_decisions: Final = Table(
    "routing_decisions",  # why a conversation went where it went
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("conversation", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("agent_id", Text),
    Column("tier", SmallInteger, nullable=False),
    Column("skill", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("position", BigInteger),
    Column("waited_ms", BigInteger),
    Column("estimate_low_s", BigInteger),
    Column("estimate_high_s", BigInteger),
)
Index("ix_routing_decisions_conversation", routing_decisions.c.conversation)
Index("ix_routing_decisions_at", routing_decisions.c.at)


def _due(name: str, column: str) -> None:
    """An index over the few rows in which a clock runs; the sweep reads them every second."""
    where = text(f"{column} IS NOT NULL")
    Index(name, conversations.c[column], sqlite_where=where, postgresql_where=where)


_due("ix_conversations_offer_due", "offer_until")
_due("ix_conversations_reply_due", "reply_due")
_due("ix_conversations_user_left", "user_left_at")
