"""The SQL tables of signed roots."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from chatserver.core.schema import metadata

signing_keys: Final = Table(
    "signing_keys",  # Ed25519; the highest number signs
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("public", LargeBinary, nullable=False),
    Column("private", LargeBinary, nullable=False),  # sealed
    Column("made_at", BigInteger, nullable=False),
)

roots: Final = Table(
    "roots",  # each names the one before
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("leaves", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("before", LargeBinary, nullable=False),
    Column("signing_key", Integer, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

root_leaves: Final = Table(
    "root_leaves",  # the threads that had grown since the root before, and their last links
    metadata,
    Column("root", BigInteger, primary_key=True, autoincrement=False),
    Column("conversation", Text, primary_key=True, index=True),  # public id: it goes to others as it is
    Column("thread", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
