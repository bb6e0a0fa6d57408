"""Base 58 with a checksum, as Bitcoin writes its keys."""

import hashlib
from typing import Final

from chatserver.core.ids import ALPHABET

_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_CHECK_BYTES: Final = 4


def base58check(text: str) -> bytes | None:
    """The payload of a text whose checksum is right, else None."""
    number = 0
    for character in text:
        value = _VALUE.get(character)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip(ALPHABET[0]))
    raw = b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
    payload, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    twice = hashlib.sha256(hashlib.sha256(payload).digest()).digest()
    return payload if twice[:_CHECK_BYTES] == check else None
