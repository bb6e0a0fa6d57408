"""The SQL tables of the audit log."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from chatserver.conversation.tables import Number
from chatserver.core.schema import metadata

# Rows arrive here in the transaction of what they tell of, on many connections at once. One process after the other
# moves them into the chain: a head that every transaction had to lock would make all of them wait for each other.
audit_inbox: Final = Table(
    "audit_inbox",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", LargeBinary, nullable=False),  # what somebody wrote; sealed
    Column("fields", LargeBinary, nullable=False),  # JSON object
)

# Triggers refuse every change of a row, and the removal of any but those before `audit_ends.base`.
audit: Final = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 …
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("fields", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # over the one before and everything else of this row
    Column("seal", LargeBinary, nullable=False),  # over the hash, with a key that is not in the database
)
Index("ix_audit_actor", audit.c.actor, audit.c.number)
Index("ix_audit_object", audit.c.object, audit.c.number)
Index("ix_audit_at", audit.c.at)

audit_ends: Final = Table(
    "audit_ends",  # `head`: the last row; `base`: the last one that was removed because of its age
    metadata,
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
)
