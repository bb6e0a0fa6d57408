"""Search over message text, with tokens made here so that Chinese works alike on every database.

What is stored of a token is a digest of it under a key of the installation: the index tells which messages
share a word, not which word it is.

Writing a message only notes that it is to be indexed: adding it to the index of SQLite costs 40 µs in the
transaction that a sender waits for, against 10 µs later among others. A search first indexes what is still
noted, so it never misses a committed message.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    column,
    delete,
    event,
    false,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.sql.selectable import TextualSelect
from sqlalchemy.types import TypeEngine

from chatserver.conversation.events import Body, MessagePosted, Recorded, decode_body
from chatserver.conversation.sealing import recorded_of_row
from chatserver.conversation.tables import Number, events
from chatserver.core.ports import Database
from chatserver.core.prepared import ForRows, Prepared, inserting
from chatserver.core.schema import metadata
from chatserver.core.sealing import vault_of

TOKEN_LENGTH: Final = 100
"""Characters of a word that count: longer than any transaction id or address, so nothing real is cut."""

QUERY_TOKENS: Final = 64
"""Tokens of a query that are looked up; the rest of an endless query is ignored."""

FEW: Final = 500
"""A word in no more messages than this is rare: what it is in is found at once, wherever that is."""

TOKENS_COUNTED: Final = 8
"""Words of a query of which it is looked up whether they are frequent."""

CATCH_UP_MESSAGES: Final = 128
"""Messages indexed in one transaction: some 4 ms, for which those who write wait. The slowest hundredth of messages
takes 24 ms with it at 2,000 a second; with 500, once a second, it took 86 ms."""

SEQ_BITS: Final = 24
"""In SQLite's index a row's number is `conversation << 24 | seq`: 16 million events a conversation."""

_CJK: Final = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS: Final = re.compile(rf"([{_CJK}]+)|([^\W_{_CJK}]+)")

search_pending: Final = Table(
    "search_pending",  # messages that are not in the index yet
    metadata,
    Column("conversation", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

INDEX_TABLES: Final = {
    "sqlite": (
        # A token is letters, digits or beyond ASCII: the tokenizer `ascii` splits at our spaces only.
        """CREATE VIRTUAL TABLE IF NOT EXISTS search_messages
           USING fts5(tokens, detail=none, columnsize=0, tokenize='ascii')""",
    ),
    "postgresql": (
        """CREATE TABLE IF NOT EXISTS search_messages (
           conversation BIGINT NOT NULL, seq BIGINT NOT NULL, tokens TSVECTOR NOT NULL,
           CONSTRAINT pk_search_messages PRIMARY KEY (conversation, seq))""",
        "CREATE INDEX IF NOT EXISTS ix_search_messages_tokens ON search_messages USING GIN (tokens)",
    ),
}
"""The index itself, which differs too much between databases to be one `Table`."""


def create_index(_metadata: MetaData, conn: Connection, **_: Any) -> None:
    """Make the index where `metadata.create_all` makes the tables."""
    for statement in INDEX_TABLES[conn.dialect.name]:
        conn.exec_driver_sql(statement)


event.listen(metadata, "after_create", create_index)


def tokens(content: str) -> list[str]:
    """What a text is found by, in order: words and numbers; of CJK each character and each pair."""
    found: list[str] = []
    for run, word in _runs(content):
        if word:
            found.append(word[:TOKEN_LENGTH])
        else:
            found += run
            found += _pairs(run)
    return found


def query_tokens(query: str) -> list[str]:
    """What a message must hold to be found, each once: words, and of CJK the pairs (or the lone character)."""
    found: dict[str, None] = {}
    for run, word in _runs(query):
        parts = [word[:TOKEN_LENGTH]] if word else _pairs(run) or [run]
        found.update(dict.fromkeys(parts))
    return list(found)[:QUERY_TOKENS]


def _runs(content: str) -> Iterable[tuple[str, str]]:
    folded = unicodedata.normalize("NFKC", content).casefold()
    # Folding can take composed characters apart again.
    return _RUNS.findall(unicodedata.normalize("NFKC", folded))


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


# Notes messages that are to be indexed.
_NOTE: Final = inserting(search_pending)


# Notes all messages of a conversation, some of which may be noted.
_NOTE_AGAIN: Final = text(
    "INSERT INTO search_pending (conversation, seq) SELECT conversation, seq FROM events"
    " WHERE conversation = :number AND thread = 'public' AND type = 'message_posted' ON CONFLICT DO NOTHING"
)


def note_again(conn: Connection, number: int) -> None:
    """Note every message of a conversation, to be indexed anew."""
    conn.execute(_NOTE_AGAIN, {"number": number})


def index_rows(conn: Connection, appended: Iterable[tuple[int, Sequence[Recorded]]]) -> None:
    """Note the public messages among rows, in the transaction that appends them, by conversation."""
    noted = [
        {"conversation": number, "seq": row.seq}
        for number, rows in appended
        for row in rows
        if row.type == "message_posted" and row.thread == "public"
    ]
    if noted:
        _NOTE.run(conn, noted)


# The oldest noted messages with what they say, kept from others; SQLite's index takes rising numbers fastest.
_NOTED_ROWS: Final = Prepared(
    select(search_pending.c.conversation.label("noted_in"), search_pending.c.seq.label("noted_at"), *events.c)
    .select_from(search_pending)
    .outerjoin(
        events,
        and_(
            events.c.conversation == search_pending.c.conversation,
            events.c.thread == "public",
            events.c.seq == search_pending.c.seq,
        ),
    )
    .order_by(search_pending.c.conversation, search_pending.c.seq)
    .limit(bindparam("most"))
    .with_for_update(of=search_pending)
)
# The oldest that is noted.
_OLDEST: Final = select(search_pending).order_by(search_pending.c.conversation, search_pending.c.seq).limit(1)
_PLACES: Final = {"number": BigInteger(), "at": BigInteger()}
# Which of some messages are noted, kept from others in the order in which everybody keeps them.
_STILL_NOTED: Final = ForRows(
    _PLACES,
    lambda given: (
        select(search_pending)
        .join(given, and_(search_pending.c.conversation == given.c.number, search_pending.c.seq == given.c.at))
        .order_by(search_pending.c.conversation, search_pending.c.seq)
        .with_for_update(of=search_pending)
    ),
)
# Forgets notes.
_FORGET: Final = ForRows(
    _PLACES,
    lambda given: delete(search_pending).where(
        tuple_(search_pending.c.conversation, search_pending.c.seq).in_(select(given.c.number, given.c.at))
    ),
)
_SAID: Final[dict[str, TypeEngine[Any]]] = {**_PLACES, "said": Text()}
# Adds messages to the index.
_INDEX: Final = {
    "sqlite": ForRows(
        _SAID,
        lambda _: text(
            "INSERT OR REPLACE INTO search_messages (rowid, tokens) SELECT (number << 24) | at, said FROM given"
        ),
    ),
    "postgresql": ForRows(
        _SAID,
        lambda _: text(
            "INSERT INTO search_messages (conversation, seq, tokens)"
            " SELECT number, at, array_to_tsvector(string_to_array(said, ' ')) FROM given"
            " ON CONFLICT (conversation, seq) DO UPDATE SET tokens = EXCLUDED.tokens"
        ),
    ),
}


Place = tuple[int, int]
"""Number of a conversation, and of an event in its public thread."""


def catch_up(conn: Connection) -> int:
    """Index the oldest messages that were noted; returns how many there were, at most a batch."""
    noted = _NOTED_ROWS.all(conn, {"most": CATCH_UP_MESSAGES})
    return _index(conn, {(row.noted_in, row.noted_at): _said(conn, row) for row in noted})


def index_fresh(conn: Connection, fresh: Mapping[Place, bytes]) -> int:
    """Index messages by their bodies, which need not be read and opened again; returns how many there were.

    Only those that are still noted: what was taken out meanwhile is not.
    """
    noted = _STILL_NOTED.all(conn, [{"number": number, "at": seq} for number, seq in fresh])
    places = sorted((row.conversation, row.seq) for row in noted)
    return _index(conn, {place: decode_body("message_posted", fresh[place]) for place in places})


def oldest_noted(conn: Connection) -> Place | None:
    """The first message of what is not indexed yet."""
    row = conn.execute(_OLDEST).first()
    return None if row is None else (row.conversation, row.seq)


def _index(conn: Connection, said: Mapping[Place, Body | None]) -> int:
    ready = []
    for (number, seq), body in said.items():
        words = _indexed(conn, body)
        if words:
            ready.append({"number": number, "at": seq, "said": words})
    if ready:
        _INDEX[conn.dialect.name].run(conn, ready)
    if said:
        _FORGET.run(conn, [{"number": number, "at": seq} for number, seq in said])
    return len(said)


def _said(conn: Connection, row: Row[Any]) -> Body | None:
    return None if row.seq is None else recorded_of_row(conn, "", row).read()


def _indexed(conn: Connection, said: Body | None) -> str:
    words = dict.fromkeys(tokens(said.text)) if isinstance(said, MessagePosted) else {}
    return " ".join(vault_of(conn).blind(words))


# Takes a message out of the index.
_REMOVE: Final = {
    "sqlite": text("DELETE FROM search_messages WHERE rowid = (:number << 24) | :at"),
    "postgresql": text("DELETE FROM search_messages WHERE conversation = :number AND seq = :at"),
}


def remove_from_index(conn: Connection, number: int, seq: int) -> None:
    """Forget the text of a message that is being removed, in the transaction that removes it."""
    # The note first: whoever is indexing it right now has finished after this.
    _FORGET.run(conn, [{"number": number, "at": seq}])
    conn.execute(_REMOVE[conn.dialect.name], {"number": number, "at": seq})


_FORGET_ALL: Final = delete(search_pending).where(
    search_pending.c.conversation == bindparam("number"),
    search_pending.c.seq.between(bindparam("first"), bindparam("last")),
)
_REMOVE_ALL: Final = {
    "sqlite": text(
        "DELETE FROM search_messages WHERE rowid BETWEEN (:number << 24) | :first AND (:number << 24) | :last"
    ),
    "postgresql": text("DELETE FROM search_messages WHERE conversation = :number AND seq BETWEEN :first AND :last"),
}


def remove_all_from_index(conn: Connection, number: int, first: int, last: int) -> None:
    """Forget the texts of the messages from `first` to `last`, in the transaction that removes them."""
    among = {"number": number, "first": first, "last": last}
    conn.execute(_FORGET_ALL, among)
    conn.execute(_REMOVE_ALL[conn.dialect.name], among)


# Messages that hold what is wanted, and their conversations.
_FOUND: Final = {
    "sqlite": (
        "SELECT rowid FROM search_messages"
        " WHERE search_messages MATCH :{wanted} AND rowid >= :first << 24 AND rowid < :end << 24"
    ),
    "postgresql": (
        "SELECT conversation AS number FROM search_messages WHERE tokens @@ CAST(CAST(:{wanted} AS text) AS tsquery)"
        " AND conversation >= :first AND conversation < :end"
    ),
}
_NUMBERS: Final = {"sqlite": "SELECT rowid >> 24 AS number FROM ({found})", "postgresql": "{found}"}
# Whether a token stands in more than so many messages. PostgreSQL would read all of its index for that first.
_MORE_THAN: Final = {
    "sqlite": text("SELECT 1 FROM search_messages WHERE search_messages MATCH :wanted LIMIT 1 OFFSET :few")
}
_AND: Final = {"sqlite": " AND ", "postgresql": " & "}
_QUOTE: Final = {"sqlite": '"', "postgresql": "'"}


def is_frequent(conn: Connection, query: str) -> bool | None:
    """Whether all of a query's words (the longest of them) stand in more than `FEW` messages each; None: not known."""
    more_than = _MORE_THAN.get(conn.dialect.name)
    if more_than is None:
        return None
    longest = sorted(query_tokens(query), key=len, reverse=True)[:TOKENS_COUNTED]
    wanted = vault_of(conn).blind(longest)
    return bool(wanted) and all(conn.execute(more_than, {"wanted": f'"{one}"', "few": FEW}).first() for one in wanted)


