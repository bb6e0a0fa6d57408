"""The SQL of the log. Functions over a connection; the caller's transaction decides."""

from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, or_, select, update

from chatserver.conversation.chain import BEGINNING
from chatserver.conversation.events import (
    KEYED,
    THREAD_OF,
    TYPE_OF,
    Body,
    By,
    Recorded,
    Thread,
    encode_body,
)
from chatserver.conversation.head_rows import changed, columns_of, head_of_row
from chatserver.conversation.sealing import emptied_body, recorded_of_row, sealed_columns
from chatserver.conversation.search import note_again
from chatserver.conversation.states import Change, Head, after, fold
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
from chatserver.core.prepared import Prepared
from chatserver.core.sealing import open_text, seal_text, vault_of

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
    return head_of_row(row) if row is not None else None


def read_open(conn: Connection, user: str) -> Head | None:
    """The user's open conversation, locked."""
    row = conn.execute(_OPEN_HEAD, {"user_id": user}).first()
    return head_of_row(row) if row is not None else None


def select_heads(conn: Connection, query: Select[Any]) -> list[Head]:
    """The heads that a query over `conversations` finds."""
    return [head_of_row(row) for row in conn.execute(query)]


def insert_head(conn: Connection, head: Head, attributes: dict[str, str]) -> Head:
    """Store a new conversation and give it its number."""
    columns = columns_of(msgspec.structs.asdict(head))
    del columns["number"]
    columns["attributes"] = _seal_attributes(conn, head, msgspec.json.encode(attributes).decode())
    statement = insert(conversations).values(**columns)
    number = conn.execute(statement.returning(conversations.c.number)).scalar_one()
    return msgspec.structs.replace(head, number=number)


def _seal_attributes(conn: Connection, head: Head, plain: str) -> str:
    return plain if plain == "{}" else seal_text(conn, head.user_id, f"attributes|{head.id}", plain)


def attributes_of(conn: Connection, conversation: str, stored: str) -> dict[str, str]:
    """What stands in `conversations.attributes`, opened."""
    plain = open_text(conn, f"attributes|{conversation}", stored)
    return msgspec.json.decode(plain or "{}", type=dict[str, str])


# Appends rows to a log.
_APPEND: Final = Prepared(insert(events))
# Remembers what a sender's key stands for.
_REMEMBER_KEY: Final = Prepared(insert(sent_keys))
# Moves the head of a conversation to what its log has come to.
_MOVE_HEAD: Final = update(conversations).where(conversations.c.number == bindparam("b_number"))


def record(
    conn: Connection, head: Head, change: Change, by: By, now: int, *, key: str | None = None
) -> tuple[Head, list[Recorded]]:
    """Append what a rule decided and move the head, in the caller's transaction.

    `key` is the sender's and belongs to the message, note or question of the change. Returns the new
    head and the rows as they were stored.
    """
    rows: list[Recorded] = []
    moved = head
    heads: dict[Thread, int] = {"public": head.public_head, "internal": head.internal_head}
    for body in change.events:
        thread = THREAD_OF[type(body)]
        heads[thread] += 1
        own_key = key if isinstance(body, KEYED) else None
        rows.append(_recorded(head.id, heads[thread], now, by, body, own_key))
        moved = after(moved, body, now)
    moved = msgspec.structs.replace(
        moved, public_head=heads["public"], internal_head=heads["internal"], **change.fields
    )
    if rows:
        moved = _append(conn, head, moved, rows)
    _move(conn, head, moved)
    return moved, rows


def _recorded(conversation: str, seq: int, now: int, by: By, body: Body, key: str | None) -> Recorded:
    kind = type(body)
    return Recorded(conversation, THREAD_OF[kind], seq, now, TYPE_OF[kind], by, key, encode_body(body))


def _append(conn: Connection, head: Head, moved: Head, rows: list[Recorded]) -> Head:
    """Seal the rows, link each to the one before, store them; returns the head with the last links."""
    head = chained(conn, head)
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    links = {"public": head.public_chain or BEGINNING, "internal": head.internal_chain or BEGINNING}
    stored = []
    for row in rows:
        columns = sealed_columns(conn, head.number, data_key, row, links[row.thread])
        links[row.thread] = columns["chain"]
        stored.append(columns)
    _APPEND.run_many(conn, stored)
    keyed = [_key_columns(head.number, row) for row in rows if row.key is not None]
    if keyed:
        _REMEMBER_KEY.run_many(conn, keyed)
    links_now = {f"{thread}_chain": link for thread, link in links.items()}
    return msgspec.structs.replace(moved, data_key=data_key, **links_now)


def _move(conn: Connection, head: Head, moved: Head) -> None:
    columns = columns_of(changed(head, moved))
    if columns:
        _moving(tuple(columns)).run(conn, {"b_number": head.number, **columns})


