"""Keys of the vault, and room in every row for its seal and its place in the chain."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables and columns that may be null; what is stored is sealed later, by the server."""
    op.create_table(
        "master_keys",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "data_keys",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text()),
        sa.Column("master", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.Column("destroyed_at", sa.BigInteger()),
    )
    op.create_index("ix_data_keys_owner", "data_keys", ["owner"])
    op.create_index("ix_data_keys_master", "data_keys", ["master"])
    destroyed = sa.text("destroyed_at IS NOT NULL")
    op.create_index(
        "ix_data_keys_destroyed",
        "data_keys",
        ["destroyed_at"],
        sqlite_where=destroyed,
        postgresql_where=destroyed,
    )
    op.add_column("conversations", sa.Column("public_chain", sa.LargeBinary()))
    op.add_column("conversations", sa.Column("internal_chain", sa.LargeBinary()))
    op.add_column("conversations", sa.Column("data_key", sa.BigInteger()))
    op.add_column("events", sa.Column("content", sa.LargeBinary()))
    op.add_column("events", sa.Column("chain", sa.LargeBinary()))
