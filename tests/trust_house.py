"""Everything that lets people in, put together on a real database, with a clock that a test can turn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, select

from chatserver.core.audit import SYSTEM
from chatserver.core.ports import Database
from chatserver.core.routes import Request
from chatserver.core.session import Session
from chatserver.trust.agents import Agent, read_by_email
from chatserver.trust.api import SignInApi
from chatserver.trust.attempts import Attempts
from chatserver.trust.audit.trail import Trail
from chatserver.trust.enrolment import Enrolment, newcomer_of
from chatserver.trust.factors.api import SecurityApi
from chatserver.trust.factors.passkeys import Party
from chatserver.trust.factors.proof import Proof
from chatserver.trust.factors.tables import authenticators
from chatserver.trust.gate import Gate
from chatserver.trust.guessing import GuessLimit
from chatserver.trust.identity import IdentityTokens
from chatserver.trust.jws import sign
from chatserver.trust.keyring import identity_keyring, shared_key
from chatserver.trust.messages import Refresh, SignedIn, SignIn, SignOut
from chatserver.trust.opening import Opening
from chatserver.trust.passwords import Passwords
from chatserver.trust.people import People
from chatserver.trust.shield.shield import SecretShield
from chatserver.trust.staff import Staff
from chatserver.trust.tokens import AccessTokens
from tests.vaults import sealed_database

OWN_KEY = "the server's own key"
SECRET = "the host app's shared secret, long enough"
PASSWORD = "correct horse battery staple"
START_MS = 1_760_000_000_000


class TurnedClock:
    """A clock that moves only when a test turns it."""

    def __init__(self) -> None:
        self._now = START_MS

    def now(self) -> int:
        """Milliseconds since 1970."""
        return self._now

    def turn(self, *, seconds: float) -> None:
        """Move on, or back."""
        self._now += round(seconds * 1_000)


def quick_passwords() -> Passwords:
    """The product's own code at a cost that does not slow tests down."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class House:
    """The running parts, and what tests do with them again and again."""

    clock: TurnedClock
    database: Database
    passwords: Passwords
    tokens: AccessTokens
    staff: Staff
    gate: Gate
    api: SignInApi
    security: SecurityApi
    opening: Opening
    roster: Enrolment

    async def enrol(self, email: str, **given: Any) -> Agent:
        """A new account with the usual password."""
        fields = {"email": email, "name": email.split("@", maxsplit=1)[0], "tier": 1, "password": PASSWORD, **given}
        return (await self.roster.enrol([newcomer_of(fields)], SYSTEM))[0]

    async def sign_in(
        self, email: str, password: str = PASSWORD, *, code: str | UnsetType = UNSET, address: str = "192.0.2.1"
    ) -> SignedIn:
        """Over the HTTP route."""
        body = SignIn(email=email, password=password, code=code)
        signed_in: SignedIn = await self.api.sign_in(self.request(body, address=address))
        return signed_in

    async def refresh(self, token: str) -> SignedIn:
        """Over the HTTP route."""
        signed_in: SignedIn = await self.api.refresh(self.request(Refresh(refresh_token=token)))
        return signed_in

    async def sign_out(self, token: str) -> None:
        """Over the HTTP route."""
        await self.api.sign_out(self.request(SignOut(refresh_token=token)))

    async def roster_of(self, email: str) -> Agent:
        """The account of an e-mail."""
        found = await self.database.read(lambda conn: read_by_email(conn, email))
        assert found is not None
        return found

    def secrets(self) -> Select[Any]:
        """What is stored of authenticator apps."""
        return select(authenticators.c.secret)

    def identity_token(self, sub: str, **claims: Any) -> str:
        """As the host app signs it with the shared secret; good for five minutes."""
        now_s = self.clock.now() // 1_000
        return sign({"sub": sub, "aud": "chatserver", "iat": now_s, "exp": now_s + 300, **claims}, shared_key(SECRET))

    def request(self, body: Any, *, session: Session | None = None, address: str = "192.0.2.1") -> Request:
        """A request after the checks of the web layer."""
        return Request(session, {}, None, body, address)


@asynccontextmanager
async def open_house(database_url: str) -> AsyncIterator[House]:
    """A house on an empty database."""
    clock, passwords = TurnedClock(), quick_passwords()
    async with sealed_database(database_url, make_tables=True) as database:
        trail = Trail(database, clock, b"the key of the audit log")
        attempts = Attempts(GuessLimit(clock, rate_factor=1), trail)
        tokens = AccessTokens(OWN_KEY, clock, ttl_s=900, refresh_ttl_s=43_200)
        opening, proof, party = Opening(database, clock, tokens, attempts), Proof(OWN_KEY), Party("tests")
        security = SecurityApi(database, clock, passwords, proof, party)
        api = SignInApi(database, clock, passwords, opening, attempts, proof)
        staff = Staff(database, clock, tokens)
        identities = IdentityTokens(identity_keyring(SECRET, ""), clock)
        yield House(
            clock=clock,
            database=database,
            passwords=passwords,
            tokens=tokens,
            staff=staff,
            gate=Gate(People(database, clock, SecretShield()), staff, identities, clock),
            api=api,
            security=security,
            opening=opening,
            roster=Enrolment(database, clock, passwords, trail, default_capacity=3),
        )
