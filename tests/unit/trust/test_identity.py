"""Identity tokens: every algorithm for real, and every known way to fake one."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from chatserver.trust.identity import Identity, IdentityTokens, identity_of, locale_of, mint_user_token, user_id
from chatserver.trust.jws import MAX_TOKEN_LENGTH, TokenRefused, take_apart
from chatserver.trust.keyring import identity_keyring, shared_key
from tests.trust_house import SECRET, START_MS, TurnedClock

NOW_S = START_MS // 1_000
ED = ed25519.Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PUBLIC: dict[str, Any] = {"ed": ED.public_key(), "ec": EC.public_key(), "rsa": RSA.public_key()}
PRIVATE = {"ed": ("EdDSA", ED), "ec": ("ES256", EC), "rsa": ("RS256", RSA)}
GOOD: dict[str, Any] = {"sub": "alice", "aud": "chatserver", "iat": NOW_S, "exp": NOW_S + 300}


def jwks() -> str:
    """The three public keys, each with its id."""
    keys = [
        {**OKPAlgorithm.to_jwk(PUBLIC["ed"], as_dict=True), "kid": "ed"},
        {**ECAlgorithm.to_jwk(PUBLIC["ec"], as_dict=True), "kid": "ec"},
        {**RSAAlgorithm.to_jwk(PUBLIC["rsa"], as_dict=True), "kid": "rsa", "alg": "RS256"},
    ]
    return json.dumps({"keys": keys})


@pytest.fixture(scope="module")
def identities() -> IdentityTokens:
    return IdentityTokens(identity_keyring(SECRET, jwks()), TurnedClock())


def read(identities: IdentityTokens, token: str) -> Identity:
    return identities.read(take_apart(token))


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def shared(header: Any, claims: Any, secret: bytes = SECRET.encode()) -> str:
    """Any header over any claims, with a good HS256 signature."""
    signed = f"{segment(header)}.{segment(claims)}"
    return f"{signed}.{segment(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def test_a_token_signed_with_the_shared_secret_is_accepted(identities: IdentityTokens) -> None:
    token = jwt.encode({**GOOD, "name": "Alice", "locale": "zh-Hans", "vip": True, "jti": "1"}, SECRET)
    assert read(identities, token) == Identity("alice", "alice", "Alice", "zh-CN", True, (NOW_S + 300) * 1_000)


@pytest.mark.parametrize("kid", PRIVATE)
@pytest.mark.parametrize("named", [True, False], ids=["with kid", "without kid"])
def test_every_public_key_algorithm_is_accepted(identities: IdentityTokens, kid: str, named: bool) -> None:
    algorithm, key = PRIVATE[kid]
    token = jwt.encode(GOOD, key, algorithm=algorithm, headers={"kid": kid} if named else None)  # type: ignore[arg-type]
    assert read(identities, token).user == "alice"


@pytest.mark.parametrize("kid", PRIVATE)
def test_a_signature_of_an_unknown_key_is_refused(identities: IdentityTokens, kid: str) -> None:
    strangers: dict[str, Any] = {
        "ed": ed25519.Ed25519PrivateKey.generate(),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "rsa": rsa.generate_private_key(public_exponent=65_537, key_size=2_048),
    }
    token = jwt.encode(GOOD, strangers[kid], algorithm=PRIVATE[kid][0], headers={"kid": kid})
    with pytest.raises(TokenRefused, match="signature"):
        read(identities, token)


@pytest.mark.parametrize("kid", PRIVATE)
@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS384", "ES512", None])
def test_a_good_signature_under_another_algorithms_name_is_refused(
    identities: IdentityTokens, kid: str, algorithm: str | None
) -> None:
    name, key = PRIVATE[kid]
    engine = jwt.get_algorithm_by_name(name)
    for claimed, accepted in ((name, True), (algorithm, False)):
        signed = f"{segment({'alg': claimed, 'kid': kid})}.{segment(GOOD)}"
        token = f"{signed}.{segment(engine.sign(signed.encode(), key))}"
        if accepted:
            assert read(identities, token).user == "alice"
        else:
            with pytest.raises(TokenRefused):
                read(identities, token)


@pytest.mark.parametrize("kid", [*PRIVATE, None])
@pytest.mark.parametrize(
    "signature", [b"", b"\0", b"\0" * 64, b"\0" * 256, b"\xff" * 64], ids=lambda s: f"{len(s)} bytes"
)
def test_a_worthless_signature_is_refused(identities: IdentityTokens, kid: str | None, signature: bytes) -> None:
    header = {"alg": PRIVATE[kid][0], "kid": kid} if kid else {"alg": "HS256"}
    with pytest.raises(TokenRefused):
        read(identities, f"{segment(header)}.{segment(GOOD)}.{segment(signature)}")


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "nOnE", "NONE", "", None, "HS512", "HS384", "ES384", ["HS256"], {}]
)
@pytest.mark.parametrize("signature", ["", "AAAA"])
def test_an_algorithm_that_is_not_the_keys_own_is_refused(
    identities: IdentityTokens, algorithm: Any, signature: str
) -> None:
    with pytest.raises(TokenRefused):
        read(identities, f"{segment({'alg': algorithm})}.{segment(GOOD)}.{signature}")


def pem_spellings(kid: str) -> list[bytes]:
    key = PUBLIC[kid]
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return [pem, pem.strip(), pem.replace(b"\n", b"\r\n"), b"\n " + pem + b" \n", pem.replace(b"\n", b" "), der]


@pytest.mark.parametrize("kid", PRIVATE)
@pytest.mark.parametrize("spelling", range(6))
@pytest.mark.parametrize("named", [True, False])
def test_a_public_key_is_never_a_shared_secret(
    identities: IdentityTokens, kid: str, spelling: int, named: bool
) -> None:
    header = {"alg": "HS256", "typ": "JWT"} | ({"kid": kid} if named else {})
    with pytest.raises(TokenRefused):
        read(identities, shared(header, GOOD, pem_spellings(kid)[spelling]))


@pytest.mark.parametrize("kid", PRIVATE)
def test_the_shared_secret_does_not_speak_for_a_named_key(identities: IdentityTokens, kid: str) -> None:
    with pytest.raises(TokenRefused):
        read(identities, shared({"alg": "HS256", "kid": kid}, GOOD))


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../dev/null"},
        {"kid": "/dev/null"},
        {"kid": "x' UNION SELECT 'secret"},
        {"kid": "unknown"},
        {"kid": ""},
        {"kid": None},
        {"kid": 1},
        {"kid": ["ed"]},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MII"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"typ": "at+jwt"},
        {"typ": "JWE"},
        {"typ": 1},
    ],
    ids=str,
)
def test_a_header_that_wants_more_than_we_give_is_refused(identities: IdentityTokens, header: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(identities, shared({"alg": "HS256", **header}, GOOD))


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}, {"typ": "jwt"}, {"cty": "x", "x5t": "y"}], ids=str)
def test_a_header_that_says_nothing_new_is_accepted(identities: IdentityTokens, header: dict[str, Any]) -> None:
    assert read(identities, shared({"alg": "HS256", **header}, GOOD)).user == "alice"


BAD_CLAIMS: list[dict[str, Any]] = [
    {"aud": None},
    {"aud": "other"},
    {"aud": "Chatserver"},
    {"aud": []},
    {"aud": ["other"]},
    {"aud": ["chatserver", 1]},
    {"aud": {"chatserver": 1}},
    {"exp": None},
    {"exp": str(NOW_S + 300)},
    {"exp": NOW_S + 300.5},
    {"exp": float(NOW_S + 300)},
    {"exp": True},
    {"exp": NOW_S},
    {"exp": NOW_S - 1},
    {"exp": -1},
    {"exp": 10**30},
    {"exp": [NOW_S + 300]},
    {"iat": None},
    {"iat": True},
    {"nbf": False},
    {"iat": str(NOW_S)},
    {"iat": NOW_S + 31},
    {"iat": float(NOW_S)},
    {"nbf": NOW_S + 31},
    {"nbf": "0"},
    {"nbf": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "a b"},
    {"sub": "a\n"},
    {"sub": "аlice"},
    {"sub": "阿丽"},
    {"sub": "a\x00"},
    {"sub": "x" * 129},
    {"name": 7},
    {"name": ["Alice"]},
    {"locale": 7},
    {"vip": "yes"},
    {"vip": 1.5},
    {"jti": 7},
]


@pytest.mark.parametrize("change", BAD_CLAIMS, ids=str)
def test_a_claim_that_does_not_fit_is_refused(identities: IdentityTokens, change: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(identities, shared({"alg": "HS256"}, {**GOOD, **change}))


@pytest.mark.parametrize("name", ["sub", "aud", "exp", "iat"])
def test_a_missing_claim_is_refused(identities: IdentityTokens, name: str) -> None:
    with pytest.raises(TokenRefused):
        read(identities, shared({"alg": "HS256"}, {key: value for key, value in GOOD.items() if key != name}))


@pytest.mark.parametrize(
    "claims",
    [
        b'{"sub":"alice","sub":"bob","aud":"chatserver","iat":1,"exp":%d}' % (NOW_S + 300),
        b'{"sub":"alice","aud":"chatserver","iat":1,"exp":1,"exp":%d}' % (NOW_S + 300),
        b'{"sub":"alice","aud":"chatserver","iat":1,"exp":1e400}',
        b'{"sub":"alice","aud":"chatserver","iat":1,"exp":Infinity}',
        b'{"sub":"alice","aud":"chatserver","iat":NaN,"exp":%d}' % (NOW_S + 300),
        b'{"sub":"alice","aud":"chatserver","iat":1,"exp":' + b"9" * 5_000 + b"}",
        b'["sub"]',
        b'"alice"',
        b"null",
        b"",
        b"\xff\xfe",
        b"[" * 4_000,
    ],
    ids=range(12),
)
def test_claims_that_are_not_one_plain_object_are_refused(identities: IdentityTokens, claims: bytes) -> None:
    with pytest.raises(TokenRefused):
        read(identities, shared({"alg": "HS256"}, claims))


def test_a_header_member_that_occurs_twice_is_refused() -> None:
    with pytest.raises(TokenRefused):
        take_apart(shared(b'{"alg":"none","alg":"HS256"}', GOOD))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d",
        "a b.c.d",
        "é.b.c",
        "\ud800.b.c",
        "e30=.e30=.AAAA",
        "e30.e30.AAAA\n",
        "e30.e30.AAAB",
        "A.e30.AAAA",
        "." * 1_000_000,
        "A" * 1_000_000,
    ],
    ids=lambda token: f"{len(token)} characters",
)
def test_what_is_not_a_token_is_refused(identities: IdentityTokens, token: str) -> None:
    with pytest.raises(TokenRefused):
        read(identities, token)


def test_a_token_over_8_kb_is_refused_though_its_signature_is_good(identities: IdentityTokens) -> None:
    token = shared({"alg": "HS256"}, {**GOOD, "pad": "x" * MAX_TOKEN_LENGTH})
    with pytest.raises(TokenRefused, match="too long"):
        read(identities, token)


def test_one_changed_character_spoils_a_token(identities: IdentityTokens) -> None:
    header, claims, signature = shared({"alg": "HS256"}, GOOD).split(".")
    forged = segment({**GOOD, "sub": "bob"})
    for token in (f"{header}.{forged}.{signature}", f"{header}.{claims}.{signature[::-1]}"):
        with pytest.raises(TokenRefused):
            read(identities, token)


def test_spare_bits_do_not_give_a_token_a_second_spelling(identities: IdentityTokens) -> None:
    token = shared({"alg": "HS256"}, GOOD)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]
    assert read(identities, token).user == "alice"
    with pytest.raises(TokenRefused):
        read(identities, twin)


@pytest.mark.parametrize("audience", ["chatserver", ["chatserver"], ["wallet", "chatserver"]])
def test_an_audience_that_is_or_contains_us_is_accepted(identities: IdentityTokens, audience: Any) -> None:
    assert read(identities, shared({"alg": "HS256"}, {**GOOD, "aud": audience})).user == "alice"


def test_a_host_clock_may_run_half_a_minute_ahead() -> None:
    assert identity_of({**GOOD, "iat": NOW_S + 30, "nbf": NOW_S + 30}, START_MS).sub == "alice"


def test_a_token_is_good_until_its_end_and_not_a_moment_longer() -> None:
    end_ms = GOOD["exp"] * 1_000
    assert identity_of(GOOD, end_ms - 1).expires_at == end_ms
    with pytest.raises(TokenRefused, match="expired"):
        identity_of(GOOD, end_ms)


@pytest.mark.parametrize(("given", "found"), [(True, True), (False, False), (1, True), (0, False), (None, False)])
def test_vip_may_be_a_boolean_or_a_number(given: Any, found: bool) -> None:
    assert identity_of({**GOOD, "vip": given}, START_MS).vip is found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Alice", "Alice"),
        ("x" * 150, "x" * 100),
        (" 李\n四 ", "李 四"),
        ("  ", None),
        (None, None),
        ("\x00\ud800", None),
    ],
)
def test_a_name_is_one_line_of_at_most_100(name: Any, shown: str | None) -> None:
    assert identity_of({**GOOD, "name": name}, START_MS).name == shown


@pytest.mark.parametrize("sub", ["alice", "A-1_b", "x" * 64, "vx", "u"])
def test_a_plain_sub_is_the_user_id(sub: str) -> None:
    assert user_id(sub) == sub


@pytest.mark.parametrize("sub", ["alice@example.com", "x" * 65, "v_123", "u_123", "a/b", "did:web:x"])
def test_any_other_sub_becomes_a_digest(sub: str) -> None:
    assert user_id(sub).startswith("u_")
    assert len(user_id(sub)) == 24
    assert user_id(sub) == user_id(sub) != user_id(sub + "x")


@pytest.mark.parametrize(
    ("tag", "locale"),
    [("zh", "zh-CN"), ("zh-TW", "zh-CN"), ("ZH_hans", "zh-CN"), ("en-GB", "en"), ("de", "en"), ("", "en")],
)
def test_who_does_not_ask_for_chinese_gets_english(tag: str, locale: str) -> None:
    assert locale_of(tag) == locale


@pytest.mark.parametrize("secret", [SECRET, "short"])
def test_a_minted_token_is_read_back_by_us_and_by_others(secret: str) -> None:
    identities = IdentityTokens(identity_keyring(secret, ""), TurnedClock())
    token = mint_user_token(shared_key(secret), "bob", "Bob 李", now=START_MS, ttl_s=300)
    assert read(identities, token).name == "Bob 李"
    decoded = jwt.decode(token, options={"verify_signature": False})
    assert decoded == {"sub": "bob", "name": "Bob 李", "aud": "chatserver", "iat": NOW_S, "exp": NOW_S + 300}


def test_a_token_is_not_minted_for_a_sub_that_would_be_refused() -> None:
    with pytest.raises(ValueError, match="sub"):
        mint_user_token(shared_key(SECRET), "a b", None, now=START_MS, ttl_s=300)


def test_a_reason_repeats_nothing_of_what_the_token_brought(identities: IdentityTokens) -> None:
    for name in ("aud", "exp", "iat", "nbf", "vip"):
        with pytest.raises(TokenRefused) as refused:
            read(identities, shared({"alg": "HS256"}, {**GOOD, name: "canary-71c"}))
        assert "canary" not in refused.value.reason
