"""Opens a sign-in, however somebody has proved who they are."""

from typing import Any

from sqlalchemy import Connection

from chatserver.core.ports import Clock, Database
from chatserver.core.routes import Request
from chatserver.core.session import Role
from chatserver.trust.agents import Agent
from chatserver.trust.attempts import Attempts
from chatserver.trust.messages import Profile, SignedIn
from chatserver.trust.sign_ins import Origin
from chatserver.trust.tokens import AccessTokens, Renewal, open_family


class Opening:
    """Hands out the first tokens of a sign-in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tokens: AccessTokens,
        attempts: Attempts,
        two_factors: frozenset[Role] = frozenset(),
    ) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._attempts = attempts
        self._two_factors = two_factors

    async def open(self, agent: Agent, request: Request) -> SignedIn:
        """A new sign-in for somebody who has proved to be this account."""
        return self.signed_in(await self._database.write(lambda conn: self.begin(conn, agent, request)))

    def begin(self, conn: Connection, agent: Agent, request: Request) -> Renewal:
        """The same within a transaction."""
        now, ttl_ms = self._clock.now(), self._tokens.refresh_ttl_s * 1_000
        self._attempts.signed_in(conn, agent, request.address)
        return open_family(conn, agent, now, ttl_ms, Origin(request.address, request.program))

    def signed_in(self, renewal: Renewal) -> SignedIn:
        """What is answered for a renewal."""
        access = self._tokens.mint(renewal.agent, renewal.family)
        must = renewal.bare and renewal.agent.role in self._two_factors
        return SignedIn(access, renewal.refresh_token, self._tokens.ttl_s, profile_of(renewal.agent, must_enrol=must))


def profile_of(agent: Agent, *, must_enrol: bool) -> Profile:
    """An account as its owner sees it."""
    role: Any = str(agent.role)
    return Profile(agent.id, agent.name, agent.email, role, agent.tier, list(agent.skills), must_enrol)
