"""The SQL table of attachments: what is known of a file; its bytes are kept elsewhere."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, text

from chatserver.core.schema import metadata

attachments: Final = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", BigInteger, nullable=False),  # number
    Column("thread", Text, nullable=False),
    Column("sender", Text, nullable=False),  # identity: user:ID, agent:ID
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("created_at", BigInteger, nullable=False),
    Column("ready", Boolean, nullable=False),  # the bytes are kept
    Column("seq", BigInteger),  # of the message that it was sent with; null: not sent yet
    Column("erased_at", BigInteger),  # from then on it is nobody's to see; the bytes follow
)
Index("ix_attachments_conversation", attachments.c.conversation)
Index("ix_attachments_sender", attachments.c.sender, attachments.c.created_at)
_unsent: Final = text("seq IS NULL OR erased_at IS NOT NULL")
Index(
    "ix_attachments_loose",  # what the sweep looks through
    attachments.c.created_at,
    sqlite_where=_unsent,
    postgresql_where=_unsent,
)
