"""Opaque ids and digests."""

import hashlib
import secrets
from typing import Final

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58: no 0/O, I/l, so that a person can read an id aloud."""

ID_LENGTH: Final = 22
"""58^22 is just over 2^128: ids cannot be guessed."""


def new_id(prefix: str) -> str:
    """A fresh random id such as `c_9hV…`, at most 64 of `[A-Za-z0-9_-]`."""
    return f"{prefix}_{base58(secrets.token_bytes(16))}"


def base58(raw: bytes) -> str:
    """16 bytes as 22 characters of `ALPHABET`."""
    number = int.from_bytes(raw, "big")
    digits = []
    for _ in range(ID_LENGTH):
        number, rest = divmod(number, 58)
        digits.append(ALPHABET[rest])
    return "".join(digits)


def event_id(conversation: str, thread: str, seq: int) -> str:
    """The id of an event; follows from its place, so it needs no column and no index."""
    return f"{conversation}-{seq}" if thread == "public" else f"{conversation}-n{seq}"


def seq_of_event_id(conversation: str, thread: str, event: str) -> int | None:
    """The sequence number in an event id of this thread, or None if it is not one."""
    lead = f"{conversation}-" if thread == "public" else f"{conversation}-n"
    digits = event.removeprefix(lead)
    if digits == event or not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return None
    seq = int(digits)
    return seq if event_id(conversation, thread, seq) == event else None


def key_digest(sender: str, key: str) -> bytes:
    """16 bytes that stand for one key of one sender (`user:ID`, `agent:ID`)."""
    return hashlib.blake2b(f"{sender}\n{key}".encode(), digest_size=16).digest()
