"""The SQL of the log. Functions over a connection; the caller's transaction decides."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    LargeBinary,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from chatserver.conversation.events import (
    Recorded,
)
from chatserver.conversation.head_rows import columns_of, head_of_row
from chatserver.conversation.sealing import recorded_of_row
from chatserver.conversation.states import Head
from chatserver.conversation.tables import (
    ACCOMPANIED,
    IN_QUEUE,
    LIVE,
    conversations,
    events,
    parties,
    sent_keys,
    start_keys,
    users,
)
from chatserver.core.ids import key_digest
from chatserver.core.prepared import ForRows, Prepared
from chatserver.core.sealing import open_text, seal_text

_BY_ID: Final = select(conversations).where(conversations.c.id == bindparam("id"))
# Reads one conversation by its public id.
_HEAD: Final = Prepared(_BY_ID)
# The same, and keeps everybody else from changing it until the transaction ends (PostgreSQL; on
# SQLite the transaction is the only writer anyway).
_LOCKED_HEAD: Final = Prepared(_BY_ID.with_for_update())
# The one conversation of a user that is not closed.
_OPEN_HEAD: Final = (
    select(conversations)
    .where(conversations.c.user_id == bindparam("user_id"), conversations.c.status != "closed")
    .with_for_update()
)


def read_head(conn: Connection, conversation: str, *, lock: bool = False) -> Head | None:
    """The head of a conversation, locked until the transaction ends if asked."""
    row = (_LOCKED_HEAD if lock else _HEAD).first(conn, {"id": conversation})
    return head_of_row(conn, row) if row is not None else None


# Reads many conversations by their public ids.
_HEADS: Final = select(conversations).where(conversations.c.id == any_(bindparam("ids", type_=ARRAY(Text))))
# The same and locks them, in one order everywhere, so that nobody waits crosswise.
_LOCKED_HEADS: Final = _HEADS.order_by(conversations.c.id.collate("C")).with_for_update()
# The same for SQLite, which locks everything anyway and takes a list as JSON.
_LISTED_HEADS: Final = Prepared(
    select(conversations).where(
        conversations.c.id.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))
    )
)


def read_heads(conn: Connection, ids: list[str], *, lock: bool = False) -> dict[str, Head]:
    """The heads of several conversations by their ids, locked until the transaction ends if asked.

    Unknown ones are left out.
    """
    if conn.dialect.name == "sqlite":
        rows = _LISTED_HEADS.all(conn, {"ids": msgspec.json.encode(ids).decode()})
    else:
        rows = list(conn.execute(_LOCKED_HEADS if lock else _HEADS, {"ids": ids}))
    heads = (head_of_row(conn, row) for row in rows)
    return {head.id: head for head in heads}


def read_open(conn: Connection, user: str) -> Head | None:
    """The user's open conversation, locked."""
    row = conn.execute(_OPEN_HEAD, {"user_id": user}).first()
    return head_of_row(conn, row) if row is not None else None


def select_heads(conn: Connection, query: Select[Any]) -> list[Head]:
    """The heads that a query over `conversations` finds."""
    return [head_of_row(conn, row) for row in conn.execute(query).all()]


def insert_head(conn: Connection, head: Head, attributes: dict[str, str]) -> Head:
    """Store a new conversation and give it its number."""
    columns = columns_of(conn, msgspec.structs.asdict(head))
    del columns["number"]
    columns["attributes"] = seal_attributes(conn, head, msgspec.json.encode(attributes).decode())
    statement = insert(conversations).values(**columns)
    number = conn.execute(statement.returning(conversations.c.number)).scalar_one()
    return msgspec.structs.replace(head, number=number)


def seal_attributes(conn: Connection, head: Head, plain: str) -> str:
    """What is stored of a user's further data."""
    return plain if plain == "{}" else seal_text(conn, head.user_id, f"attributes|{head.id}", plain)


def attributes_of(conn: Connection, conversation: str, stored: str) -> dict[str, str]:
    """What stands in `conversations.attributes`, opened."""
    plain = open_text(conn, f"attributes|{conversation}", stored)
    return msgspec.json.decode(plain or "{}", type=dict[str, str])


