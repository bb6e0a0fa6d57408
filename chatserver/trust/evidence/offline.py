"""Checks an exported conversation, or a signed pack, with nothing but the file. Pure.

The format is described for others in `docs/tamper-evidence.md`; this module is its reference.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chatserver.trust.roots.merkle import Leaf, Step, climb
from chatserver.trust.roots.record import SignedRoot

ENVELOPE: Final = frozenset({"id", "conversation", "thread", "seq", "at", "by", "type", "key"})
"""What every event has; the rest of it is its body."""

CONTEXT: Final = b"chatserver evidence\n"

_encoder: Final = msgspec.json.Encoder(order="sorted")


class Rooted(msgspec.Struct, frozen=True):
    """A thread as a signed root knows it: the leaf, the way from it to the root, the root."""

    leaf: Leaf
    path: list[Step]
    signed: SignedRoot


class Fault(msgspec.Struct, frozen=True):
    """What is wrong: `seq` is 0 where it is about the whole thread, root or file."""

    conversation: str
    thread: str
    seq: int
    reason: str


def canonical(value: Any) -> bytes:
    """The one form of a JSON value that is hashed and signed (RFC 8785; there are no fractions in it)."""
    return _encoder.encode(value)


def conversation_faults(line: dict[str, Any], keys: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with an exported conversation: a line of `chatserver export`.

    `keys` are public keys (hexadecimal) that are believed; with none, every key that the file itself names is.
    """
    id_ = line["conversation"]["id"]
    proof = line.get("proof")
    if proof is None:
        yield Fault(id_, "", 0, "no_proof")
        return
    removed = {event["message"] for event in line["events"] if event["type"] == "message_removed"}
    links: dict[tuple[str, int], str] = {}
    for thread in ("public", "internal"):
        events = [event for event in line["events"] if event["thread"] == thread]
        yield from _thread_faults(id_, thread, events, proof["rows"].get(thread, []), removed)
        links |= {(thread, seq): row["chain"] for seq, row in enumerate(proof["rows"].get(thread, []), 1)}
        if len(events) != line["conversation"]["heads"].get(thread, 0):
            yield Fault(id_, thread, len(events) + 1, "missing")
    for given in proof["roots"]:
        yield from _root_faults(id_, msgspec.convert(given, Rooted), links, keys)


def _thread_faults(
    id_: str, thread: str, events: list[dict[str, Any]], rows: list[dict[str, Any]], removed: set[str]
) -> Iterator[Fault]:
    before = bytes(32)
    for seq, (event, row) in enumerate(zip(events, rows, strict=False), 1):
        reason = _row_fault(event, row, seq, before, removed)
        if reason is not None:
            yield Fault(id_, thread, seq, reason)
        before = bytes.fromhex(row["chain"])
    if len(events) != len(rows):
        yield Fault(id_, thread, min(len(events), len(rows)) + 1, "missing")


def _row_fault(event: dict[str, Any], row: dict[str, Any], seq: int, before: bytes, removed: set[str]) -> str | None:
    if event["seq"] != seq or row["id"] != event["id"]:
        return "misplaced"
    content = bytes.fromhex(row["content"])
    place = "|".join(str(event[name]) for name in ("conversation", "thread", "seq", "at", "type"))
    meta = f"1|{place}|{event['by']['role']}".encode()
    if sha256(before + meta + content).hexdigest() != row["chain"]:
        return "changed"
    if "salt" in row:
        said = {"body": {k: v for k, v in event.items() if k not in ENVELOPE}, "by": event["by"]}
        fits = sha256(bytes.fromhex(row["salt"]) + canonical(said)).digest() == content
        return None if fits else "changed"
    if row.get("state") == "emptied" and event["id"] not in removed:
        return "emptied"
    return None if row.get("state") in ("emptied", "erased") else "no_salt"


def _root_faults(id_: str, rooted: Rooted, links: dict[tuple[str, int], str], keys: Sequence[str]) -> Iterator[Fault]:
    leaf = rooted.leaf
    if leaf.conversation != id_ or links.get((leaf.thread, leaf.seq)) != leaf.chain:
        yield Fault(id_, leaf.thread, leaf.seq, "other_past")
    if climb(leaf.digest, rooted.path).hex() != rooted.signed.root.root:
        yield Fault(id_, leaf.thread, leaf.seq, "not_in_root")
    if not rooted.signed.is_signed():
        yield Fault(id_, leaf.thread, leaf.seq, "bad_signature")
    elif keys and rooted.signed.public_key not in keys:
        yield Fault(id_, leaf.thread, leaf.seq, "unknown_key")


def pack_faults(pack: dict[str, Any], keys: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with a signed pack: its own signature, then the conversation in it."""
    evidence = pack["evidence"]
    id_ = evidence["record"]["conversation"]["id"]
    if not is_signed(evidence, pack["signature"], pack["public_key"]):
        yield Fault(id_, "", 0, "bad_signature")
    elif keys and pack["public_key"] not in keys:
        yield Fault(id_, "", 0, "unknown_key")
    yield from conversation_faults(evidence["record"], keys or [pack["public_key"], *evidence["public_keys"]])


def is_signed(evidence: dict[str, Any], signature: str, public_key: str) -> bool:
    """Whether the signature of a pack fits what is in it and the key."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), CONTEXT + canonical(evidence))
    except (InvalidSignature, ValueError):
        return False
    return True


class Checked(msgspec.Struct, frozen=True):
    """What came of a file: how many conversations it holds, the faults, and the keys that signed something in it."""

    conversations: int
    faults: list[Fault]
    keys: list[str]


def check_file(content: bytes, keys: Sequence[str]) -> Checked:
    """Check an export (a conversation a line) or a signed pack. Raises `ValueError` for anything else."""
    conversations, signed = 0, set[str]()
    faults: list[Fault] = []
    for line in content.splitlines():
        try:
            one = msgspec.json.decode(line)
            faults += pack_faults(one, keys) if "evidence" in one else conversation_faults(one, keys)
            record = one["evidence"]["record"] if "evidence" in one else one
            signed |= {rooted["signed"]["public_key"] for rooted in record.get("proof", {}).get("roots", [])}
            signed |= {one["public_key"]} if "evidence" in one else set()
        except (KeyError, TypeError, AttributeError, msgspec.MsgspecError) as error:
            raise ValueError(f"Line {conversations + 1} is no exported conversation and no pack: {error}.") from None
        conversations += 1
    return Checked(conversations, faults, sorted(signed))
