"""Indexes over what an agent gave away and over conversations in which others take part."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision: str | None = "0010"
branch_labels = None
depends_on = None

GIVEN_AWAY = "handed_off_by IS NOT NULL AND status IN ('waiting', 'offered')"
ACCOMPANIED = "status <> 'closed' AND (joined <> '[]' OR consultants <> '[]' OR watchers <> '[]')"


def upgrade() -> None:
    """Make the indexes: an agent who comes must not read every conversation there ever was."""
    _partial("ix_conversations_handed_off", "handed_off_by", GIVEN_AWAY)
    _partial("ix_conversations_accompanied", "number", ACCOMPANIED)


def _partial(name: str, column: str, where: str) -> None:
    op.create_index(name, "conversations", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