# A page of a thread, in order.
_PAGE: Final = Prepared(
    select(events)
    .where(
        events.c.conversation == bindparam("number"),
        events.c.thread == bindparam("thread"),
        events.c.seq > bindparam("after"),
    )
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)


def read_page(conn: Connection, head: Head, thread: str, after_seq: int, limit: int) -> list[Recorded]:
    """At most `limit` rows of a thread that follow `after_seq`, in order."""
    asked = {"number": head.number, "thread": thread, "after": after_seq, "limit": limit}
    return [recorded_of_row(conn, head.id, row) for row in _PAGE.all(conn, asked)]


# Pages of many threads. SQLite keeps to the order of a CROSS JOIN: it is the rows that are looked up.
_PAGES: Final = ForRows(
    {"number": BigInteger(), "part": Text(), "behind": BigInteger(), "last": BigInteger()},
    lambda _: text(
        f"SELECT {', '.join(f'events.{column.name}' for column in events.c)} FROM given CROSS JOIN events"  # noqa: S608  (names of ours)
        " WHERE events.conversation = number AND events.thread = part AND seq > behind AND seq <= last"
        " ORDER BY events.thread DESC, seq"
    ).columns(*events.c),
)


def read_pages(conn: Connection, wanted: Sequence[tuple[Head, str, int]], limit: int) -> dict[str, list[Recorded]]:
    """At most `limit` rows of each of some threads that follow a sequence number, by conversation's id.

    In order, those of a public thread before those of the internal one.
    """
    asked = [
        {"number": head.number, "part": thread, "behind": after, "last": after + limit}
        for head, thread, after in wanted
    ]
    ids = {head.number: head.id for head, _, _ in wanted}
    pages: dict[str, list[Recorded]] = {id_: [] for id_ in ids.values()}
    for row in _PAGES.all(conn, asked) if asked else ():
        id_ = ids[row.conversation]
        pages[id_].append(recorded_of_row(conn, id_, row))
    return pages


# Which event a sender's key stands for in a conversation.
_SEEN: Final = Prepared(
    select(sent_keys.c.thread, sent_keys.c.seq).where(
        sent_keys.c.conversation == bindparam("number"), sent_keys.c.digest == bindparam("digest")
    )
)


def read_by_key(conn: Connection, head: Head, sender: str, key: str) -> Recorded | None:
    """The event that this sender's key stands for, if it was used before."""
    asked = {"number": head.number, "digest": key_digest(sender, key)}
    row = _SEEN.first(conn, asked)
    if row is None:
        return None
    return read_page(conn, head, row.thread, row.seq - 1, 1)[0]


# The same for many. SQLite keeps to the order of a CROSS JOIN: it is the keys that are looked up.
_SEEN_AMONG: Final = ForRows(
    {"number": BigInteger(), "key": LargeBinary()},
    lambda _: text(
        "SELECT conversation, digest, thread, seq FROM given CROSS JOIN sent_keys"
        " WHERE conversation = number AND digest = key"
    ).columns(*sent_keys.c),
)


def read_by_keys(conn: Connection, used: Sequence[tuple[Head, str, str]]) -> list[Recorded | None]:
    """The event that each sender's key stands for in a conversation, if it was used before."""
    asked = [(head.number, key_digest(sender, key)) for head, sender, key in used]
    rows = _SEEN_AMONG.all(conn, [{"number": number, "key": digest} for number, digest in asked])
    known = {(row.conversation, bytes(row.digest)): row for row in rows}
    found: list[Recorded | None] = []
    for (head, _, _), one in zip(used, asked, strict=True):
        row = known.get(one)
        found.append(None if row is None else read_page(conn, head, row.thread, row.seq - 1, 1)[0])
    return found


def read_event(conn: Connection, head: Head, thread: str, seq: int) -> Recorded | None:
    """One row of a thread."""
    found = read_page(conn, head, thread, seq - 1, 1)
    return found[0] if found and found[0].seq == seq else None


# Who reopened a conversation last.
_REOPENER: Final = (
    select(events.c.by_id)
    .where(
        events.c.conversation == bindparam("number"),
        events.c.thread == "public",
        events.c.type == "conversation_reopened",
    )
    .order_by(events.c.seq.desc())
    .limit(1)
)


def read_reopener(conn: Connection, head: Head) -> str | None:
    """The agent who reopened a conversation last, None if nobody did."""
    agent: str | None = conn.execute(_REOPENER, {"number": head.number}).scalar()
    return agent


