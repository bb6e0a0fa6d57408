"""The SQL tables of second factors."""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from chatserver.core.schema import metadata

authenticators: Final = Table(
    "authenticators",  # the app on a phone that shows one-time codes
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("made_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),  # null: the first code has not come yet, so it counts for nothing
    Column("last_step", BigInteger, nullable=False),  # a code of this step or an earlier one is used up
)

proof_misses: Final = Table(
    "proof_misses",  # wrong second factors of an account
    metadata,
    Column("agent_id", Text, primary_key=True),
    Column("in_a_row", Integer, nullable=False),
    Column("window_at", BigInteger, nullable=False),
    Column("in_window", Integer, nullable=False),
)

recovery_codes: Final = Table(
    "recovery_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True),  # the code itself is with its owner only
    Column("agent_id", Text, nullable=False),
    Column("used_at", BigInteger),
)
Index("ix_recovery_codes_agent", recovery_codes.c.agent_id)

passkeys: Final = Table(
    "passkeys",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # as the authenticator calls it
    Column("agent_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
Index("ix_passkeys_agent", passkeys.c.agent_id)

challenges: Final = Table(
    "challenges",  # what was asked of an authenticator or a provider and may be answered once
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("agent_id", Text, nullable=False),  # empty: not known yet
    Column("kept", LargeBinary, nullable=False),  # what the answer is checked against besides
    Column("expires_at", BigInteger, nullable=False),
)
Index("ix_challenges_expires", challenges.c.expires_at)

step_ups: Final = Table(
    "step_ups",  # a sign-in proved again, for one action
    metadata,
    Column("family", Text, primary_key=True),
    Column("action", Text, primary_key=True),
    Column("until", BigInteger, nullable=False),
)
