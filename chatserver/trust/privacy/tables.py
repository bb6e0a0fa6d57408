"""The SQL tables of privacy."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Table, Text

from chatserver.core.schema import metadata

profiles: Final = Table(
    "profiles",  # how the host app says that a user can be reached; sealed
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("wallet", Text, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
)

reveals: Final = Table(
    "reveals",  # which field of a user somebody of the staff may see for some minutes
    metadata,
    Column("agent", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_reveals_until", reveals.c.until)

holds: Final = Table(
    "holds",  # what may not be deleted, whoever asks
    metadata,
    Column("id", Text, primary_key=True),
    Column("object", Text, nullable=False),  # user:ID or conversation:ID
    Column("reason", Text, nullable=False),  # sealed
    Column("placed_by", Text, nullable=False),
    Column("placed_at", BigInteger, nullable=False),
    Column("lifted_by", Text),
    Column("lifted_at", BigInteger),
)
Index("ix_holds_object", holds.c.object)

anonymised: Final = Table(
    "anonymised",  # conversations that are emptied because of their age
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),  # number
    Column("at", BigInteger, nullable=False),
)

leases: Final = Table(
    "leases",  # which work behind the product one process does for all, and until when
    metadata,
    Column("name", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
)
