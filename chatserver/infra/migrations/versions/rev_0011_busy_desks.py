"""Nothing by itself: the indexes that came with it are late ones, built while everybody goes on writing."""

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave the tables as they are."""
