"""The company's own sign-in by OpenID Connect: found by its issuer, asked over HTTPS, believed by its keys."""

import asyncio
import time
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import aiohttp
import jwt
import msgspec
import structlog
from msgspec import Struct

from chatserver.settings import Settings
from chatserver.trust.oidc import Claims, ProviderAway, ProviderRefused

TIMEOUT: Final = aiohttp.ClientTimeout(total=4)
"""Below the deadline of a route, so that a slow provider is told from a slow server."""

ANSWER_BYTES: Final = 262_144
FRESH_S: Final = 3_600.0
"""Where a provider's parts are, and its keys, are asked for again after an hour; unknown keys at once."""

KEYS_AGAIN_S: Final = 10.0
"""Not more often: tokens with made-up key ids must not make us hammer the provider."""

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures by public key only: nobody who knows our client secret can make a token."""

LEEWAY_S: Final = 30

log = structlog.get_logger(__name__)


class Discovered(Struct, frozen=True):
    """What the provider says of itself (`.well-known/openid-configuration`)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class OidcProvider:
    """One provider; implements `trust.oidc.Provider`."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, redirect_uri: str) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id = client_id
        self._client_secret = client_secret
        self._redirect_uri = redirect_uri
        self._found: Discovered | None = None
        self._keys: jwt.PyJWKSet | None = None
        self._found_at = self._keys_at = float("-inf")
        self._turn = asyncio.Lock()

    async def address(self, state: str, nonce: str, challenge: str) -> str:
        """Where a browser is sent to sign in; `challenge` is PKCE's, S256. Raises `ProviderAway`."""
        found = await self._discover()
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in found.authorization_endpoint else "?"
        return f"{found.authorization_endpoint}{joint}{urlencode(asked)}"

    async def claims(self, code: str, nonce: str, verifier: str) -> Claims:
        """Who the provider says has signed in. Raises `ProviderAway` and `ProviderRefused`."""
        found = await self._discover()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        answer = await self._fetch("POST", found.token_endpoint, data=form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused("it gave no identity token")
        claims = await self._verified(token, found)
        if claims.get("nonce") != nonce:
            raise ProviderRefused("its token answers another question")
        try:
            return msgspec.convert(claims, Claims)
        except msgspec.ValidationError:
            raise ProviderRefused("its token names no e-mail address") from None

    async def _verified(self, token: str, found: Discovered) -> dict[str, Any]:
        try:
            key_id = jwt.get_unverified_header(token).get("kid")
            key = await self._key(key_id, found)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._client_id,
                issuer=found.issuer,
                leeway=LEEWAY_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise ProviderRefused(f"its token does not hold: {type(error).__name__}") from None
        return claims

    async def _key(self, key_id: Any, found: Discovered) -> jwt.PyJWK:
        key = self._known(key_id)
        if key is None or time.monotonic() - self._keys_at > FRESH_S:
            await self._fetch_keys(found)
            key = self._known(key_id)
        if key is None:
            raise ProviderRefused("its token is signed by an unknown key")
        return key

    def _known(self, key_id: Any) -> jwt.PyJWK | None:
        keys = self._keys.keys if self._keys is not None else []
        if key_id is None:
            return keys[0] if len(keys) == 1 else None
        return next((key for key in keys if key.key_id == key_id), None)

    async def _fetch_keys(self, found: Discovered) -> None:
        async with self._turn:
            if time.monotonic() - self._keys_at < KEYS_AGAIN_S:
                return
            answer = await self._fetch("GET", found.jwks_uri)
            try:
                self._keys = jwt.PyJWKSet.from_dict(answer)
            except jwt.PyJWTError:
                raise ProviderAway("it gave no usable keys") from None
            self._keys_at = time.monotonic()

    async def _discover(self) -> Discovered:
        if self._found is not None and time.monotonic() - self._found_at < FRESH_S:
            return self._found
        answer = await self._fetch("GET", f"{self._issuer}/.well-known/openid-configuration")
        try:
            found = msgspec.convert(answer, Discovered)
        except msgspec.ValidationError:
            raise ProviderAway("its description is not what OpenID Connect asks for") from None
        if found.issuer.rstrip("/") != self._issuer:
            raise ProviderAway("it calls itself by another name than CHATSERVER_OIDC_ISSUER")
        self._found, self._found_at = found, time.monotonic()
        return found

    async def _fetch(self, method: str, url: str, data: dict[str, str] | None = None) -> dict[str, Any]:
        # Form-encoded before it is put together: RFC 6749, 2.3.1.
        words = (quote_plus(self._client_id), quote_plus(self._client_secret))
        headers = {"Authorization": aiohttp.encode_basic_auth(*words)} if data is not None else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as http,
                http.request(method, url, data=data, headers=headers, allow_redirects=False) as answer,
            ):
                body = await answer.content.read(ANSWER_BYTES)
                status = answer.status
            decoded = msgspec.json.decode(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderAway(f"it does not answer: {type(error).__name__}") from None
        except msgspec.DecodeError:
            raise ProviderAway(f"it answers {status} without JSON") from None
        if not isinstance(decoded, dict):
            raise ProviderAway(f"it answers {status} with something else than an object")
        if status == 400 and data is not None:
            raise ProviderRefused("the code is not good any more")
        if status != 200:
            raise ProviderAway(f"it answers {status}")
        return decoded


def provider_of(settings: Settings) -> OidcProvider | None:
    """The company's own sign-in, if it is set up."""
    if not settings.oidc_issuer:
        return None
    back = f"{settings.public_url.rstrip('/')}/api/v1/sign-in/oidc/back"
    return OidcProvider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, back)
