"""Rows of `events` as they lie on the disk: sealed, and linked to the row before."""

import os
from typing import Any, Final

import msgspec
import structlog
from msgspec import Struct
from sqlalchemy import Connection, Row

from chatserver.conversation import chain
from chatserver.conversation.events import By, Recorded
from chatserver.conversation.stubs import stub_of
from chatserver.core.ports import Vault
from chatserver.core.sealing import Erased, Unreadable, vault_of

log = structlog.get_logger(__name__)


class Content(Struct, frozen=True, array_like=True):
    """What is sealed in `events.body`. The salt is empty in a message whose text was taken out."""

    salt: bytes
    name: str
    key: str | None
    body: bytes


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Content)


def _bound(number: int, thread: str, seq: int, link: bytes) -> bytes:
    """What the sealed bytes of a row are bound to: its place, and through the link all that it says beside them."""
    return b"event|%d|%b|%d|%b" % (number, thread.encode(), seq, link)


def sealed_columns(conn: Connection, number: int, data_key: int, row: Recorded, before: bytes) -> dict[str, Any]:
    """The columns of a new row of `events`; `before` is the link of the row before it."""
    salt = os.urandom(chain.SALT_BYTES)
    content = chain.content_hash(salt, chain.content_of(row.by, row.body))
    link = chain.link(before, row, content)
    packed = _encoder.encode(Content(salt, row.by.name, row.key, row.body))
    return {
        "conversation": number,
        "thread": row.thread,
        "seq": row.seq,
        "at": row.at,
        "type": row.type,
        "by_role": row.by.role,
        "by_id": row.by.id,
        "by_name": "",
        "key": None,
        "body": vault_of(conn).seal_with(conn, data_key, _bound(number, row.thread, row.seq, link), packed),
        "content": content,
        "chain": link,
    }


def is_plain(row: Row[Any]) -> bool:
    """Whether the row was stored by a version that did not seal; a sealed body never begins like JSON."""
    return bytes(row.body[:1]) == b"{"


def open_content(vault: Vault, conn: Connection, row: Row[Any]) -> Content:
    """What is sealed in a row. Raises `Erased` and `Unreadable`."""
    bound = _bound(row.conversation, row.thread, row.seq, bytes(row.chain or b""))
    try:
        return _decoder.decode(vault.open(conn, bound, bytes(row.body)))
    except msgspec.MsgspecError:
        raise Unreadable from None


def recorded_of_row(conn: Connection, conversation: str, row: Row[Any]) -> Recorded:
    """A row of `events` as a `Recorded`, with a stub in place of a body that nobody can read any more."""
    if is_plain(row):
        by = By(row.by_role, row.by_id, row.by_name)
        return Recorded(conversation, row.thread, row.seq, row.at, row.type, by, row.key, bytes(row.body))
    try:
        content = open_content(vault_of(conn), conn, row)
    except Erased:
        return _stub(conversation, row, "erased")
    except Unreadable:
        # One bad row must not hide the others; `chatserver verify` tells what is wrong with it.
        log.warning("row_unreadable", conversation=conversation, thread=row.thread, seq=row.seq)
        return _stub(conversation, row, "unreadable")
    by = By(row.by_role, row.by_id, content.name)
    return Recorded(conversation, row.thread, row.seq, row.at, row.type, by, content.key, content.body)


def _stub(conversation: str, row: Row[Any], why: str) -> Recorded:
    by = By(row.by_role, row.by_id, "")
    return Recorded(conversation, row.thread, row.seq, row.at, row.type, by, None, stub_of(row.type, why))


def emptied_body(conn: Connection, data_key: int, row: Row[Any], body: bytes) -> bytes:
    """The new `body` of a row whose text is taken out: the salt goes with it, the links stay as they are."""
    vault = vault_of(conn)
    old = open_content(vault, conn, row)
    packed = _encoder.encode(Content(b"", old.name, old.key, body))
    return vault.seal_with(conn, data_key, _bound(row.conversation, row.thread, row.seq, bytes(row.chain)), packed)
