"""Which conversations were emptied for their age, and which process does the housekeeping."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    number = sa.Column("conversation", sa.BigInteger(), autoincrement=False, nullable=False)
    at = sa.Column("at", sa.BigInteger(), nullable=False)
    op.create_table("anonymised", number, at, sa.PrimaryKeyConstraint("conversation", name=op.f("pk_anonymised")))
    name = sa.Column("name", sa.Text(), nullable=False)
    until = sa.Column("until", sa.BigInteger(), nullable=False)
    op.create_table("leases", name, until, sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")))
