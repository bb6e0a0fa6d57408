"""What desks work with: marks and idle times of conversations, wrap-up, advice, the catalogue, call-backs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, which rows of before do without, and make the tables."""
    for column in _of_conversations():
        op.add_column("conversations", column)
    op.add_column("presence", sa.Column("reason", sa.Text()))
    op.add_column("presence", sa.Column("wrap_up_until", sa.BigInteger()))
    _consults()
    _catalogue()
    _callbacks()


def _of_conversations() -> list[sa.Column[Any]]:
    instants = ("user_wrote_at", "agent_wrote_at", "first_reply_at", "reminded_at", "parked_at")
    marks = ("user_delivered", "agent_delivered")
    return [
        *(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0") for name in marks),
        *(sa.Column(name, sa.BigInteger()) for name in instants),
        sa.Column("score", sa.SmallInteger()),
        sa.Column("solved", sa.Boolean()),
        *(_list(name) for name in ("tags", "consultants", "watchers")),
    ]


def _list(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="[]")


def _consults() -> None:
    op.create_table(
        "consults",
        sa.Column("conversation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("agent_id", sa.Text()),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name=op.f("pk_consults")),
    )


def _catalogue() -> None:
    op.create_table(
        "catalogue",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version", name=op.f("pk_catalogue")),
        sqlite_with_rowid=False,
    )
    live = sa.text("live")
    op.create_index(
        "ix_catalogue_live",
        "catalogue",
        ["kind", "id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("phone_hint", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text()),
        sa.Column("agent_name", sa.Text()),
        sa.Column("agent_tier", sa.SmallInteger()),
        sa.Column("claimed_at", sa.BigInteger()),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_status", "callbacks", ["status", "from_at"])
    op.create_index("ix_callbacks_conversation", "callbacks", ["conversation"])
