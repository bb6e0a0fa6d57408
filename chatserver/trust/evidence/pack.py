"""Makes a signed pack: one conversation, what was checked, and the proof, in one file."""

from functools import partial
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

import chatserver
from chatserver.conversation.exporting import export_one
from chatserver.conversation.states import Head
from chatserver.core.ports import Clock, Database
from chatserver.core.sealing import vault_of
from chatserver.trust.evidence.offline import CONTEXT, canonical, conversation_faults
from chatserver.trust.evidence.rooting import rooted_threads
from chatserver.trust.roots import store
from chatserver.trust.roots.signing import Signer

FORMAT: Final = "chatserver evidence 1"

CHECKS: Final = (
    ("numbers", "Both threads are numbered from 1 without a gap, up to their heads."),
    ("content", "Every text is the one of which the salted digest was made when it was written, or was taken out."),
    ("chain", "Every link follows from the one before and from what stands beside the text."),
    ("roots", "Every thread is in a root that was signed when it was made."),
)
"""What was looked at when the pack was made; whoever has the pack can look again."""


class Packer:
    """Makes packs; signs a root first, so that nothing of the conversation is outside of one."""

    def __init__(self, database: Database, clock: Clock, signer: Signer) -> None:
        self._database = database
        self._clock = clock
        self._signer = signer

    async def pack(self, head: Head, asked_by: dict[str, Any], reason: str, transactions: list[Any]) -> bytes:
        """The file of a conversation, one line of JSON. `transactions` go in as they are given."""
        await self._signer.sign_now()
        record = await export_one(self._database, head.id, rooted_threads)
        raw = msgspec.json.decode(msgspec.json.encode(record))
        faults = [msgspec.structs.asdict(one) for one in conversation_faults(raw, [])]
        evidence = {
            "format": FORMAT,
            "made_at": self._clock.now(),
            "made_by": f"chatserver {chatserver.__version__}",
            "asked_by": asked_by,
            "reason": reason,
            "record": raw,
            "checks": [{"name": name, "says": says} for name, says in CHECKS],
            "faults": faults,
            "transactions": transactions,
            "public_keys": await self._database.read(_public_keys),
        }
        signature, public = await self._database.read(partial(_signed, evidence=evidence))
        return canonical({"evidence": evidence, "signature": signature, "public_key": public}) + b"\n"


def _public_keys(conn: Connection) -> list[str]:
    return [bytes(row.public).hex() for row in store.read_signing_keys(conn)]


def _signed(conn: Connection, evidence: dict[str, Any]) -> tuple[str, str]:
    key = store.read_signing_keys(conn)[-1]
    seed = vault_of(conn).open(conn, f"signing|{key.number}", bytes(key.private))
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(CONTEXT + canonical(evidence))
    return signature.hex(), bytes(key.public).hex()
