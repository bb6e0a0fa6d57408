"""Access tokens, which are signed, and refresh tokens, which are random and each good for one use."""

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, delete, insert, select, update

from chatserver.core.ids import new_id
from chatserver.core.ports import Clock
from chatserver.trust.agents import Agent, read_agent
from chatserver.trust.factors.store import is_bare
from chatserver.trust.jws import Key, Keyring, TokenRefused, Unverified, sign
from chatserver.trust.keys import derived_key
from chatserver.trust.sign_ins import Origin
from chatserver.trust.staff_data import sealed
from chatserver.trust.tables import refresh_families, refresh_tokens

KIND: Final = "at+jwt"
"""`typ` of access tokens (RFC 9068); tells them from identity tokens before any key is tried."""

AUDIENCE: Final = "chatserver:staff"

FORGET_AFTER_MS: Final = 86_400_000
"""Ended families are kept for a day, so that a late second use is still told from an unknown token."""


class AccessClaims(Struct, frozen=True, forbid_unknown_fields=True):
    """What an access token says: seconds since 1970, the account's `gen`, and the sign-in it came from."""

    aud: str
    sub: str
    gen: int
    iat: int
    exp: int
    fam: str | UnsetType = UNSET


class AccessTokens:
    """Mints and reads access tokens.

    `ttl_s` is how long they live, `refresh_ttl_s` how long a sign-in lasts however often it is renewed.
    """

    def __init__(self, secret_key: str, clock: Clock, ttl_s: int, refresh_ttl_s: int) -> None:
        self._key = Key("HS256", derived_key(secret_key, "access token"))
        self._keyring = Keyring({}, [self._key])
        self._clock = clock
        self.ttl_s = ttl_s
        self.refresh_ttl_s = refresh_ttl_s

    def mint(self, agent: Agent, family: str | None = None, *, ttl_s: int | None = None) -> str:
        """A token for an account; with a `family` it ends with that sign-in."""
        now_s = self._clock.now() // 1_000
        claims = AccessClaims(
            aud=AUDIENCE,
            sub=agent.id,
            gen=agent.token_generation,
            iat=now_s,
            exp=now_s + (self.ttl_s if ttl_s is None else ttl_s),
            fam=UNSET if family is None else family,
        )
        return sign(msgspec.to_builtins(claims), self._key, KIND)

    def read(self, token: Unverified) -> AccessClaims:
        """The claims of a token of ours that has not expired; raises `TokenRefused`."""
        if token.kind != KIND:
            raise TokenRefused("it is not an access token")
        claims = _access_claims(token.claims(self._keyring))
        if claims.aud != AUDIENCE:
            raise TokenRefused("it is not an access token")
        if claims.exp * 1_000 <= self._clock.now():
            raise TokenRefused("it has expired")
        return claims


def _access_claims(claims: dict[str, Any]) -> AccessClaims:
    try:
        return msgspec.convert(claims, AccessClaims)
    except msgspec.ValidationError:
        raise TokenRefused("it is not an access token") from None


class Renewal(Struct, frozen=True):
    """A refresh token that was handed out, the sign-in it belongs to, whose it is, and whether they have no factor."""

    agent: Agent
    family: str
    refresh_token: str
    bare: bool = False


def open_family(conn: Connection, agent: Agent, now: int, ttl_ms: int, origin: Origin) -> Renewal:
    """Begin a sign-in; it ends after `ttl_ms` however often it is renewed."""
    _forget_old_families(conn, agent.id, now)
    family = new_id("f")
    row = {"id": family, "agent_id": agent.id, "started_at": now, "expires_at": now + ttl_ms}
    whence = {"device": origin.device, "address": origin.address}
    row |= {"seen_at": now, **{name: sealed(conn, name, family, text) for name, text in whence.items()}}
    conn.execute(insert(refresh_families).values(**row))
    return Renewal(agent, family, _issue(conn, family, now), is_bare(conn, agent.id))


def rotate(conn: Connection, refresh_token: str, now: int) -> Renewal | None:
    """Use a refresh token up and give the next one; None when it is good for nothing.

    A second use ends the family: one of the two who have it is a thief, and nobody knows which.
    """
    digest = _digest(refresh_token)
    family = _family_of(conn, digest)
    if family is None:
        return None
    unused = refresh_tokens.c.digest == digest, refresh_tokens.c.used_at.is_(None)
    if conn.execute(update(refresh_tokens).where(*unused).values(used_at=now)).rowcount == 0:
        _end(conn, family, now)
        return None
    conn.execute(update(refresh_families).where(refresh_families.c.id == family).values(seen_at=now))
    agent = _agent_signed_in(conn, family, now)
    return Renewal(agent, family, _issue(conn, family, now), is_bare(conn, agent.id)) if agent is not None else None


def end_family_of(conn: Connection, refresh_token: str, now: int) -> Agent | None:
    """End the sign-in that a refresh token belongs to; whose it was, None when the token is unknown."""
    family = _family_of(conn, _digest(refresh_token))
    if family is None:
        return None
    _end(conn, family, now)
    return _owner_of(conn, family)


def end_all_families(conn: Connection, now: int) -> None:
    """End every sign-in: tokens used up since a backup was taken would count again after its restore."""
    conn.execute(update(refresh_families).where(refresh_families.c.ended_at.is_(None)).values(ended_at=now))


def is_family_live(conn: Connection, family: str, now: int) -> bool:
    """Whether tokens of this sign-in still count."""
    return bool(live_families(conn, [family], now))


def live_families(conn: Connection, families: Sequence[str], now: int) -> set[str]:
    """Those of the sign-ins whose tokens still count."""
    live = refresh_families.c.ended_at.is_(None), refresh_families.c.expires_at > now
    asked = select(refresh_families.c.id).where(refresh_families.c.id.in_(families), *live)
    return set(conn.execute(asked).scalars())


def _agent_signed_in(conn: Connection, family: str, now: int) -> Agent | None:
    if not is_family_live(conn, family, now):
        return None
    agent = _owner_of(conn, family)
    return agent if agent is not None and not agent.disabled else None


def _owner_of(conn: Connection, family: str) -> Agent | None:
    owner = conn.execute(select(refresh_families.c.agent_id).where(refresh_families.c.id == family)).scalar_one()
    return read_agent(conn, owner)


def _issue(conn: Connection, family: str, now: int) -> str:
    token = secrets.token_urlsafe(32)
    conn.execute(insert(refresh_tokens).values(digest=_digest(token), family=family, issued_at=now))
    return token


def _family_of(conn: Connection, digest: bytes) -> str | None:
    return conn.execute(select(refresh_tokens.c.family).where(refresh_tokens.c.digest == digest)).scalar()


def _end(conn: Connection, family: str, now: int) -> None:
    live = refresh_families.c.id == family, refresh_families.c.ended_at.is_(None)
    conn.execute(update(refresh_families).where(*live).values(ended_at=now))


def _forget_old_families(conn: Connection, agent: str, now: int) -> None:
    old = select(refresh_families.c.id).where(
        refresh_families.c.agent_id == agent, refresh_families.c.expires_at < now - FORGET_AFTER_MS
    )
    families = list(conn.execute(old).scalars())
    conn.execute(delete(refresh_tokens).where(refresh_tokens.c.family.in_(families)))
    conn.execute(delete(refresh_families).where(refresh_families.c.id.in_(families)))


def _digest(refresh_token: str) -> bytes:
    return hashlib.blake2b(refresh_token.encode(), digest_size=32).digest()
