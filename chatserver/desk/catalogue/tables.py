"""The SQL table of the catalogue: every version of everything that a desk has defined."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text, text

from chatserver.core.schema import metadata

catalogue: Final = Table(
    "catalogue",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("live", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON of the kind's Struct
    Column("at", BigInteger, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "ix_catalogue_live",  # there is one version that counts, whatever races
    catalogue.c.kind,
    catalogue.c.id,
    unique=True,
    sqlite_where=text("live"),
    postgresql_where=text("live"),
)
