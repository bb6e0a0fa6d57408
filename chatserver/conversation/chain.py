"""The hash chain of a thread: what each row is bound to. Pure; `docs/tamper-evidence.md` tells it to others.

    content_n = SHA256(salt_n ‖ {"body":…,"by":{"id":…,"name":…,"role":…}})
    chain_n   = SHA256(chain_(n-1) ‖ "1|conversation|thread|seq|at|type|role" ‖ content_n)
    chain_0   = 32 zero bytes

The object is canonical JSON (RFC 8785). Who has a row, its salt and the link before can compute both. Who
has no salt learns nothing of the content from its digest, so the digest may stay when the content is erased.
"""

from hashlib import sha256
from typing import Final

import msgspec

from chatserver.conversation.events import By, Recorded

BEGINNING: Final = bytes(32)
"""The link before the first row."""

SALT_BYTES: Final = 16
"""Enough that no short text can be guessed from its digest."""

_encoder: Final = msgspec.json.Encoder(order="sorted")


def content_of(by: By, body: bytes) -> bytes:
    """What a row says and who said it, in the one form that is hashed."""
    return b'{"body":%b,"by":%b}' % (body, _encoder.encode(by))


def content_hash(salt: bytes, content: bytes) -> bytes:
    """The digest that stays in the row, whatever becomes of its content."""
    return sha256(salt + content).digest()


def link(before: bytes, row: Recorded, content: bytes) -> bytes:
    """The link of a row: it stands for this row and all before it."""
    place = f"1|{row.conversation}|{row.thread}|{row.seq}|{row.at}|{row.type}|{row.by.role}"
    return sha256(before + place.encode() + content).digest()
