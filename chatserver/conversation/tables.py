"""The SQL tables of the log."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    literal_column,
    text,
)

from chatserver.core.schema import metadata

# SQLite gives its fast integer key to INTEGER only; PostgreSQL needs 64 bits.
Number: Final = BigInteger().with_variant(Integer, "sqlite")

users: Final = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # signed, visitor
    Column("name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("vip", Boolean, nullable=False),
    Column("visitor_digest", LargeBinary, unique=True),
    Column("last_agent", Text),
    Column("created_at", BigInteger, nullable=False),
)

conversations: Final = Table(
    "conversations",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("desk", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("attributes", Text, nullable=False),  # JSON object of strings
    Column("status", Text, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("skill", Text, nullable=False),  # empty: none
    Column("priority", SmallInteger, nullable=False),
    Column("queued_at", BigInteger),  # first time; kept over requeues and handoffs
    Column("agent_id", Text),  # offered to, or served by
    Column("agent_name", Text),
    Column("agent_tier", SmallInteger),
    Column("assigned_at", BigInteger),
    Column("offer_until", BigInteger),
    Column("reply_due", BigInteger),  # the agent must show a sign of life before
    Column("return_to", Text),  # the sender of a transfer, who gets it back if refused
    Column("handed_off_by", Text),
    Column("avoid_agent", Text),  # lost it last; others come first
    Column("last_agent", Text),
    Column("user_left_at", BigInteger),  # no socket of the user since
    Column("joined", Text, nullable=False),  # JSON list of the supervisors taking part
    Column("public_head", BigInteger, nullable=False),
    Column("internal_head", BigInteger, nullable=False),
    Column("user_read", BigInteger, nullable=False),
    Column("agent_read", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("disposition", Text),
    Column("user_delivered", BigInteger, nullable=False, server_default="0"),
    Column("agent_delivered", BigInteger, nullable=False, server_default="0"),
    Column("user_wrote_at", BigInteger),
    Column("agent_wrote_at", BigInteger),
    Column("first_reply_at", BigInteger),
    Column("reminded_at", BigInteger),  # the user was asked whether they are still there
    Column("parked_at", BigInteger),  # nobody expects an answer at once
    Column("score", SmallInteger),
    Column("solved", Boolean),
    Column("tags", Text, nullable=False, server_default="[]"),  # JSON list of ids
    Column("consultants", Text, nullable=False, server_default="[]"),  # JSON list of agents
    Column("watchers", Text, nullable=False, server_default="[]"),  # JSON list of ids of supervisors
    Column("public_chain", LargeBinary),  # link of the last row; null: not chained yet
    Column("internal_chain", LargeBinary),
    Column("public_rooted", BigInteger, nullable=False, server_default="0"),  # as far as a signed root knows it
    Column("internal_rooted", BigInteger, nullable=False, server_default="0"),
    Column("data_key", BigInteger),  # seals the next row; null: the present one of the user
)
Index(
    "one_open",  # a user has one open conversation, whatever races
    conversations.c.user_id,
    unique=True,
    sqlite_where=text("status <> 'closed'"),
    postgresql_where=text("status <> 'closed'"),
)
Index("ix_conversations_user", conversations.c.user_id, conversations.c.started_at)
Index("ix_conversations_started", conversations.c.started_at)
Index(
    "ix_conversations_live_agent",  # capacity is counted over it
    conversations.c.agent_id,
    sqlite_where=text("status IN ('offered', 'active')"),
    postgresql_where=text("status IN ('offered', 'active')"),
)
Index(
    "ix_conversations_waiting",  # who came first in a lane, asked for every pair
    conversations.c.tier,
    conversations.c.skill,
    conversations.c.priority,
    conversations.c.queued_at,
    sqlite_where=text("status = 'waiting'"),
    postgresql_where=text("status = 'waiting'"),
)

_GIVEN_AWAY = "handed_off_by IS NOT NULL AND status IN ('waiting', 'offered')"
Index(
    "ix_conversations_handed_off",  # what an agent gave away and nobody has taken yet
    conversations.c.handed_off_by,
    sqlite_where=text(_GIVEN_AWAY),
    postgresql_where=text(_GIVEN_AWAY),
    info={"late": True},
)
ACCOMPANIED: Final = text("status <> 'closed' AND (joined <> '[]' OR consultants <> '[]' OR watchers <> '[]')")
"""Open conversations in which others than the agent take part: few, so that each may be looked into."""
Index(
    "ix_conversations_accompanied",
    conversations.c.number,
    sqlite_where=ACCOMPANIED,
    postgresql_where=ACCOMPANIED,
    info={"late": True},
)


def _one_of(*statuses: str) -> ColumnElement[bool]:
    # Spelled out as in the indexes above: behind bound values no database sees that an index holds just these.
    return conversations.c.status.in_([literal_column(f"'{status}'") for status in statuses])


LIVE: Final = _one_of("offered", "active")
"""Counts against the capacity of an agent."""

IN_QUEUE: Final = _one_of("waiting", "offered")
"""Nobody serves it yet."""

events: Final = Table(
    "events",
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),  # number
    Column("thread", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("by_id", Text),
    Column("by_name", Text, nullable=False),  # empty: sealed with the body, as `key` is
    Column("key", Text),
    Column("body", LargeBinary, nullable=False),  # sealed; `{…` in rows of before
    Column("content", LargeBinary),  # salted digest of what was said and by whom
    Column("chain", LargeBinary),  # stands for this row and all before it
    sqlite_with_rowid=False,
)

sent_keys: Final = Table(
    "sent_keys",  # which event a sender's key stands for; a digest keeps the index narrow
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, primary_key=True),
    Column("thread", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

start_keys: Final = Table(
    "start_keys",  # which conversation a user's start key stands for
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("conversation", Text, nullable=False),
    sqlite_with_rowid=False,
)

parties: Final = Table(
    "parties",  # which agent has ever been offered, served or joined a conversation
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),
    Column("agent_id", Text, primary_key=True),
    Column("assigned", Boolean, nullable=False),  # False: only offered so far
    Column("since_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_parties_agent", parties.c.agent_id, parties.c.since_at)
