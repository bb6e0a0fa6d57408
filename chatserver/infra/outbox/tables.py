"""The SQL table of the outbox."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, text

from chatserver.core.schema import metadata

_WAITS: Final = text("state = 'waiting'")

outbox: Final = Table(
    "outbox",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),  # identity that caused it
    Column("about", Text, nullable=False),  # a conversation's id, or empty
    Column("target", LargeBinary, nullable=False),  # digest of the receiver
    Column("payload", LargeBinary, nullable=False),  # sealed; empty when delivered
    Column("created_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("faults", SmallInteger, nullable=False),  # attempts that ended in a defect
    Column("losses", SmallInteger, nullable=False),  # attempts whose process did not come back
    Column("lease_until", BigInteger),
    Column("state", Text, nullable=False),  # waiting, delivered, quarantined
    Column("ended_at", BigInteger),  # delivered or quarantined
    Column("reason", Text),  # why the last attempt failed; a word of ours
    # Those that wait are few beside those that are kept for the limits.
    Index("ix_outbox_due", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    Index("ix_outbox_owner", "owner", "created_at"),
    Index("ix_outbox_target", "target", "created_at"),
)
