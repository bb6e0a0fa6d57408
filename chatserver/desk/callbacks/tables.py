"""The SQL table of call-backs: who wants to be called, when, and what came of it."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text

from chatserver.core.schema import metadata

callbacks: Final = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", BigInteger, nullable=False),  # number
    Column("user_id", Text, nullable=False),
    Column("phone", LargeBinary, nullable=False),
    Column("phone_hint", Text, nullable=False),  # the last digits, for lists
    Column("note", LargeBinary, nullable=False),  # of the user, or of the agent who called last
    Column("from_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("status", Text, nullable=False),  # open, claimed, done, cancelled
    Column("agent_id", Text),  # who has claimed it
    Column("agent_name", Text),
    Column("agent_tier", SmallInteger),
    Column("claimed_at", BigInteger),
    Column("attempts", SmallInteger, nullable=False),
    Column("outcome", Text),
    Column("created_at", BigInteger, nullable=False),
)
Index("ix_callbacks_status", callbacks.c.status, callbacks.c.from_at)
Index("ix_callbacks_conversation", callbacks.c.conversation)
