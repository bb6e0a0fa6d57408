"""Signing in, staying signed in and signing out over HTTP."""

from msgspec import UnsetType
from sqlalchemy import Connection

from chatserver.core.audit import Audited
from chatserver.core.errors import ChatError, unauthenticated
from chatserver.core.ports import Clock, Database
from chatserver.core.routes import Request, route
from chatserver.core.session import STAFF
from chatserver.trust.agents import Agent, normal_email, read_agent, read_with_password
from chatserver.trust.attempts import Attempts
from chatserver.trust.factors import store
from chatserver.trust.factors.proof import Proof
from chatserver.trust.messages import Profile, Refresh, SignedIn, SignedOut, SignIn, SignOut
from chatserver.trust.opening import Opening, profile_of
from chatserver.trust.passwords import Passwords
from chatserver.trust.tokens import Renewal, end_family_of, rotate


class SignInApi:
    """The HTTP routes by which staff get their tokens."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        opening: Opening,
        attempts: Attempts,
        proof: Proof,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._opening = opening
        self._attempts = attempts
        self._proof = proof

    @route("POST", "/api/v1/sign-in", result=SignedIn, roles=None, body=SignIn, errors=("unauthenticated",))
    async def sign_in(self, request: Request) -> SignedIn:
        """Sign in with e-mail and password, and a code once a second factor is enrolled.

        Whatever is wrong, the answer is the same 401 after the same time.
        """
        body: SignIn = request.body
        email = normal_email(body.email)
        async with self._attempts.turn(email, request.address):
            self._attempts.check(email, request.address)
            besieged = self._attempts.needs_code(email, request.address, given=bool(body.code))
            agent, knows = await self._agent_by_password(email, body.password)
            opened = self._open(agent, body.code, request, besieged) if agent is not None and knows else None
            renewal = await opened if opened is not None else None
            if renewal is None:
                self._attempts.failed(email, request.address, agent)
                raise _not_signed_in()
            self._attempts.succeeded(email, request.address)
        return self._opening.signed_in(renewal)

    @route("POST", "/api/v1/refresh", result=SignedIn, roles=None, body=Refresh, errors=("unauthenticated",))
    async def refresh(self, request: Request) -> SignedIn:
        """Exchange a refresh token for new tokens; a second use ends the sign-in."""
        body: Refresh = request.body
        now = self._clock.now()
        renewal = await self._database.write(lambda conn: rotate(conn, body.refresh_token, now))
        if renewal is None:
            raise _not_signed_in()
        return self._opening.signed_in(renewal)

    @route("POST", "/api/v1/sign-out", result=SignedOut, roles=None, body=SignOut, errors=("unauthenticated",))
    async def sign_out(self, request: Request) -> SignedOut:
        """End a sign-in with all of its tokens."""
        body: SignOut = request.body
        now = self._clock.now()

        def unit(conn: Connection) -> bool:
            agent = end_family_of(conn, body.refresh_token, now)
            if agent is not None:
                self._attempts.signed_out(conn, agent, request.address)
            return agent is not None

        if not await self._database.write(unit):
            raise _not_signed_in()
        return SignedOut()

    @route("GET", "/api/v1/me", result=Profile, roles=STAFF, audited=Audited.NEVER)
    async def me(self, request: Request) -> Profile:
        """One's own account as it is now."""
        subject = request.caller.subject
        agent = await self._database.read(lambda conn: read_agent(conn, subject))
        if agent is None or agent.disabled:
            raise _not_signed_in()
        return profile_of(agent, must_enrol=request.caller.bare)

    async def _agent_by_password(self, email: str, password: str) -> tuple[Agent | None, bool]:
        """Whose e-mail it is, and whether they may come in with this password."""
        found = await self._database.read(lambda conn: read_with_password(conn, email))
        agent, stored = found if found is not None else (None, None)
        fits = await self._passwords.verify(stored, password)
        return agent, agent is not None and fits and not agent.disabled

    async def _open(self, agent: Agent, code: str | UnsetType, request: Request, besieged: bool) -> Renewal | None:
        """A new sign-in, if the code is right where one is needed; it is used up in the same transaction.

        `besieged`: an account without a second factor is not opened, so that no answer tells a password.
        """
        now = self._clock.now()

        def unit(conn: Connection) -> Renewal | None:
            enough = not besieged and not store.has_factor(conn, agent.id)
            if enough or (code and self._proof.holds(conn, agent.id, code, now)):
                return self._opening.begin(conn, agent, request)
            return None

        return await self._database.write(unit)


def _not_signed_in() -> ChatError:
    return unauthenticated("That did not sign you in. Check what you entered, or sign in again.")
