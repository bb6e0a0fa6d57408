"""Keys from the settings: what cannot be used is refused at the start, with the variable's name."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from chatserver.settings import SettingsError
from chatserver.trust.jws import TokenRefused
from chatserver.trust.keyring import identity_keyring

ED_KEY = ed25519.Ed25519PrivateKey.generate()
ED: dict[str, Any] = OKPAlgorithm.to_jwk(ED_KEY.public_key(), as_dict=True)
EC: dict[str, Any] = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True)


def keys(*members: Any) -> str:
    return json.dumps({"keys": members})


def small_rsa() -> dict[str, Any]:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)
    return RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)


def other_curves() -> list[dict[str, Any]]:
    p384 = ec.generate_private_key(ec.SECP384R1()).public_key()
    return [
        ECAlgorithm.to_jwk(p384, as_dict=True),
        OKPAlgorithm.to_jwk(ed448.Ed448PrivateKey.generate().public_key(), as_dict=True),
    ]


def test_keys_come_from_text_or_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(keys({**ED, "kid": "one"}))
    for given in (keys({**ED, "kid": "one"}), str(file), f"  {keys({**ED, 'kid': 'one'})}"):
        assert identity_keyring("", given).choose({"alg": "EdDSA", "kid": "one"}).algorithm == "EdDSA"


def test_no_keys_at_all_choose_nothing() -> None:
    with pytest.raises(TokenRefused):
        identity_keyring("", "").choose({"alg": "HS256"})


def test_a_token_without_key_id_fits_when_one_key_has_its_algorithm() -> None:
    ring = identity_keyring("secret", keys(ED, {**EC, "kid": "ec"}))
    assert [ring.choose({"alg": name}).algorithm for name in ("HS256", "EdDSA", "ES256")] == ["HS256", "EdDSA", "ES256"]
    with pytest.raises(TokenRefused):
        ring.choose({"alg": "RS256"})


def test_a_token_without_key_id_is_refused_when_two_keys_might_be_meant() -> None:
    other = OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate().public_key(), as_dict=True)
    ring = identity_keyring("", keys({**ED, "kid": "a"}, {**other, "kid": "b"}))
    assert ring.choose({"alg": "EdDSA", "kid": "b"}).algorithm == "EdDSA"
    with pytest.raises(TokenRefused):
        ring.choose({"alg": "EdDSA"})


UNUSABLE: list[tuple[str, str]] = [
    ("{", "not JSON"),
    ("{" * 100_000, "not JSON"),
    ("[]", "cannot be read"),
    ("/nowhere/keys.json", "cannot be read"),
    ('{"keys": {}}', "JWKS"),
    ('{"keys": [1]}', "JWKS"),
    ("{}", "JWKS"),
    (keys({"kty": "oct", "k": "AAAA", "kid": "x"}), "only public keys"),
    (keys(OKPAlgorithm.to_jwk(ED_KEY, as_dict=True)), "only public keys"),
    (keys({**ED, "alg": "HS256"}), "another algorithm"),
    (keys({**EC, "alg": "ES384"}), "another algorithm"),
    (keys({**ED, "use": "enc"}), "not for signatures"),
    (keys({**ED, "kid": "x"}, {**EC, "kid": "x"}), "names two keys"),
    (keys({**ED, "kid": ""}), "kid"),
    (keys({**ED, "kid": 7}), "kid"),
    (keys({"kty": "OKP", "crv": "Ed25519", "x": "!"}), "cannot be read"),
    (keys({"kty": "EC", "crv": "P-256"}), "cannot be read"),
    (keys({"kty": "RSA", "n": "AQAB"}), "cannot be read"),
    (keys({"kty": "quantum"}), "kty"),
    (keys(small_rsa()), "2048 bits"),
    *[(keys(one), "none of Ed25519") for one in other_curves()],
]
"""Each with what the refusal says."""


# Numbered: the keys differ from run to run, and names of tests must not.
@pytest.mark.parametrize(("given", "says"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_keys_that_cannot_be_used_stop_the_start(given: str, says: str) -> None:
    with pytest.raises(SettingsError, match=f"CHATSERVER_IDENTITY_KEYS: .*{says}"):
        identity_keyring("secret", given)


def test_a_public_key_as_shared_secret_stops_the_start() -> None:
    pem = ED_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for spelling in (pem, pem.replace("\n", "\r\n"), f"  {pem}"):
        with pytest.raises(SettingsError, match="CHATSERVER_IDENTITY_SECRET"):
            identity_keyring(spelling, "")
