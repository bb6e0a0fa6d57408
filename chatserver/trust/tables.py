"""The SQL tables of accounts and their sign-ins."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from chatserver.core.schema import metadata

agents: Final = Table(
    "agents",  # everybody with an account: agents, supervisors, administrators, auditors
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "email", Text, nullable=False, unique=True
    ),  # a keyed digest of it in lower case, so that case makes no twins
    Column("name", Text, nullable=False),  # sealed
    Column("role", Text, nullable=False),  # agent, supervisor, admin, auditor
    Column("tier", SmallInteger, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("skills", Text, nullable=False),  # JSON list; `zh` and `en` mark languages
    Column("password", Text),  # argon2 hash; null: cannot sign in by password
    Column("token_generation", Integer, nullable=False),  # tokens of earlier ones are void
    Column("created_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    Column("email_sealed", Text),  # null: stored by an earlier version, plain in `email`
)

refresh_families: Final = Table(
    "refresh_families",  # one sign-in and every token that came out of it
    metadata,
    Column("id", Text, primary_key=True),
    Column("agent_id", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),  # renewing does not move it
    Column("ended_at", BigInteger),  # signed out, or a token was used twice
    Column("seen_at", BigInteger),  # last renewed
    Column("device", Text),  # what the program called itself; sealed, as the address is
    Column("address", Text),
)
Index("ix_refresh_families_agent", refresh_families.c.agent_id)

refresh_tokens: Final = Table(
    "refresh_tokens",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # the token itself is with its owner only
    Column("family", Text, nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    sqlite_with_rowid=False,
)
Index("ix_refresh_tokens_family", refresh_tokens.c.family)
