"""Held texts in SQL: encrypted, one for each key of an author, few for each author, gone after 15 minutes."""

from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, select

from chatserver.core.ids import new_id
from chatserver.core.ports import Outgoing
from chatserver.core.sealing import Erased, vault_of
from chatserver.trust.outbound.tables import held_texts

HELD_MS: Final = 15 * 60_000
"""How long a text waits; the contract says 15 minutes."""

HELD_BY_ONE: Final = 20
"""Texts of one author that wait; more make the oldest go, so that nobody fills the table."""


class Kept(Struct, frozen=True):
    """What is sealed of a text: everything that somebody wrote."""

    text: str
    name: str
    attachments: list[str] = []
    reply_to: str = ""
    removed: list[str] = []


class HeldRow(Struct, frozen=True):
    """A held text as it is stored, opened."""

    id: str
    conversation: str
    user: str
    author: str
    key: str
    kinds: list[str]
    kept: Kept
    at: int
    expires_at: int


def keep(conn: Connection, outgoing: Outgoing, now: int) -> HeldRow:
    """Keep a text; the same key again replaces what is held of it."""
    author = outgoing.author
    mine = held_texts.c.author == author.subject
    conn.execute(
        delete(held_texts).where(
            mine, held_texts.c.conversation == outgoing.conversation, held_texts.c.key == outgoing.key
        )
    )
    _make_room(conn, author.subject)
    kept = Kept(outgoing.text, author.name, outgoing.attachments, outgoing.reply_to, outgoing.removed)
    row = HeldRow(
        id=new_id("h"),
        conversation=outgoing.conversation,
        user=outgoing.user,
        author=author.subject,
        key=outgoing.key,
        kinds=outgoing.kinds,
        kept=kept,
        at=now,
        expires_at=now + HELD_MS,
    )
    values: dict[str, Any] = {
        "id": row.id,
        "conversation": row.conversation,
        "user_id": row.user,
        "author": row.author,
        "key": row.key,
        "kinds": msgspec.json.encode(row.kinds).decode(),
        "sealed": vault_of(conn).seal(conn, row.user, _bound(row.id), msgspec.json.encode(kept)),
        "at": now,
        "expires_at": row.expires_at,
    }
    conn.execute(insert(held_texts).values(values))
    return row


def _make_room(conn: Connection, author: str) -> None:
    mine = held_texts.c.author == author
    count = conn.execute(select(func.count()).select_from(held_texts).where(mine)).scalar_one()
    if count >= HELD_BY_ONE:
        oldest = conn.execute(select(held_texts.c.id).where(mine).order_by(held_texts.c.at).limit(1)).scalar_one()
        conn.execute(delete(held_texts).where(held_texts.c.id == oldest))


def waiting(conn: Connection, now: int, most: int) -> list[HeldRow]:
    """Texts that wait for a decision, the oldest first."""
    query = select(held_texts).where(held_texts.c.expires_at > now).order_by(held_texts.c.at).limit(most)
    return [opened for row in conn.execute(query).all() if (opened := _opened(conn, row)) is not None]


def read(conn: Connection, id_: str, now: int, *, lock: bool = False) -> HeldRow | None:
    """One text that waits, None when it was decided on or its time is over."""
    query = select(held_texts).where(held_texts.c.id == id_, held_texts.c.expires_at > now)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _opened(conn, row)


def remove(conn: Connection, id_: str) -> None:
    """It was decided on."""
    conn.execute(delete(held_texts).where(held_texts.c.id == id_))


def expire(conn: Connection, now: int) -> int:
    """Remove what nobody decided on in time; tells how many."""
    return conn.execute(delete(held_texts).where(held_texts.c.expires_at <= now)).rowcount


def _bound(id_: str) -> str:
    """What binds sealed bytes to their row."""
    return f"held|{id_}"


def _opened(conn: Connection, row: Row[Any]) -> HeldRow | None:
    try:
        plain = vault_of(conn).open(conn, _bound(row.id), row.sealed)
    except Erased:  # with the user's key
        return None
    return HeldRow(
        id=row.id,
        conversation=row.conversation,
        user=row.user_id,
        author=row.author,
        key=row.key,
        kinds=msgspec.json.decode(row.kinds, type=list[str]),
        kept=msgspec.json.decode(plain, type=Kept),
        at=row.at,
        expires_at=row.expires_at,
    )