@cache
def _moving(columns: tuple[str, ...]) -> Prepared:
    """Moves some columns of a head; a few dozen sets of them ever change together."""
    return Prepared(_MOVE_HEAD.values({column: bindparam(column) for column in columns}))


def _key_columns(number: int, row: Recorded) -> dict[str, Any]:
    assert row.key is not None
    digest = key_digest(row.sender, row.key)
    return {"conversation": number, "digest": digest, "thread": row.thread, "seq": row.seq}


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


# What is known of the user besides, as it is stored.
_ATTRIBUTES: Final = select(conversations.c.attributes).where(conversations.c.number == bindparam("number"))
# One row of a thread.
_ROW: Final = select(events).where(
    events.c.conversation == bindparam("number"),
    events.c.thread == bindparam("thread"),
    events.c.seq == bindparam("seq"),
)
# Takes the text out of a row, or seals one that was stored before there was a vault.
_REPLACE: Final = update(events).where(
    events.c.conversation == bindparam("b_number"),
    events.c.thread == bindparam("b_thread"),
    events.c.seq == bindparam("b_seq"),
)


def empty_row(conn: Connection, head: Head, thread: str, seq: int, body: Body) -> None:
    """Put a body without its text in the place of a row's; nothing else ever changes a row.

    The salt goes too, so that nobody can find out from the digest, which stays, what was said.
    """
    head = chained(conn, head)
    row = conn.execute(_ROW, {"number": head.number, "thread": thread, "seq": seq}).one()
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    sealed = emptied_body(conn, data_key, row, encode_body(body))
    place = {"b_number": head.number, "b_thread": thread, "b_seq": seq}
    conn.execute(_REPLACE.values(body=sealed), place)


def chained(conn: Connection, head: Head) -> Head:
    """Seal and link what an earlier version has stored of a conversation; returns the head with its last links."""
    if head.public_chain is not None or not head.public_head:
        return head
    data_key = head.data_key or vault_of(conn).key_for(conn, head.user_id)
    links: dict[str, bytes] = {}
    for thread in ("public", "internal"):
        links[thread] = BEGINNING
        for row in read_page(conn, head, thread, 0, head.head_of(thread)):
            columns = sealed_columns(conn, head.number, data_key, row, links[thread])
            links[thread] = columns["chain"]
            place = {"b_number": head.number, "b_thread": thread, "b_seq": row.seq}
            conn.execute(_REPLACE.values(**columns), place)
    note_again(conn, head.number)
    plain = conn.execute(_ATTRIBUTES, {"number": head.number}).scalar_one()
    attributes = _seal_attributes(conn, head, plain)
    links_now = {f"{thread}_chain": link for thread, link in links.items()}
    moved = msgspec.structs.replace(head, data_key=data_key, **links_now)
    _move(conn, head, moved)
    conn.execute(_MOVE_HEAD.values(attributes=attributes), {"b_number": head.number})
    return moved


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
_PARTY: Final = select(parties.c.assigned).where(
    parties.c.conversation == bindparam("number"), parties.c.agent_id == bindparam("agent")
)


def read_party(conn: Connection, number: int, agent: str) -> bool | None:
    """True: the agent serves, served or joined it; False: it was only offered; None: neither."""
    assigned: bool | None = conn.execute(_PARTY, {"number": number, "agent": agent}).scalar()
    return assigned


def remember_party(conn: Connection, head: Head, agent: str, *, assigned: bool, now: int) -> None:
    """Let an agent see a conversation from now on; being assigned outlasts an offer."""
    known = read_party(conn, head.number, agent)
    if known is None:
        row = {"conversation": head.number, "agent_id": agent, "since_at": now}
        conn.execute(insert(parties).values(assigned=assigned, **row))
    elif assigned and not known:
        mine = and_(parties.c.conversation == head.number, parties.c.agent_id == agent)
        conn.execute(update(parties).where(mine).values(assigned=True))


def read_users_conversations(conn: Connection, user: str, closed_since: int) -> list[Head]:
    """A user's open conversation and those closed since an instant, newest first."""
    mine = and_(
        conversations.c.user_id == user,
        or_(conversations.c.status != "closed", conversations.c.closed_at >= closed_since),
    )
    return select_heads(conn, select(conversations).where(mine).order_by(conversations.c.started_at.desc()))


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


def count_live(conn: Connection, agent: str) -> int:
    """How many conversations are offered to or served by an agent."""
    mine = and_(conversations.c.agent_id == agent, LIVE)
    return conn.execute(select(func.count()).select_from(conversations).where(mine)).scalar_one()


def save_fields(conn: Connection, head: Head, **fields: Any) -> Head:
    """Change head fields that have no event."""
    moved = fold(head, Change(fields=fields), 0)
    _move(conn, head, moved)
    return moved