def find(conn: Connection, query: str, first: int, end: int, *, apart: bool) -> TextualSelect | Select[Any]:
    """A statement for the numbers from `first` up to `end` of conversations with a message that holds all of the query.

    Whatever the query says is only ever looked up, never read as an operator. A query without a
    single word or character finds nothing.

    SQLite looks for the first message that holds all of several words from the beginning of its index on, whatever
    part of it is asked for. `apart` looks each word up by itself: quick in a part, where all of them are frequent.
    """
    digests = vault_of(conn).blind(query_tokens(query))
    if not digests:
        return select(literal_column("0").label("number")).where(false())
    dialect = conn.dialect.name
    quote = _QUOTE[dialect]
    quoted = [quote + digest + quote for digest in digests]  # hexadecimal: nothing of the query itself
    wanted = quoted if apart else [_AND[dialect].join(quoted)]
    found = " INTERSECT ".join(_FOUND[dialect].format(wanted=f"wanted{place}") for place in range(len(wanted)))
    statement = text(_NUMBERS[dialect].format(found=found))
    places = {f"wanted{place}": one for place, one in enumerate(wanted)}
    return statement.bindparams(first=first, end=end, **places).columns(column("number", Number))


async def index_everything(database: Database) -> int:
    """Index all that is noted, a batch at a time; returns how many messages that were."""
    total = 0
    while True:
        done = await database.write(catch_up)
        total += done
        if done < CATCH_UP_MESSAGES:
            return total
