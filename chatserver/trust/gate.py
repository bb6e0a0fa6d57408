"""The gate: turns what a connection or request carries into a session, or refuses it."""

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from chatserver.conversation.users import User
from chatserver.core.audit import Audited
from chatserver.core.commands import command, refusal_of
from chatserver.core.errors import ChatError, invalid, second_factor_needed, unauthenticated
from chatserver.core.ids import new_id
from chatserver.core.ports import Clock
from chatserver.core.session import STAFF, USER_ONLY, Role, Session
from chatserver.trust.agents import Agent
from chatserver.trust.identity import IdentityTokens, locale_of
from chatserver.trust.jws import TokenRefused, Unverified, take_apart
from chatserver.trust.messages import PROTOCOL, ConnectAuth, Renew, Renewed
from chatserver.trust.people import DEFAULT_LOCALE, People
from chatserver.trust.staff import Staff
from chatserver.trust.tokens import KIND, AccessClaims


class SomebodyElse(ChatError):
    """A connection tried to go on as another person or role; it is `fatal`: the socket is closed."""

    fatal = True

    def __init__(self) -> None:
        super().__init__("forbidden", "This token is somebody else's. Connect again with it.")


@dataclass(frozen=True, slots=True)
class Admitted:
    """The session of a new connection; `visitor` is the key of a new visitor, told this once."""

    session: Session
    visitor: str | None = None


class Gate:
    """Decides who somebody is. All refusals are `ChatError`s of the contract."""

    def __init__(self, people: People, staff: Staff, identities: IdentityTokens, clock: Clock) -> None:
        self._people = people
        self._staff = staff
        self._identities = identities
        self._clock = clock

    async def admit(self, auth: object) -> Admitted:
        """The session for the `auth` of a CONNECT, decoded from JSON.

        Raises `invalid`, `upgrade_required`, `unauthenticated`, `forbidden` (field
        `second_factor`), `storage` or `retry`.
        """
        given = _connect_auth(auth)
        locale = None if given.locale is UNSET else locale_of(given.locale)
        if given.as_ == "agent":
            if given.token is UNSET:
                raise unauthenticated("An agent connects with the access token from sign-in.")
            session = await self._agent(_apart(given.token), locale)
            if session.bare:
                raise second_factor_needed()
            return Admitted(session)
        if given.token is not UNSET:
            return Admitted(await self._signed_user(_apart(given.token), locale, remember=True))
        if given.visitor is not UNSET:
            return Admitted(await self._visitor(given.visitor, locale, remember=True))
        user, key = await self._people.new_visitor(locale)
        return Admitted(_user_session(user, None), key)

    async def of_request(self, authorization: str | None) -> Session:
        """The session for an `Authorization` header; raises `unauthenticated`, `storage`, `retry`."""
        scheme, _, credential = (authorization or "").strip().partition(" ")
        match scheme.lower():
            case "bearer":
                return await self._session_of(credential.strip())
            case "visitor":
                return await self._visitor(credential.strip(), None, remember=False)
            case _:
                raise unauthenticated("Send an Authorization header with Bearer TOKEN or Visitor KEY.")

    @command(Renew, result=Renewed, roles=STAFF | USER_ONLY, audited=Audited.NEVER)
    async def renew(self, session: Session, body: Renew) -> Renewed:
        """Let a session go on until a newer token of the same person ends."""
        fresh = await self._session_of(body.token)
        if (fresh.subject, fresh.role) != (session.subject, session.role) or fresh.expires_at is None:
            raise SomebodyElse
        session.expires_at, session.family = fresh.expires_at, fresh.family
        return Renewed((fresh.expires_at - self._clock.now()) // 1_000)

    async def _session_of(self, token: str) -> Session:
        """The session of either kind of token; nothing is stored."""
        apart = _apart(token)
        if apart.kind == KIND:
            return await self._agent(apart, None)
        return await self._signed_user(apart, None, remember=False)

    async def _agent(self, token: Unverified, locale: str | None) -> Session:
        try:
            agent, claims, bare = await self._staff.of_token(token)
        except TokenRefused as refused:
            raise _not_accepted(refused) from None
        return _agent_session(agent, claims, locale, bare=bare)

    async def _signed_user(self, token: Unverified, locale: str | None, *, remember: bool) -> Session:
        try:
            identity = self._identities.read(token)
        except TokenRefused as refused:
            raise _not_accepted(refused) from None
        user = await self._people.signed(identity, locale, remember=remember)
        return _user_session(user, identity.expires_at)

    async def _visitor(self, key: str, locale: str | None, *, remember: bool) -> Session:
        user = await self._people.returning(key, locale, remember=remember)
        if user is None:
            raise unauthenticated("This visitor key is not known. Connect without one.")
        return _user_session(user, None)


def _connect_auth(auth: object) -> ConnectAuth:
    if auth is None:
        raise unauthenticated("Connect with an auth that says who you are.")
    # A newer contract may know other fields, so its number is looked at first.
    wanted: Any = auth.get("protocol", PROTOCOL) if isinstance(auth, dict) else PROTOCOL
    if type(wanted) is int and wanted != PROTOCOL:
        raise ChatError("upgrade_required", f"This server speaks protocol {PROTOCOL}.", field="protocol")
    try:
        given = msgspec.convert(auth, ConnectAuth)
    except msgspec.ValidationError as error:
        raise refusal_of(error) from None
    if given.visitor is not UNSET and (given.token is not UNSET or given.as_ == "agent"):
        raise invalid("visitor", "A visitor key stands alone: no token beside it, and never for agents.")
    return given


def _apart(token: str) -> Unverified:
    try:
        return take_apart(token)
    except TokenRefused as refused:
        raise _not_accepted(refused) from None


def _not_accepted(refused: TokenRefused) -> ChatError:
    return unauthenticated(f"The token is not accepted: {refused.reason}.")


def _user_session(user: User, expires_at: int | None) -> Session:
    return Session(
        id=new_id("s"),
        role=Role.USER,
        subject=user.id,
        name=user.name,
        locale=user.locale,
        expires_at=expires_at,
        vip=user.vip,
    )


def _agent_session(agent: Agent, claims: AccessClaims, locale: str | None, *, bare: bool) -> Session:
    return Session(
        id=new_id("s"),
        role=agent.role,
        subject=agent.id,
        name=agent.name,
        locale=locale or DEFAULT_LOCALE,
        tier=agent.tier,
        expires_at=claims.exp * 1_000,
        family=None if claims.fam is UNSET else claims.fam,
        bare=bare,
    )
