"""Wallet users whose identity the host app has signed."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from chatserver.core.ids import base58
from chatserver.core.ports import Clock
from chatserver.core.text import shown_name
from chatserver.trust.jws import Key, Keyring, TokenRefused, Unverified, sign

AUDIENCE: Final = "chatserver"
"""What `aud` must be or contain, so that tokens for other services do not open this one."""

LEEWAY_S: Final = 30
"""How far a host app's clock may run ahead of ours."""

_SUB_RULE: Final = "sub is not 1–128 printable ASCII characters without spaces"
_SUB = re.compile(r"[!-~]{1,128}\Z")
_PLAIN_SUB = re.compile(r"(?![vu]_)[A-Za-z0-9_-]{1,64}\Z")
_LATEST_S: Final = 2**43
"""Seconds that are milliseconds in every JSON reader; far beyond any honest end."""


class Identity(Struct, frozen=True):
    """Who the host app says is there.

    `user` is our id, `sub` the host app's; `name` and `locale` are None when not given;
    `expires_at` is milliseconds since 1970; `email`, `phone` and `wallet` are empty when not given.
    """

    user: str
    sub: str
    name: str | None
    locale: str | None
    vip: bool
    expires_at: int
    email: str = ""
    phone: str = ""
    wallet: str = ""


class IdentityTokens:
    """Reads the identity tokens of host apps."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def read(self, token: Unverified) -> Identity:
        """The identity in a token; raises `TokenRefused`."""
        if token.kind not in {"", "jwt"}:
            raise TokenRefused("its typ is not JWT")
        return identity_of(token.claims(self._keyring), self._clock.now())


def identity_of(claims: dict[str, Any], now: int) -> Identity:
    """Judge the claims of a token with a good signature; raises `TokenRefused`."""
    _check_audience(claims.get("aud"))
    expires_s = _seconds(claims, "exp")
    if expires_s * 1_000 <= now:
        raise TokenRefused("it has expired")
    started_s = [_seconds(claims, name) for name in ("iat", "nbf") if name == "iat" or name in claims]
    if max(started_s) * 1_000 > now + LEEWAY_S * 1_000:
        raise TokenRefused("it is not valid yet")
    sub = claims.get("sub")
    if not isinstance(sub, str) or not _SUB.match(sub):
        raise TokenRefused(_SUB_RULE)
    name, locale = _optional_text(claims, "name"), _optional_text(claims, "locale")
    _optional_text(claims, "jti")
    return Identity(
        user=user_id(sub),
        sub=sub,
        name=(shown_name(name) or None) if name is not None else None,
        locale=locale_of(locale) if locale is not None else None,
        vip=_flag(claims, "vip"),
        expires_at=expires_s * 1_000,
        email=shown_name(_optional_text(claims, "email") or ""),
        phone=shown_name(_optional_text(claims, "phone_number") or ""),
        wallet=shown_name(_optional_text(claims, "wallet") or ""),
    )


def user_id(sub: str) -> str:
    """Our id for a `sub`: the same where it can be one, else a digest; never a visitor's."""
    if _PLAIN_SUB.match(sub):
        return sub
    return f"u_{base58(hashlib.sha256(sub.encode()).digest()[:16])}"


def locale_of(tag: str) -> str:
    """The language we speak to somebody who asks for `tag`: `zh-CN` or `en`."""
    return "zh-CN" if tag.lower().startswith("zh") else "en"


def mint_user_token(
    key: Key, sub: str, name: str | None, *, now: int, ttl_s: int, more: Mapping[str, Any] | None = None
) -> str:
    """An identity token as a host app would sign it with the shared secret; `now` in milliseconds.

    `more` are further claims. Raises `ValueError` for a `sub` that would be refused.
    """
    if not _SUB.match(sub):
        raise ValueError(_SUB_RULE)
    issued_s = now // 1_000
    claims: dict[str, Any] = {"sub": sub, "aud": AUDIENCE, "iat": issued_s, "exp": issued_s + ttl_s}
    if name is not None:
        claims["name"] = name
    return sign(claims | dict(more or {}), key)


def _check_audience(audience: Any) -> None:
    audiences = audience if isinstance(audience, list) else [audience]
    if AUDIENCE not in audiences or not all(isinstance(one, str) for one in audiences):
        raise TokenRefused(f"its aud is not {AUDIENCE}")


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= _LATEST_S:
        raise TokenRefused(f"{name} is not a whole number of seconds since 1970")
    return value


def _optional_text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is not None and not isinstance(value, str):
        raise TokenRefused(f"{name} is not text")
    return value


def _flag(claims: dict[str, Any], name: str) -> bool:
    value = claims.get(name)
    if value is not None and not isinstance(value, int):
        raise TokenRefused(f"{name} is neither true nor false")
    return bool(value)
