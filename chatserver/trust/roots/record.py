"""What is signed: the record of a root, in one canonical form. Pure."""

from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from chatserver.trust.roots.merkle import Leaf

FIRST: Final = "0" * 64
"""What the first root has in place of the digest of the one before."""

_CONTEXT: Final = b"chatserver root\n"
"""Begins what is signed, so that no signature can be taken for one of something else."""

_encoder: Final = msgspec.json.Encoder(order="sorted")


class Root(Struct, frozen=True):
    """A root: `at` is milliseconds since 1970; hashes, key and signature are hexadecimal."""

    number: int
    at: int
    leaves: int
    root: str
    before: str

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: `chatserver root`, a line's end, and the record as canonical JSON."""
        return _CONTEXT + _encoder.encode(self)

    @property
    def digest(self) -> str:
        """What the next root names it by."""
        return sha256(self.signed_bytes).hexdigest()


class SignedRoot(Struct, frozen=True):
    """A root with its signature (Ed25519) and the public key that fits it, both hexadecimal."""

    root: Root
    signature: str
    public_key: str

    def is_signed(self) -> bool:
        """Whether the signature fits the record and the key."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public_key))
            key.verify(bytes.fromhex(self.signature), self.root.signed_bytes)
        except (InvalidSignature, ValueError):
            return False
        return True


class Anchor(Struct, frozen=True):
    """A root as it is kept elsewhere: with its leaves, so that a log that was put back can be told from it."""

    signed: SignedRoot
    leaves: list[Leaf]
