"""The HTTP of one's own security: the authenticator app, recovery codes, passkeys, sign-ins, fresh proofs."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import UNSET
from sqlalchemy import Connection
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from chatserver.conversation.messages import Nothing
from chatserver.core.audit import Audited
from chatserver.core.errors import ChatError, conflict, forbidden, invalid, not_found
from chatserver.core.ports import Clock, Database
from chatserver.core.routes import Request, route
from chatserver.core.session import ADMIN_ONLY, STAFF
from chatserver.core.text import shown_name
from chatserver.trust.agents import Agent, lock_agent, read_agent, read_with_password
from chatserver.trust.factors import codes, store
from chatserver.trust.factors.messages import (
    Asked,
    ConfirmCode,
    Enrolled,
    Enrolling,
    NewPasskey,
    Passkey,
    Security,
    SignIns,
    SignInShown,
    SteppedUp,
    StepUp,
)
from chatserver.trust.factors.passkeys import Party, challenge_of, id_of
from chatserver.trust.factors.proof import Proof
from chatserver.trust.factors.step_up import allow
from chatserver.trust.passwords import Passwords
from chatserver.trust.sign_ins import end_other_sign_ins, end_sign_in, open_sign_ins

CHALLENGE_TTL_MS: Final = 120_000
"""How long a person may take to touch a key."""

PASSKEYS_AN_ACCOUNT: Final = 20


class SecurityApi:
    """Routes by which staff protect their accounts."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, proof: Proof, party: Party) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._proof = proof
        self.party = party

    @route("GET", "/api/v1/me/security", result=Security, roles=STAFF, audited=Audited.NEVER)
    async def security(self, request: Request) -> Security:
        """How one's own account is protected, and where it is signed in."""
        subject, family, now = request.caller.subject, request.caller.family, self._clock.now()

        def query(conn: Connection) -> Security:
            app, _ = store.factors_of(conn, subject)
            keys = [_shown(key) for key in store.passkeys_of(conn, subject)]
            return Security(app, store.recovery_codes_left(conn, subject), keys, _sign_ins(conn, subject, family, now))

        return await self._database.read(query)

    @route("POST", "/api/v1/me/authenticator", result=Enrolling, roles=STAFF, errors=("conflict",), step_up="enrol")
    async def begin_authenticator(self, request: Request) -> Enrolling:
        """Begin with an authenticator app: its secret, to be confirmed by the first code."""
        account = await self._account(request)
        secret, now = codes.new_secret(), self._clock.now()

        def unit(conn: Connection) -> None:
            lock_agent(conn, account.id)
            app = store.read_authenticator(conn, account.id)
            if app is not None and app.confirmed:
                raise conflict("There is an authenticator app already. Remove it first.")
            store.put_authenticator(conn, account.id, self._proof.seal(account.id, secret), now)

        await self._database.write(unit)
        uri = codes.otpauth_uri(secret, account.email, "chatserver")
        return Enrolling(secret, uri, codes.picture_of(uri))

    @route("POST", "/api/v1/me/authenticator/confirm", result=Enrolled, roles=STAFF, body=ConfirmCode)
    async def confirm_authenticator(self, request: Request) -> Enrolled:
        """Confirm the app by its first code; from now on signing in asks for one."""
        body: ConfirmCode = request.body
        subject, now = request.caller.subject, self._clock.now()

        def unit(conn: Connection) -> Enrolled | None:
            if not self._proof.confirms(conn, subject, body.code, now):
                return None
            return self._first_codes(conn, subject)

        enrolled = await self._database.write(unit)
        if enrolled is None:
            raise ChatError("conflict", "That is not the code that the app shows now. Try the next one.", field="code")
        return enrolled

    @route("DELETE", "/api/v1/me/authenticator", result=Nothing, roles=STAFF, step_up="enrol")
    async def remove_authenticator(self, request: Request) -> Nothing:
        """Take the authenticator app off one's account."""
        subject = request.caller.subject
        await self._database.write(lambda conn: store.remove_authenticator(conn, subject))
        return Nothing()

    @route("POST", "/api/v1/me/recovery-codes", result=Enrolled, roles=STAFF, errors=("conflict",), step_up="enrol")
    async def recovery_codes(self, request: Request) -> Enrolled:
        """New recovery codes in place of the old ones."""
        subject = request.caller.subject

        def unit(conn: Connection) -> Enrolled:
            if not store.has_factor(conn, subject):
                raise conflict("There is nothing to recover yet. Set up an authenticator app or a passkey first.")
            return Enrolled(self._proof.new_recovery_codes(conn, subject))

        return await self._database.write(unit)

    # Passkeys

    @route("POST", "/api/v1/me/passkeys/options", result=Asked, roles=STAFF, step_up="enrol")
    async def passkey_options(self, request: Request) -> Asked:
        """What the browser is asked in order to make a passkey for this account."""
        account, now, host = await self._account(request), self._clock.now(), host_of(request)

        def unit(conn: Connection) -> dict[str, Any]:
            known = store.passkeys_of(conn, account.id)
            challenge, options = self.party.new_key_options(account, known, host)
            store.ask(conn, challenge, "passkey", now, ttl_ms=CHALLENGE_TTL_MS, agent=account.id)
            return options

        return Asked(await self._database.write(unit))

    @route("POST", "/api/v1/me/passkeys", result=Enrolled, roles=STAFF, body=NewPasskey, errors=("conflict",))
    async def add_passkey(self, request: Request) -> Enrolled:
        """Keep a passkey that the browser has made."""
        body: NewPasskey = request.body
        subject, now = request.caller.subject, self._clock.now()
        challenge = challenge_of(body.credential) or b""
        made = self.party.made(body.credential, challenge, request.origin, host_of(request))

        def unit(conn: Connection) -> Enrolled | None:
            lock_agent(conn, subject)
            asked = store.answered(conn, challenge, "passkey", now)
            if asked is None or asked[0] != subject or made is None:
                return None
            if len(store.passkeys_of(conn, subject)) >= PASSKEYS_AN_ACCOUNT or store.read_passkey(conn, made[0]):
                raise conflict("There are too many passkeys, or this one is known already.")
            key_id, public_key, sign_count = made
            store.add_passkey(
                conn, store.Passkey(key_id, subject, public_key, sign_count, shown_name(body.name), now, None)
            )
            return self._first_codes(conn, subject)

        enrolled = await self._database.write(unit)
        if enrolled is None:
            raise ChatError("conflict", "The passkey does not fit what was asked. Begin again.", field="credential")
        return enrolled

    @route("DELETE", "/api/v1/me/passkeys/{passkey}", result=Nothing, roles=STAFF, step_up="enrol")
    async def remove_passkey(self, request: Request) -> Nothing:
        """Take a passkey off one's account."""
        subject, key = request.caller.subject, _bytes_of(request.path["passkey"])
        if not await self._database.write(lambda conn: store.remove_passkey(conn, subject, key)):
            raise not_found("passkey")
        return Nothing()

    # Sign-ins

    @route("DELETE", "/api/v1/me/sign-ins", result=SignIns, roles=STAFF)
    async def end_others(self, request: Request) -> SignIns:
        """End every sign-in of one's account but this one; their sockets are closed within five seconds."""
        subject, family, now = request.caller.subject, request.caller.family, self._clock.now()

        def unit(conn: Connection) -> SignIns:
            end_other_sign_ins(conn, subject, family, now)
            return SignIns(_sign_ins(conn, subject, family, now))

        return await self._database.write(unit)

    @route("DELETE", "/api/v1/me/sign-ins/{sign_in}", result=Nothing, roles=STAFF)
    async def end_one(self, request: Request) -> Nothing:
        """End one sign-in of one's account; its sockets are closed within five seconds."""
        await self._end(request.caller.subject, request.path["sign_in"])
        return Nothing()

    @route("GET", "/api/v1/admin/agents/{agent}/sign-ins", result=SignIns, roles=ADMIN_ONLY)
    async def sign_ins_of(self, request: Request) -> SignIns:
        """Where somebody is signed in."""
        agent, now = await self._agent(request.path["agent"]), self._clock.now()
        return await self._database.read(lambda conn: SignIns(_sign_ins(conn, agent.id, None, now)))

    @route("DELETE", "/api/v1/admin/agents/{agent}/sign-ins", result=Nothing, roles=ADMIN_ONLY)
    async def end_all_of(self, request: Request) -> Nothing:
        """End every sign-in of somebody; their sockets are closed within five seconds."""
        agent, now = await self._agent(request.path["agent"]), self._clock.now()
        await self._database.write(lambda conn: end_other_sign_ins(conn, agent.id, None, now))
        return Nothing()

    @route("DELETE", "/api/v1/admin/agents/{agent}/factors", result=Nothing, roles=ADMIN_ONLY, step_up="reset_factors")
    async def reset_factors(self, request: Request) -> Nothing:
        """Take every second factor of somebody away who has lost them, and end their sign-ins."""
        agent, now = await self._agent(request.path["agent"]), self._clock.now()
        if agent.id == request.caller.subject:
            raise forbidden("Somebody else has to reset your own factors.")

        def unit(conn: Connection) -> None:
            store.remove_all(conn, agent.id)
            end_other_sign_ins(conn, agent.id, None, now)

        await self._database.write(unit)
        return Nothing()

    # Fresh proofs

    @route("POST", "/api/v1/step-up/options", result=Asked, roles=STAFF)
    async def step_up_options(self, request: Request) -> Asked:
        """What the browser is asked in order to prove by passkey that it is still you."""
        subject, now, host = request.caller.subject, self._clock.now(), host_of(request)

        def unit(conn: Connection) -> dict[str, Any]:
            challenge, options = self.party.sign_options(host, store.passkeys_of(conn, subject))
            store.ask(conn, challenge, "step_up", now, ttl_ms=CHALLENGE_TTL_MS, agent=subject)
            return options

        return Asked(await self._database.write(unit))

    @route("POST", "/api/v1/step-up", result=SteppedUp, roles=STAFF, body=StepUp)
    async def step_up(self, request: Request) -> SteppedUp:
        """Prove oneself again for one action, by code, passkey, or password where there is no second factor."""
        body: StepUp = request.body
        family, now = request.caller.family, self._clock.now()
        if family is None:
            raise conflict("This token was made by an operator and needs no fresh proof.")
        proves = await self._proof_given(request, body)

        def unit(conn: Connection) -> int | None:
            return allow(conn, family, body.action, now) if proves(conn) else None

        seconds = await self._database.write(unit)
        if seconds is None:
            raise ChatError("forbidden", "That does not prove that it is you. Try again.", field="proof")
        return SteppedUp(seconds)

    async def _proof_given(self, request: Request, body: StepUp) -> Callable[[Connection], bool]:
        """What decides, in the transaction that allows the action, whether the proof holds."""
        subject, now = request.caller.subject, self._clock.now()
        if body.code is not UNSET:
            code = body.code
            return lambda conn: self._proof.holds(conn, subject, code, now)
        if body.credential is not UNSET:
            credential = body.credential
            return lambda conn: self.passkey_holds(conn, request, credential, "step_up") == subject
        if body.password is UNSET:
            raise invalid("code", "Give a code, a passkey's answer or a password.")
        account = await self._account(request)
        found = await self._database.read(lambda conn: read_with_password(conn, account.email))
        fits = await self._passwords.verify(found[1] if found else None, body.password)

        def by_password(conn: Connection) -> bool:
            lock_agent(conn, subject)
            if store.has_factor(conn, subject) or not store.may_try(conn, subject, now):
                return False
            (store.proved(conn, subject) if fits else store.missed(conn, subject, now))
            return fits

        return by_password

    def passkey_holds(self, conn: Connection, request: Request, credential: dict[str, Any], purpose: str) -> str | None:
        """Whose passkey has signed the challenge of this purpose, if the answer holds; the challenge is used up."""
        challenge, key_id, now = challenge_of(credential), id_of(credential), self._clock.now()
        if challenge is None or key_id is None:
            return None
        asked, key = store.answered(conn, challenge, purpose, now), store.read_passkey(conn, key_id)
        if asked is None or key is None or asked[0] not in ("", key.agent):
            return None
        count = self.party.signed(credential, challenge, request.origin, host_of(request), key)
        if count is None:
            return None
        store.passkey_used(conn, key.id, count, now)
        return key.agent

    def _first_codes(self, conn: Connection, subject: str) -> Enrolled:
        if store.recovery_codes_left(conn, subject):
            return Enrolled([])
        return Enrolled(self._proof.new_recovery_codes(conn, subject))

    async def _end(self, agent: str, family: str) -> None:
        now = self._clock.now()
        if not await self._database.write(lambda conn: end_sign_in(conn, agent, family, now)):
            raise not_found("sign-in")

    async def _account(self, request: Request) -> Agent:
        return await self._agent(request.caller.subject)

    async def _agent(self, agent: str) -> Agent:
        found = await self._database.read(lambda conn: read_agent(conn, agent))
        if found is None:
            raise not_found("account")
        return found


def host_of(request: Request) -> str:
    """The domain that the browser's page is from; passkeys belong to it."""
    host = urlsplit(request.origin).hostname
    if not host:
        raise invalid("Origin", "Passkeys are made and used by a browser, on this site.")
    return host


def _sign_ins(conn: Connection, agent: str, current: str | None, now: int) -> list[SignInShown]:
    return [
        SignInShown(one.id, one.started_at, one.seen_at, one.expires_at, one.device, one.address, one.id == current)
        for one in open_sign_ins(conn, agent, now)
    ]


def _shown(key: store.Passkey) -> Passkey:
    used_at = UNSET if key.used_at is None else key.used_at
    return Passkey(bytes_to_base64url(key.id), key.name, key.made_at, used_at)


def _bytes_of(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except (ValueError, WebAuthnException):
        raise not_found("passkey") from None
