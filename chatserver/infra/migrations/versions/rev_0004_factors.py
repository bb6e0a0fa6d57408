"""Second factors, and where sign-ins come from."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """New tables and columns that may be null: who signs in by an older version has neither."""
    op.add_column("refresh_families", sa.Column("seen_at", sa.BigInteger()))
    op.add_column("refresh_families", sa.Column("device", sa.Text()))
    op.add_column("refresh_families", sa.Column("address", sa.Text()))
    _authenticators()
    _passkeys()
    op.create_table(
        "step_ups",
        sa.Column("family", sa.Text(), primary_key=True),
        sa.Column("action", sa.Text(), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )


def _authenticators() -> None:
    op.create_table(
        "authenticators",
        sa.Column("agent_id", sa.Text(), primary_key=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger()),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "proof_misses",
        sa.Column("agent_id", sa.Text(), primary_key=True),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("window_at", sa.BigInteger(), nullable=False),
        sa.Column("in_window", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
    )
    op.create_index("ix_recovery_codes_agent", "recovery_codes", ["agent_id"])


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.LargeBinary(), primary_key=True),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
    )
    op.create_index("ix_passkeys_agent", "passkeys", ["agent_id"])
    op.create_table(
        "challenges",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_challenges_expires", "challenges", ["expires_at"])
