"""Two persons, alerts, limits on looking; how users can be reached, what was revealed, legal holds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of oversight and of privacy."""
    _oversight()
    _privacy()


def _oversight() -> None:
    op.create_table(
        "approvals",
        *map(_text, ("id", "kind", "object", "reason", "requested_by")),
        _int("requested_at"),
        _text("device"),
        _text("status"),
        _text("decided_by", null=True),
        _int("decided_at", null=True),
        _flag("same_device"),
        _key("approvals", "id"),
    )
    op.create_index("ix_approvals_requested", "approvals", ["requested_at"])
    op.create_table(
        "alerts",
        _text("id"),
        _int("at"),
        _text("kind"),
        _text("agent"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        _flag("suspended"),
        _text("seen_by", null=True),
        _int("seen_at", null=True),
        _key("alerts", "id"),
    )
    op.create_index("ix_alerts_at", "alerts", ["at"])
    op.create_index("ix_alerts_agent", "alerts", ["agent", "kind", "at"])
    looked = (_text("agent"), _text("kind"), _text("object"), _int("at"))
    op.create_table("looks", *looked, _key("looks", "agent", "kind", "object", "at"), sqlite_with_rowid=False)
    op.create_index("ix_looks_at", "looks", ["at"])


def _privacy() -> None:
    reached = map(_text, ("user_id", "email", "phone", "wallet"))
    op.create_table("profiles", *reached, _int("updated_at"), _key("profiles", "user_id"))
    shown = map(_text, ("agent", "user_id", "field"))
    key = _key("reveals", "agent", "user_id", "field")
    op.create_table("reveals", *shown, _int("until"), key, sqlite_with_rowid=False)
    op.create_index("ix_reveals_until", "reveals", ["until"])
    op.create_table(
        "holds",
        *map(_text, ("id", "object", "reason", "placed_by")),
        _int("placed_at"),
        _text("lifted_by", null=True),
        _int("lifted_at", null=True),
        _key("holds", "id"),
    )
    op.create_index("ix_holds_object", "holds", ["object"])


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _int(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))
