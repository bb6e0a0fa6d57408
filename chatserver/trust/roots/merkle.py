"""One hash over many leaves, and a short proof that a leaf is among them (RFC 6962). Pure."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Literal

from msgspec import Struct


class Leaf(Struct, frozen=True, order=True):
    """The last link of a thread at some moment; leaves of a root stand in this order."""

    conversation: str
    thread: str
    seq: int
    chain: str
    """Hexadecimal."""

    @property
    def digest(self) -> bytes:
        """Its hash in the tree."""
        return sha256(b"\0" + f"1|{self.conversation}|{self.thread}|{self.seq}|{self.chain}".encode()).digest()


class Step(Struct, frozen=True):
    """The neighbour's hash (hexadecimal) on the way up, and on which side it stands."""

    side: Literal["left", "right"]
    hash: str


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two below the count."""
    return 1 << ((count - 1).bit_length() - 1)


def root_of(digests: Sequence[bytes]) -> bytes:
    """The hash over all leaves in their order; of none it is the hash of nothing."""
    if not digests:
        return sha256(b"").digest()
    level = list(digests)
    while len(level) > 1:
        paired = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def proof_of(digests: Sequence[bytes], index: int) -> list[Step]:
    """The way from a leaf to the root."""
    if len(digests) == 1:
        return []
    half = _split(len(digests))
    if index < half:
        return [*proof_of(digests[:half], index), Step("right", root_of(digests[half:]).hex())]
    return [*proof_of(digests[half:], index - half), Step("left", root_of(digests[:half]).hex())]


def climb(digest: bytes, steps: Sequence[Step]) -> bytes:
    """The root to which a proof leads."""
    for step in steps:
        beside = bytes.fromhex(step.hash)
        digest = _node(digest, beside) if step.side == "right" else _node(beside, digest)
    return digest
