"""The keys with which host apps sign identities, read from the settings."""

import json
import re
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from chatserver.settings import SettingsError, variable_of
from chatserver.trust.jws import Key, Keyring

RSA_BITS: Final = 2_048
"""Shorter RSA keys can be broken."""

_KID = re.compile(r"[!-~]{1,128}\Z")


def identity_keyring(secret: str, keys: str) -> Keyring:
    """The keyring for identity tokens: the shared secret and the public keys of a JWKS.

    `keys` is JSON, or the path of a file with it, or empty. Raises `SettingsError`.
    """
    named: dict[str, Key] = {}
    unnamed = [shared_key(secret)] if secret else []
    for jwk in _jwks(keys):
        key, kid = _public_key(jwk), jwk.get("kid")
        if kid is None:
            unnamed.append(key)
        elif not isinstance(kid, str) or not _KID.match(kid):
            raise _unusable("a kid is not 1–128 printable ASCII characters")
        elif kid in named:
            raise _unusable(f"the kid {kid} names two keys; each key needs its own")
        else:
            named[kid] = key
    return Keyring(named, unnamed)


def shared_key(secret: str) -> Key:
    """The shared secret as an HS256 key; raises `SettingsError` for what is meant to be public."""
    try:
        return Key("HS256", HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(secret))
    except InvalidKeyError as error:
        raise SettingsError(f"{variable_of('identity_secret')}: {error}") from None


def _jwks(keys: str) -> list[dict[str, Any]]:
    if not keys.strip():
        return []
    try:
        text = keys if keys.lstrip().startswith("{") else Path(keys.strip()).read_text("utf-8")
        found = json.loads(text)
    except OSError as error:
        raise _unusable(f"the file cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise _unusable("it is not JSON") from None
    members = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(members, list) or not all(isinstance(one, dict) for one in members):
        raise _unusable('it is not a JWKS: an object with a list of keys under "keys"')
    return members


def _public_key(jwk: dict[str, Any]) -> Key:
    if "d" in jwk or jwk.get("kty") == "oct":
        raise _unusable("it holds a private or secret key; only public keys belong here")
    if jwk.get("use", "sig") != "sig":
        raise _unusable("it holds a key that is not for signatures")
    key = _typed_key(jwk)
    if jwk.get("alg", key.algorithm) != key.algorithm:
        raise _unusable(f"a key says another algorithm than {key.algorithm}, which its type has here")
    return key


def _typed_key(jwk: dict[str, Any]) -> Key:
    """The key object; the type of the key alone decides its algorithm."""
    material: Any
    try:
        match jwk.get("kty"):
            case "OKP":
                algorithm, material = "EdDSA", OKPAlgorithm.from_jwk(jwk)
            case "EC":
                algorithm, material = "ES256", ECAlgorithm.from_jwk(jwk)
            case "RSA":
                algorithm, material = "RS256", RSAAlgorithm.from_jwk(jwk)
            case _:
                raise _unusable("a key's kty is none of OKP, EC, RSA")
    except (InvalidKeyError, ValueError, TypeError, KeyError) as error:
        raise _unusable(f"a key cannot be read: {error}") from None
    if not _is_accepted(material):
        raise _unusable(f"a key is none of Ed25519, P-256, RSA of at least {RSA_BITS} bits")
    return Key(algorithm, material)


def _is_accepted(material: Any) -> bool:
    match material:
        case Ed25519PublicKey():
            return True
        case EllipticCurvePublicKey():
            return isinstance(material.curve, SECP256R1)
        case RSAPublicKey():
            return material.key_size >= RSA_BITS
        case _:
            return False


def _unusable(reason: str) -> SettingsError:
    return SettingsError(f"{variable_of('identity_keys')}: {reason}.")
