"""The log, the desk, accounts and search, as they are from the start."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    _users()
    _conversations()
    _conversation_indexes()
    _log()
    _desk()
    _accounts()
    _search()


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _int(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _small(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=null)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _bytes(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def _number() -> sa.Column[Any]:
    return sa.Column("number", _NUMBER, autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _index(name: str, table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


def _users() -> None:
    op.create_table(
        "users",
        _text("id"),
        _text("kind"),
        _text("name"),
        _text("locale"),
        _flag("vip"),
        _bytes("visitor_digest", null=True),
        _text("last_agent", null=True),
        _int("created_at"),
        _key("users", "id"),
        sa.UniqueConstraint("visitor_digest", name=op.f("uq_users_visitor_digest")),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        _number(),
        _text("id"),
        _text("desk"),
        _text("user_id"),
        _text("locale"),
        _text("topic"),
        _text("attributes"),
        _text("status"),
        _small("tier"),
        _int("epoch"),
        _text("skill"),
        _small("priority"),
        _int("queued_at", null=True),
        _text("agent_id", null=True),
        _text("agent_name", null=True),
        _small("agent_tier", null=True),
        _int("assigned_at", null=True),
        _int("offer_until", null=True),
        _int("reply_due", null=True),
        _text("return_to", null=True),
        _text("handed_off_by", null=True),
        _text("avoid_agent", null=True),
        _text("last_agent", null=True),
        _int("user_left_at", null=True),
        _text("joined"),
        _int("public_head"),
        _int("internal_head"),
        _int("user_read"),
        _int("agent_read"),
        _int("started_at"),
        _int("closed_at", null=True),
        _text("disposition", null=True),
        _key("conversations", "number"),
        sa.UniqueConstraint("id", name=op.f("uq_conversations_id")),
    )


def _conversation_indexes() -> None:
    table = "conversations"
    _index("one_open", table, "user_id", where="status <> 'closed'", unique=True)
    _index("ix_conversations_user", table, "user_id", "started_at")
    _index("ix_conversations_started", table, "started_at")
    _index("ix_conversations_live_agent", table, "agent_id", where="status IN ('offered', 'active')")
    lane = ("tier", "skill", "priority", "queued_at")
    _index("ix_conversations_waiting", table, *lane, where="status = 'waiting'")
    _index("ix_conversations_offer_due", table, "offer_until", where="offer_until IS NOT NULL")
    _index("ix_conversations_reply_due", table, "reply_due", where="reply_due IS NOT NULL")
    _index("ix_conversations_user_left", table, "user_left_at", where="user_left_at IS NOT NULL")


def _log() -> None:
    op.create_table(
        "events",
        _int("conversation"),
        _text("thread"),
        _int("seq"),
        _int("at"),
        _text("type"),
        _text("by_role"),
        _text("by_id", null=True),
        _text("by_name"),
        _text("key", null=True),
        _bytes("body"),
        _key("events", "conversation", "thread", "seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sent_keys",
        _int("conversation"),
        _bytes("digest"),
        _text("thread"),
        _int("seq"),
        _key("sent_keys", "conversation", "digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "start_keys",
        _bytes("digest"),
        _text("conversation"),
        _key("start_keys", "digest"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "parties",
        _int("conversation"),
        _text("agent_id"),
        _flag("assigned"),
        _int("since_at"),
        _key("parties", "conversation", "agent_id"),
        sqlite_with_rowid=False,
    )
    _index("ix_parties_agent", "parties", "agent_id", "since_at")


def _desk() -> None:
    op.create_table(
        "presence",
        _text("agent_id"),
        _text("status"),
        _small("capacity"),
        _small("misses"),
        _int("link_lost_at", null=True),
        _flag("loss_told"),
        _int("idle_since"),
        _key("presence", "agent_id"),
    )
    op.create_table("processes", _text("id"), _int("seen_at"), _key("processes", "id"))
    op.create_table(
        "agent_links",
        _text("session"),
        _text("agent_id"),
        _text("process"),
        _key("agent_links", "session"),
    )
    _index("ix_agent_links_agent_id", "agent_links", "agent_id")
    _index("ix_agent_links_process", "agent_links", "process")
    op.create_table(
        "routing_decisions",
        _number(),
        _int("conversation"),
        _int("at"),
        _text("action"),
        _text("agent_id", null=True),
        _small("tier"),
        _text("skill"),
        _text("reason"),
        _int("position", null=True),
        _int("waited_ms", null=True),
        _int("estimate_low_s", null=True),
        _int("estimate_high_s", null=True),
        _key("routing_decisions", "number"),
    )
    _index("ix_routing_decisions_conversation", "routing_decisions", "conversation")
    _index("ix_routing_decisions_at", "routing_decisions", "at")


def _accounts() -> None:
    op.create_table(
        "agents",
        _text("id"),
        _text("email"),
        _text("name"),
        _text("role"),
        _small("tier"),
        sa.Column("capacity", sa.Integer(), nullable=False),
        _text("skills"),
        _text("password", null=True),
        sa.Column("token_generation", sa.Integer(), nullable=False),
        _int("created_at"),
        _int("disabled_at", null=True),
        _key("agents", "id"),
        sa.UniqueConstraint("email", name=op.f("uq_agents_email")),
    )
    op.create_table(
        "refresh_families",
        _text("id"),
        _text("agent_id"),
        _int("started_at"),
        _int("expires_at"),
        _int("ended_at", null=True),
        _key("refresh_families", "id"),
    )
    _index("ix_refresh_families_agent", "refresh_families", "agent_id")
    op.create_table(
        "refresh_tokens",
        _bytes("digest"),
        _text("family"),
        _int("issued_at"),
        _int("used_at", null=True),
        _key("refresh_tokens", "digest"),
        sqlite_with_rowid=False,
    )
    _index("ix_refresh_tokens_family", "refresh_tokens", "family")


def _search() -> None:
    op.create_table(
        "search_pending",
        _int("conversation"),
        _int("seq"),
        _key("search_pending", "conversation", "seq"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_messages USING fts5(tokens, detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    op.create_table(
        "search_messages",
        _int("conversation"),
        _int("seq"),
        sa.Column("tokens", sa.dialects.postgresql.TSVECTOR(), nullable=False),
        _key("search_messages", "conversation", "seq"),
    )
    op.create_index("ix_search_messages_tokens", "search_messages", ["tokens"], postgresql_using="gin")
