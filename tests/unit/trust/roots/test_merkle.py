"""One hash over many leaves, and proofs that lead to it."""

from hashlib import sha256

import pytest

from chatserver.trust.roots.merkle import Leaf, Step, climb, proof_of, root_of


def digests(count: int) -> list[bytes]:
    return [Leaf(f"c_{number:03}", "public", number, "00" * 32).digest for number in range(count)]


def rfc_6962(hashed: list[bytes]) -> bytes:
    """The definition of the standard, word for word."""
    if len(hashed) == 1:
        return hashed[0]
    half = 1
    while half * 2 < len(hashed):
        half *= 2
    return sha256(b"\1" + rfc_6962(hashed[:half]) + rfc_6962(hashed[half:])).digest()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 33])
def test_every_leaf_climbs_to_the_root_of_the_standard(count: int) -> None:
    hashed = digests(count)
    root = rfc_6962(hashed)
    assert root_of(hashed) == root
    for index, digest in enumerate(hashed):
        assert climb(digest, proof_of(hashed, index)) == root


def test_another_leaf_does_not_climb_to_it() -> None:
    hashed = digests(5)
    way = proof_of(hashed, 2)
    assert climb(Leaf("c_002", "public", 2, "11" * 32).digest, way) != root_of(hashed)
    assert climb(hashed[2], [*way[:-1], Step("left", way[-1].hash)]) != root_of(hashed)


def test_no_leaves_have_a_root_too() -> None:
    assert root_of([]) == sha256(b"").digest()
