"""Signing in at the company's own provider: three steps, with nothing in an address that is worth stealing.

1. The page keeps a random verifier and sends its digest; it gets the provider's address.
2. The provider sends the browser back with a code; the server exchanges it and sends the browser on to the console
   with a ticket.
3. The page sends the ticket together with its verifier and gets the tokens. Who only sees addresses has no verifier.
"""

import base64
import hashlib
import html
import secrets
from typing import Final, Protocol

import msgspec
import structlog
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.core.errors import ChatError, not_found, retry, unauthenticated
from chatserver.core.ports import Clock, Database
from chatserver.core.routes import Query, Raw, Request, route
from chatserver.trust.agents import Agent, read_agent, read_by_email
from chatserver.trust.factors import store
from chatserver.trust.factors.messages import OidcBegin, OidcBegun, OidcFinish, SignInWays
from chatserver.trust.messages import SignedIn
from chatserver.trust.opening import Opening

BEGIN_TTL_MS: Final = 600_000
"""How long a person may take at the provider."""

TICKET_TTL_MS: Final = 60_000
"""The page takes the ticket at once."""

log = structlog.get_logger(__name__)


class ProviderAway(Exception):
    """The provider cannot be asked now, or is not what it should be; the message says why, for the log."""


class ProviderRefused(Exception):
    """The provider does not vouch for anybody; the message says why, for the log."""


class Claims(Struct, frozen=True):
    """What a provider says of a person. An address it has not verified is nobody's."""

    sub: str
    email: str
    email_verified: bool = True


class Provider(Protocol):
    """The company's own sign-in."""

    async def address(self, state: str, nonce: str, challenge: str) -> str:
        """Where a browser is sent to sign in. Raises `ProviderAway`."""
        ...

    async def claims(self, code: str, nonce: str, verifier: str) -> Claims:
        """Who has signed in. Raises `ProviderAway` and `ProviderRefused`."""
        ...


class Begun(Struct, frozen=True):
    """What is kept between the first and the second step."""

    nonce: str
    verifier: str
    page_digest: str


class Back(Query, frozen=True):
    """What a provider sends the browser back with; others may add fields of their own, which this is not asked for."""

    state: str
    code: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    error_description: str | UnsetType = UNSET
    iss: str | UnsetType = UNSET
    session_state: str | UnsetType = UNSET


class OidcApi:
    """The routes of signing in by provider, which pages call `name`; without one they are not found."""

    def __init__(
        self, database: Database, clock: Clock, opening: Opening, provider: Provider | None, name: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._opening = opening
        self._provider = provider
        self._name = name

    @route("GET", "/api/v1/sign-in", result=SignInWays, roles=None)
    async def ways(self, _: Request) -> SignInWays:
        """How one may sign in here."""
        return SignInWays(password=True, passkey=True, provider=self._name if self._provider else None)

    @route("POST", "/api/v1/sign-in/oidc", result=OidcBegun, roles=None, body=OidcBegin, errors=("not_found",))
    async def begin(self, request: Request) -> OidcBegun:
        """Begin to sign in at the company's provider."""
        body: OidcBegin = request.body
        provider, now = self._given(), self._clock.now()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            url = await provider.address(state, nonce, _digest(verifier))
        except ProviderAway as away:
            raise _away(away) from None
        kept = msgspec.json.encode(Begun(nonce, verifier, body.verifier_digest))

        def unit(conn: Connection) -> None:
            store.ask(conn, state.encode(), "oidc", now, ttl_ms=BEGIN_TTL_MS, kept=kept)

        await self._database.write(unit)
        return OidcBegun(url)

    @route("GET", "/api/v1/sign-in/oidc/back", result=Raw, roles=None, query=Back, files=("text/html",))
    async def back(self, request: Request) -> Raw:
        """Where the provider sends the browser; it goes on to the console with a ticket, or with nothing."""
        query: Back = request.query
        now = self._clock.now()
        asked = await self._database.write(lambda conn: store.answered(conn, query.state.encode(), "oidc", now))
        if asked is None or query.code is UNSET or not query.code:
            log.info("oidc_refused", reason="the question is unknown or was answered, or the provider refused")
            return _onward("")
        begun = msgspec.json.decode(asked[1], type=Begun)
        agent = await self._vouched_for(query.code, begun)
        if agent is None:
            return _onward("")
        ticket = secrets.token_urlsafe(32)
        kept = begun.page_digest.encode()

        def unit(conn: Connection) -> None:
            store.ask(conn, ticket.encode(), "oidc_ticket", now, ttl_ms=TICKET_TTL_MS, agent=agent.id, kept=kept)

        await self._database.write(unit)
        return _onward(ticket)

    @route(
        "POST", "/api/v1/sign-in/oidc/finish", result=SignedIn, roles=None, body=OidcFinish, errors=("unauthenticated",)
    )
    async def finish(self, request: Request) -> SignedIn:
        """Exchange the ticket, together with the verifier that never left the page, for tokens."""
        body: OidcFinish = request.body
        now = self._clock.now()
        asked = await self._database.write(lambda conn: store.answered(conn, body.ticket.encode(), "oidc_ticket", now))
        if asked is None or not secrets.compare_digest(asked[1], _digest(body.verifier).encode()):
            raise unauthenticated("That did not sign you in. Begin again.")
        agent = await self._database.read(lambda conn: read_agent(conn, asked[0]))
        if agent is None or agent.disabled:
            raise unauthenticated("That did not sign you in. Begin again.")
        return await self._opening.open(agent, request)

    async def _vouched_for(self, code: str, begun: Begun) -> Agent | None:
        """The account of whom the provider names; accounts are made by administrators, never by signing in."""
        try:
            claims = await self._given().claims(code, begun.nonce, begun.verifier)
        except ProviderAway as away:
            raise _away(away) from None
        except ProviderRefused as refused:
            log.warning("oidc_refused", reason=str(refused))
            return None
        agent = await self._database.read(lambda conn: read_by_email(conn, claims.email))
        if agent is None or agent.disabled or not claims.email_verified:
            log.warning("oidc_refused", reason="there is no enabled account with this verified e-mail")
            return None
        return agent

    def _given(self) -> Provider:
        if self._provider is None:
            raise not_found("provider")
        return self._provider


def _digest(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _away(away: ProviderAway) -> ChatError:
    log.warning("oidc_away", reason=str(away))
    return retry("The company's sign-in does not answer. Try again, or sign in with your password.")


def _onward(ticket: str) -> Raw:
    """A page that goes on to the console; scripts may not run in it and nothing is sent along."""
    target = html.escape(f"/console#sign-in={ticket}")
    page = (
        '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0;url={target}"><title>chatserver</title>'
        f'<p><a href="{target}">继续 · Continue</a>'
    )
    return Raw(page.encode(), "text/html; charset=utf-8")
