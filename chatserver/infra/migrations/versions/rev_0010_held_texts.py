"""Texts of staff that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels = None
depends_on = None

_TEXTS = ("id", "conversation", "user_id", "author", "key", "kinds")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "held_texts",
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_texts")),
    )
    op.create_index("ux_held_texts_key", "held_texts", ["conversation", "author", "key"], unique=True)
    op.create_index("ix_held_texts_expires", "held_texts", ["expires_at"])
