"""Evidence over HTTP: packs for supervisors and auditors, public keys and roots for everybody who checks one."""

from functools import partial
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.conversation.authority import Action
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.states import Head
from chatserver.core.audit import Audited
from chatserver.core.routes import Query, Raw, Request, route
from chatserver.core.session import Role, Session
from chatserver.trust.evidence.pack import Packer
from chatserver.trust.roots import store
from chatserver.trust.roots.record import SignedRoot

LEADS: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR})

MAKING_S: Final = 20.0
"""A pack of ten thousand events is made and signed in this time."""


class EvidenceAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a pack is wanted, and what the wallet says about the transactions of the case."""

    reason: Annotated[str, Meta(min_length=1, max_length=200, description="Why it is wanted; it stands in the pack.")]
    transactions: (
        Annotated[list[dict[str, Any]], Meta(max_length=100, description="Transaction data of the case, as it is.")]
        | UnsetType
    ) = UNSET


class PublicKey(Struct, frozen=True):
    """A key that signs roots and packs; `since` is milliseconds since 1970."""

    number: int
    algorithm: str
    public_key: Annotated[str, Meta(description="32 bytes, hexadecimal.")]
    since: int


class PublicKeys(Struct, frozen=True):
    """Every key that has ever signed, the present one last."""

    keys: list[PublicKey]


class RootsQuery(Query, frozen=True):
    """A page of roots."""

    after: Annotated[int, Meta(ge=0, description="Number of the last root that is known.")] = 0
    limit: Annotated[int, Meta(ge=1, le=200, description="Roots in a page.")] = 50


class Roots(Struct, frozen=True):
    """Roots, oldest first."""

    roots: list[SignedRoot]


def _head(conn: Connection, caller: Session, conversation: str) -> Head:
    return head_for(conn, caller, Action.READ, conversation, lock=False)


class EvidenceApi:
    """Routes of evidence."""

    def __init__(self, log: Log, packer: Packer) -> None:
        self._log = log
        self._packer = packer

    @route(
        "POST",
        "/api/v1/conversations/{id}/evidence",
        result=Raw,
        roles=LEADS,
        body=EvidenceAsked,
        errors=("not_found",),
        files=("application/json",),
        deadline_s=MAKING_S,
        step_up="evidence",
    )
    async def evidence(self, request: Request) -> Raw:
        """A signed file with both threads of a conversation and all that is needed to check it elsewhere."""
        asked: EvidenceAsked = request.body
        caller, conversation = request.caller, request.path["id"]
        head = await self._log.database.read(partial(_head, caller=caller, conversation=conversation))
        by = {"id": caller.subject, "name": caller.name, "role": str(caller.role)}
        pack = await self._packer.pack(head, by, asked.reason, asked.transactions or [])
        return Raw(pack, "application/json", f"evidence-{head.id}.json")

    @route("GET", "/api/v1/public-keys", result=PublicKeys, roles=None, audited=Audited.NEVER)
    async def public_keys(self, _: Request) -> PublicKeys:
        """The public keys with which roots and packs are checked."""
        rows = await self._log.database.read(store.read_signing_keys)
        return PublicKeys([PublicKey(row.number, "Ed25519", bytes(row.public).hex(), row.made_at) for row in rows])

    @route("GET", "/api/v1/roots", result=Roots, roles=LEADS, query=RootsQuery, audited=Audited.NEVER)
    async def roots(self, request: Request) -> Roots:
        """Signed roots, oldest first: keep them where nobody here can change them."""
        asked: RootsQuery = request.query
        return Roots(await self._log.database.read(lambda conn: store.read_roots(conn, asked.after, asked.limit)))
