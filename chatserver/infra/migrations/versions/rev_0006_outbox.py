"""The outbox: work for the outside, written with what caused it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Make the table and its indexes."""
    op.create_table(
        "outbox",
        sa.Column("number", _NUMBER, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "kind", "owner", "about")),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("target", "payload")),
        *(_int(name) for name in ("created_at", "due_at")),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("faults", "losses")),
        _int("lease_until", null=True),
        sa.Column("state", sa.Text(), nullable=False),
        _int("ended_at", null=True),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_at"], sqlite_where=_WAITS, postgresql_where=_WAITS)
    op.create_index("ix_outbox_owner", "outbox", ["owner", "created_at"])
    op.create_index("ix_outbox_target", "outbox", ["target", "created_at"])


def _int(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)
