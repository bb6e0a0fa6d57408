"""The SQL table of texts that wait for a second person."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from chatserver.core.schema import metadata

held_texts: Final = Table(
    "held_texts",  # texts of staff that were stopped; gone when decided on, and after 15 minutes
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),  # the public id
    Column("user_id", Text, nullable=False),
    Column("author", Text, nullable=False),  # the id of the agent
    Column("key", Text, nullable=False),
    Column("kinds", Text, nullable=False),  # JSON list
    Column("sealed", LargeBinary, nullable=False),  # the text and what goes with it, encrypted
    Column("at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)
Index("ux_held_texts_key", held_texts.c.conversation, held_texts.c.author, held_texts.c.key, unique=True)
Index("ix_held_texts_expires", held_texts.c.expires_at)
