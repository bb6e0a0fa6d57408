"""The SQL tables of the vault. A backup keeps them apart from the rest: they are what opens it."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from chatserver.core.schema import metadata

master_keys: Final = Table(
    "master_keys",  # each wrapped by the key service; the highest number wraps what is new
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

data_keys: Final = Table(
    "data_keys",  # each wrapped by a master key
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Text),  # a user, or `:something` of the installation; null: forgotten with the key
    Column("master", Integer, nullable=False),
    Column("wrapped", LargeBinary),  # null: destroyed
    Column("made_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger),  # seals nothing new since
    Column("destroyed_at", BigInteger),
)
Index("ix_data_keys_owner", data_keys.c.owner)
Index("ix_data_keys_master", data_keys.c.master)
Index(
    "ix_data_keys_destroyed",
    data_keys.c.destroyed_at,
    sqlite_where=text("destroyed_at IS NOT NULL"),
    postgresql_where=text("destroyed_at IS NOT NULL"),
)
