"""The chain of the audit log, and what is noted in it. Pure: no clock, no random, no I/O."""

import hashlib
import hmac
from typing import Final

import msgspec
from msgspec import Struct

from chatserver.core.audit import DONE, REFUSALS, Audited

START: Final = bytes(32)
"""What the first row follows."""


class Row(Struct, frozen=True, kw_only=True):
    """A row of the log; `number` counts from 1 without a gap, `reason` is sealed, `fields` a JSON object."""

    number: int
    at: int
    actor: str
    role: str
    session: str
    address: str
    action: str
    object: str
    outcome: str
    reason: bytes
    fields: bytes


class End(Struct, frozen=True):
    """Where the log ends, or begins again after rows were removed for their age."""

    number: int
    hash: bytes
    seal: bytes


def hash_of(before: bytes, row: Row) -> bytes:
    """SHA-256 over the hash before and the row as a JSON list, in which `reason` and `fields` are SHA-256 in hex.

    Everybody can compute it from an export, without a key and without what is sealed.
    """
    told = [
        row.number,
        row.at,
        row.actor,
        row.role,
        row.session,
        row.address,
        row.action,
        row.object,
        row.outcome,
        hashlib.sha256(row.reason).hexdigest(),
        hashlib.sha256(row.fields).hexdigest(),
    ]
    return hashlib.sha256(before + msgspec.json.encode(told)).digest()


def seal_of(key: bytes, name: str, number: int, hash_: bytes) -> bytes:
    """What only a holder of the server's key can put beside a hash; `name` is `row`, `head` or `base`."""
    return hmac.digest(key, f"{name} {number} ".encode() + hash_, "sha256")


def is_sealed(key: bytes, name: str, end: End) -> bool:
    """Whether the seal was put there by a holder of the key."""
    return hmac.compare_digest(seal_of(key, name, end.number, end.hash), end.seal)


def worth_noting(audited: Audited, outcome: str, *, seen: bool) -> bool:
    """Whether what staff asked leaves a row. `seen`: it did already, in this session, about the same object."""
    if outcome != DONE:
        return outcome in REFUSALS
    return audited is Audited.ALWAYS or (audited is Audited.ONCE and not seen)
