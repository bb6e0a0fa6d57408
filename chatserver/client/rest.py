"""The few HTTP requests that clients need beside the socket."""

from typing import Any, Final

import aiohttp
import msgspec
from msgspec import Struct

from chatserver.client.wire import ErrorBody
from chatserver.core.errors import ChatError


class Tokens(Struct, frozen=True):
    """What signing in gives; `expires_in` is seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class _Failure(Struct, frozen=True):
    error: ErrorBody


_failure: Final = msgspec.json.Decoder(_Failure)


class Rest:
    """HTTP at one server; `authorization` is the header's value, such as `Bearer …` or `Visitor …`."""

    def __init__(self, http: aiohttp.ClientSession, url: str, authorization: str = "") -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._headers = {"Authorization": authorization} if authorization else {}

    async def sign_in(self, email: str, password: str) -> Tokens:
        """Tokens of an agent. Raises `ChatError`."""
        body = {"email": email, "password": password}
        return msgspec.json.decode(await self._ask("POST", "/api/v1/sign-in", body), type=Tokens)

    async def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens; each refresh token works once. Raises `ChatError`."""
        body = {"refresh_token": refresh_token}
        return msgspec.json.decode(await self._ask("POST", "/api/v1/refresh", body), type=Tokens)

    async def transcript(self, conversation: str, thread: str = "public") -> list[dict[str, Any]]:
        """The events of a thread as `sync` gives them. Raises `ChatError`."""
        path = f"/api/v1/conversations/{conversation}/transcript?format=json&thread={thread}"
        events: list[dict[str, Any]] = msgspec.json.decode(await self._ask("GET", path))["events"]
        return events

    async def _ask(self, method: str, path: str, body: Any = None) -> bytes:
        async with self._http.request(method, self._url + path, json=body, headers=self._headers) as answer:
            content = await answer.read()
            if answer.ok:
                return content
            try:
                error = _failure.decode(content).error
            except msgspec.MsgspecError:
                raise ConnectionError(f"{method} {path}: HTTP {answer.status}") from None
            raise ChatError(error.code, error.message, field=error.field, retry_after_ms=error.retry_after_ms)
