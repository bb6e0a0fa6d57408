"""The form of what is sealed. Pure but for the random nonce.

`1` (format, a byte) ‖ id of the data key (8 bytes, big-endian) ‖ nonce (12) ‖ ciphertext and tag (AES-256-GCM).
"""

import os
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chatserver.core.sealing import Unreadable

FORMAT: Final = 1

NONCE_BYTES: Final = 12
"""Random: with 2^32 texts under one key the chance that two share one is still below 2^-32 (NIST SP 800-38D)."""

KEY_BYTES: Final = 32

_LEAD: Final = struct.Struct(">Bq")
_BODY_AT: Final = _LEAD.size + NONCE_BYTES
_LEAST: Final = _BODY_AT + 16


def seal(cipher: AESGCM, key: int, bound: bytes, data: bytes) -> bytes:
    """Sealed bytes that name their data key."""
    nonce = os.urandom(NONCE_BYTES)
    return _LEAD.pack(FORMAT, key) + nonce + cipher.encrypt(nonce, data, bound)


def key_of(sealed: bytes) -> int:
    """The id of the data key that opens this; raises `Unreadable` when it is nothing that was sealed."""
    if len(sealed) < _LEAST or sealed[0] != FORMAT:
        raise Unreadable
    key: int = _LEAD.unpack_from(sealed)[1]
    return key


def open_sealed(cipher: AESGCM, bound: bytes, sealed: bytes) -> bytes:
    """What was sealed; raises `Unreadable`."""
    try:
        return cipher.decrypt(sealed[_LEAD.size : _BODY_AT], sealed[_BODY_AT:], bound)
    except InvalidTag:
        raise Unreadable from None


def wrap(master: bytes, label: bytes, key: bytes) -> bytes:
    """A key under another; `label` says what it is and must be given again."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(master).encrypt(nonce, key, label)


def unwrap(master: bytes, label: bytes, wrapped: bytes) -> bytes:
    """The key again; raises `Unreadable`."""
    try:
        return AESGCM(master).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], label)
    except InvalidTag:
        raise Unreadable from None
