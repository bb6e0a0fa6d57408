"""Signing in by passkey: it proves the device and the person, so that nothing else is asked."""

from typing import Any, Final

from sqlalchemy import Connection

from chatserver.core.errors import unauthenticated
from chatserver.core.ports import Clock, Database
from chatserver.core.routes import Request, route
from chatserver.trust.agents import read_agent
from chatserver.trust.attempts import Attempts
from chatserver.trust.factors import store
from chatserver.trust.factors.api import CHALLENGE_TTL_MS, SecurityApi, host_of
from chatserver.trust.factors.messages import Asked, PasskeySignIn
from chatserver.trust.messages import SignedIn
from chatserver.trust.opening import Opening
from chatserver.trust.tokens import Renewal

NOBODY: Final = ""
"""In place of an e-mail where wrong passkeys are counted: by address only."""


class PasskeySignInApi:
    """The routes of signing in by passkey."""

    def __init__(
        self, database: Database, clock: Clock, opening: Opening, attempts: Attempts, security: SecurityApi
    ) -> None:
        self._database = database
        self._clock = clock
        self._opening = opening
        self._attempts = attempts
        self._security = security

    @route("POST", "/api/v1/sign-in/passkey/options", result=Asked, roles=None)
    async def options(self, request: Request) -> Asked:
        """What the browser is asked in order to sign in by passkey."""
        self._attempts.check(NOBODY, request.address)
        challenge, options = self._security.party.sign_options(host_of(request))
        now = self._clock.now()

        def unit(conn: Connection) -> None:
            store.ask(conn, challenge, "sign_in", now, ttl_ms=CHALLENGE_TTL_MS)

        await self._database.write(unit)
        return Asked(options)

    @route(
        "POST", "/api/v1/sign-in/passkey", result=SignedIn, roles=None, body=PasskeySignIn, errors=("unauthenticated",)
    )
    async def sign_in(self, request: Request) -> SignedIn:
        """Sign in by passkey."""
        body: PasskeySignIn = request.body
        self._attempts.check(NOBODY, request.address)
        renewal = await self._database.write(lambda conn: self._open(conn, request, body.credential))
        if renewal is None:
            self._attempts.failed(NOBODY, request.address, None)
            raise unauthenticated("That passkey did not sign you in. Try another one, or your password.")
        return self._opening.signed_in(renewal)

    def _open(self, conn: Connection, request: Request, credential: dict[str, Any]) -> Renewal | None:
        subject = self._security.passkey_holds(conn, request, credential, "sign_in")
        agent = read_agent(conn, subject) if subject is not None else None
        if agent is None or agent.disabled:
            return None
        return self._opening.begin(conn, agent, request)
