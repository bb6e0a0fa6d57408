"""The SQL tables of oversight."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from chatserver.core.schema import metadata

approvals: Final = Table(
    "approvals",  # what one person asks for and another one decides
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("object", Text, nullable=False),  # `user:ID`, `conversation:ID`, or empty
    Column("reason", Text, nullable=False),  # sealed
    Column("requested_by", Text, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("device", Text, nullable=False),  # digest of the requester's machine and program
    Column("status", Text, nullable=False),  # pending, approved, refused, used
    Column("decided_by", Text),
    Column("decided_at", BigInteger),
    Column("same_device", Boolean, nullable=False),  # both came from one machine: looked at twice
)
Index("ix_approvals_requested", approvals.c.requested_at)

alerts: Final = Table(
    "alerts",  # what supervisors have to look at
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("agent", Text, nullable=False),  # whom it is about
    Column("count", Integer, nullable=False),
    Column("bound", Integer, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("seen_by", Text),
    Column("seen_at", BigInteger),
)
Index("ix_alerts_at", alerts.c.at)
Index("ix_alerts_agent", alerts.c.agent, alerts.c.kind, alerts.c.at)

looks: Final = Table(
    "looks",  # what somebody of the staff looked at, for as long as a limit counts it
    metadata,
    Column("agent", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("object", Text, primary_key=True),  # a digest where it is something that was typed
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
Index("ix_looks_at", looks.c.at)
