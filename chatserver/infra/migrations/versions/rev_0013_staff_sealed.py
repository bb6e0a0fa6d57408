"""A sealed e-mail address beside the digest by which it is found."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; servers seal what is there while they run."""
    op.add_column("agents", sa.Column("email_sealed", sa.Text()))
