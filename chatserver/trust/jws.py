"""Signed tokens in compact form, read strictly: one key, one algorithm; claims are judged elsewhere."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.algorithms import Algorithm

MAX_TOKEN_LENGTH: Final = 8_192
"""A token of a host app is well below 2 kB; longer ones are not even looked at."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\Z")
_REFUSED_HEADERS: Final = frozenset({"crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"})
"""Headers that bring a key along, or change what the signature means."""


class TokenRefused(Exception):
    """A token is not accepted; `reason` is safe to tell its bearer, it repeats nothing from the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Key:
    """A key object with the one algorithm that it is ever used with."""

    algorithm: str
    material: Any

    @property
    def engine(self) -> Algorithm:
        """The implementation of this key's algorithm."""
        return jwt.get_algorithm_by_name(self.algorithm)


class Keyring:
    """Keys by their id, and those that a token without a key id may mean."""

    def __init__(self, named: Mapping[str, Key], unnamed: Iterable[Key] = ()) -> None:
        self._named = dict(named)
        self._all = [*unnamed, *self._named.values()]

    def choose(self, header: Mapping[str, Any]) -> Key:
        """The key that a header means; raises `TokenRefused` unless it is exactly one.

        The header only selects among known keys. A key is never used with another algorithm than its own.
        """
        algorithm, kid = header.get("alg"), header.get("kid")
        if "kid" in header:
            named = self._named.get(kid) if isinstance(kid, str) else None
            fitting = [named] if named is not None and named.algorithm == algorithm else []
        else:
            fitting = [key for key in self._all if key.algorithm == algorithm]
        if len(fitting) != 1:
            raise TokenRefused("it is not signed by a known key with that key's algorithm")
        return fitting[0]


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token taken apart; nothing in it is to be believed before `claims`."""

    header: dict[str, Any]
    signed: bytes
    payload: bytes
    signature: bytes

    @property
    def kind(self) -> str:
        """The `typ` header in lower case, empty when absent; says which keyring to try."""
        kind = self.header.get("typ", "")
        return kind.lower() if isinstance(kind, str) else "?"

    def claims(self, keyring: Keyring) -> dict[str, Any]:
        """The claims, after the signature was found good; else raises `TokenRefused`."""
        key = keyring.choose(self.header)
        if not key.engine.verify(self.signed, key.material, self.signature):
            raise TokenRefused("its signature is not good")
        return _object(self.payload)


def take_apart(token: str) -> Unverified:
    """Split and decode a token; raises `TokenRefused` when it is not one that we could accept."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenRefused("it is too long")
    parts = _COMPACT.match(token)
    if parts is None:
        raise TokenRefused("it is not a signed token")
    header = _object(_decoded(parts[1]))
    if not _REFUSED_HEADERS.isdisjoint(header):
        raise TokenRefused("its header has a member that is not accepted")
    signed = f"{parts[1]}.{parts[2]}".encode()
    return Unverified(header, signed, _decoded(parts[2]), _decoded(parts[3]))


def sign(claims: Mapping[str, Any], key: Key, kind: str = "JWT") -> str:
    """A token in compact form with these claims; `kind` becomes its `typ`."""
    header = {"alg": key.algorithm, "typ": kind}
    signed = f"{_encoded(_json(header))}.{_encoded(_json(claims))}"
    return f"{signed}.{_encoded(key.engine.sign(signed.encode(), key.material))}"


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw, object_pairs_hook=_without_twins, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenRefused("a part of it is not plain JSON") from None
    if not isinstance(found, dict):
        raise TokenRefused("a part of it is not a JSON object")
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TokenRefused("a member occurs twice in it")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _decoded(segment: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise TokenRefused("it is not a signed token") from None
    # Spare bits at the end would give one token many spellings.
    if _encoded(raw) != segment:
        raise TokenRefused("it is not a signed token")
    return raw


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
