"""Proof over HTTP: the phrase for the host app and the chat, and the check that everybody may make."""

from collections import deque
from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import Connection, select

from chatserver.conversation.authority import Action
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations
from chatserver.core.audit import Audited
from chatserver.core.errors import ChatError
from chatserver.core.routes import Query, Raw, Request, route
from chatserver.core.session import PARTIES, USER_ONLY
from chatserver.trust.agents import enabled_agents
from chatserver.trust.proof.page import POLICY, page
from chatserver.trust.proof.phrases import WINDOW_MS, Phrase, code_of, is_code_of, is_phrase_of, phrase_of

COMPARED: Final = 5_000
"""Open conversations whose phrases are compared; beyond it an installation has other worries than this page."""

CHECKS: Final = 30
"""Checks of one address within ten minutes: enough for anybody who types, far too few to guess."""

ADDRESSES: Final = 10_000


class AgentProof(Struct, frozen=True):
    """The agent who serves, and the code by which they can be checked."""

    name: str
    code: str


class ConversationProof(Struct, frozen=True):
    """What the user sees in the host app too, and who serves."""

    phrase: Phrase
    agent: AgentProof | UnsetType = UNSET


class Said(Query, frozen=True):
    """What somebody was told."""

    said: Annotated[str, Meta(max_length=200, description="A phrase or the code of an agent.")] = ""


class Checked(Struct, frozen=True):
    """Whether it is true: the `phrase` of a conversation that is open now, or the code of an `agent`, and whose."""

    genuine: bool
    kind: Literal["phrase", "agent", "none"]
    name: str | UnsetType = UNSET


class ProofApi:
    """Routes of the proof."""

    def __init__(self, log: Log, key: bytes) -> None:
        self._log = log
        self._key = key
        self._checks: dict[str, deque[int]] = {}

    @route("GET", "/api/v1/proof", result=Phrase, roles=USER_ONLY)
    async def mine(self, request: Request) -> Phrase:
        """The phrase of the user: the host app and the chat show the same, or the chat is not ours."""
        return phrase_of(self._key, request.caller.subject, self._log.clock.now())

    @route(
        "GET",
        "/api/v1/conversations/{id}/proof",
        result=ConversationProof,
        roles=PARTIES,
        errors=("not_found",),
        audited=Audited.ONCE,
    )
    async def of_conversation(self, request: Request) -> ConversationProof:
        """The phrase of the user of a conversation, and who serves it."""

        def query(conn: Connection) -> Head:
            return head_for(conn, request.caller, Action.KNOW, request.path["id"], lock=False)

        head = await self._log.database.read(query)
        agent = head.agent
        proof = AgentProof(agent.name, code_of(self._key, agent.id)) if agent is not None else UNSET
        return ConversationProof(phrase_of(self._key, head.user_id, self._log.clock.now()), proof)

    @route("GET", "/api/v1/proof/check", result=Checked, roles=None, query=Said, errors=("rate_limited",))
    async def check(self, request: Request) -> Checked:
        """Whether a phrase or an agent's code is true. Tells nothing else."""
        return await self._checked(request)

    @route("GET", "/verify", result=Raw, roles=None, query=Said, files=("text/html",), errors=("rate_limited",))
    async def verify(self, request: Request) -> Raw:
        """The page "is this really you?", for whoever was called, written to or sent a link."""
        checked = await self._checked(request) if request.query.said.strip() else None
        genuine = None if checked is None else checked.genuine
        name = "" if checked is None or checked.name is UNSET else str(checked.name)
        body = page(request.query.said, genuine, name).encode()
        return Raw(body, "text/html; charset=utf-8", policy=POLICY)

    async def _checked(self, request: Request) -> Checked:
        now = self._log.clock.now()
        self._pace(request.address, now)
        said = request.query.said
        return await self._log.database.read(lambda conn: self._find(conn, said, now))

    def _find(self, conn: Connection, said: str, now: int) -> Checked:
        for agent in enabled_agents(conn):
            if is_code_of(self._key, agent.id, said):
                return Checked(genuine=True, kind="agent", name=agent.name)
        open_ones = select(conversations.c.user_id).where(conversations.c.status != "closed").limit(COMPARED)
        users = conn.execute(open_ones).scalars()
        if any(is_phrase_of(self._key, user, said, now) for user in users):
            return Checked(genuine=True, kind="phrase")
        return Checked(genuine=False, kind="none")

    def _pace(self, address: str, now: int) -> None:
        made = self._checks.setdefault(address, deque(maxlen=CHECKS))
        if len(made) == CHECKS and made[0] > now - WINDOW_MS:
            wait = made[0] + WINDOW_MS - now
            raise ChatError("rate_limited", "Too many checks from here. Try again later.", retry_after_ms=wait)
        made.append(now)
        while len(self._checks) > ADDRESSES:
            self._checks.pop(next(iter(self._checks)))