# Which conversation a user's start key stands for.
_STARTED: Final = select(start_keys.c.conversation).where(start_keys.c.digest == bindparam("digest"))


def read_started(conn: Connection, user: str, key: str) -> Head | None:
    """The conversation that this user's start key stands for, if it was used before."""
    digest = key_digest(f"user:{user}", key)
    conversation = conn.execute(_STARTED, {"digest": digest}).scalar()
    return read_head(conn, conversation, lock=True) if conversation is not None else None


def remember_start(conn: Connection, user: str, key: str, conversation: str) -> None:
    """Bind a user's start key to a conversation for ever."""
    digest = key_digest(f"user:{user}", key)
    conn.execute(insert(start_keys).values(digest=digest, conversation=conversation))


# Keeps a user's row, so that two starts of one user follow each other.
_LOCKED_USER: Final = select(users).where(users.c.id == bindparam("id")).with_for_update()


def lock_user(conn: Connection, user: str) -> Row[Any]:
    """The user's row, locked; it exists since the user connected."""
    return conn.execute(_LOCKED_USER, {"id": user}).one()


# How an agent came to know a conversation.
_PARTY: Final = Prepared(
    select(parties.c.assigned).where(
        parties.c.conversation == bindparam("number"), parties.c.agent_id == bindparam("agent")
    )
)


def read_party(conn: Connection, number: int, agent: str) -> bool | None:
    """True: the agent serves, served or joined it; False: it was only offered; None: neither."""
    row = _PARTY.first(conn, {"number": number, "agent": agent})
    return None if row is None else bool(row.assigned)


def remember_party(conn: Connection, head: Head, agent: str, *, assigned: bool, now: int) -> None:
    """Let an agent see a conversation from now on; being assigned outlasts an offer."""
    known = read_party(conn, head.number, agent)
    if known is None:
        row = {"conversation": head.number, "agent_id": agent, "since_at": now}
        conn.execute(insert(parties).values(assigned=assigned, **row))
    elif assigned and not known:
        mine = and_(parties.c.conversation == head.number, parties.c.agent_id == agent)
        conn.execute(update(parties).where(mine).values(assigned=True))


# Asked at every connect.
_USERS_HEADS: Final = Prepared(
    select(conversations)
    .where(
        conversations.c.user_id == bindparam("user"),
        or_(conversations.c.status != "closed", conversations.c.closed_at >= bindparam("closed_since")),
    )
    .order_by(conversations.c.started_at.desc())
)


def read_users_conversations(conn: Connection, user: str, closed_since: int) -> list[Head]:
    """A user's open conversation and those closed since an instant, newest first."""
    rows = _USERS_HEADS.all(conn, {"user": user, "closed_since": closed_since})
    return [head_of_row(conn, row) for row in rows]


def read_agents_conversations(conn: Connection, agent: str) -> list[Head]:
    """What an agent has to look after: offered, served, handed off and not yet taken, joined, asked about, watched.

    Three questions of which each has its index: together they would read everything that was ever said.
    """
    table = conversations.c
    # The lists are JSON, in which a name cannot hold a bare quote: this matches whole ids only.
    beside = or_(
        table.joined.contains(f'"id":"{agent}"', autoescape=True),
        table.consultants.contains(f'"id":"{agent}"', autoescape=True),
        table.watchers.contains(f'"{agent}"', autoescape=True),
    )
    given = and_(table.handed_off_by == agent, table.handed_off_by.is_not(None), IN_QUEUE)
    found = {
        head.number: head
        for mine in (and_(table.agent_id == agent, LIVE), given, and_(ACCOMPANIED, beside))
        for head in select_heads(conn, select(conversations).where(mine))
    }
    return sorted(found.values(), key=lambda head: head.started_at)


# Asked for every pair and whenever the state of an agent may have changed.
_LIVE_OF: Final = Prepared(
    select(func.count().label("live"))
    .select_from(conversations)
    .where(conversations.c.agent_id == bindparam("agent"), LIVE)
)


def count_live(conn: Connection, agent: str) -> int:
    """How many conversations are offered to or served by an agent."""
    return int(_LIVE_OF.first(conn, {"agent": agent}).live)
