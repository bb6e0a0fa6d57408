"""Credentials of the people in a run, given from outside."""

import asyncio
import time
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from chatserver.client import Rest, Tokens
from chatserver.loadtest.options import AgentLogin, AuthSource

RENEW_BEFORE_S: Final = 90.0
"""`auth_expiring` comes a minute before the end: what is older then is replaced."""


class PeopleError(ValueError):
    """Nobody can be signed in; the message says what to do."""


class SignedIn:
    """An agent with a password: signs in once, then goes on with refresh tokens."""

    def __init__(self, url: str, login: AgentLogin, http: aiohttp.ClientSession) -> None:
        self._rest = Rest(http, url)
        self._login = login
        self._tokens: Tokens | None = None
        self._fresh_until = 0.0
        self._one_at_a_time = asyncio.Lock()  # a refresh token that is used twice ends the sign-in

    async def __call__(self) -> dict[str, Any]:
        """The object for CONNECT. Raises `ChatError`."""
        async with self._one_at_a_time:
            if self._tokens is None:
                self._keep(await self._rest.sign_in(self._login.email, self._login.password))
            elif time.monotonic() >= self._fresh_until:
                self._keep(await self._rest.refresh(self._tokens.refresh_token))
            assert self._tokens is not None
            return {"as": "agent", "token": self._tokens.access_token}

    def _keep(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._fresh_until = time.monotonic() + tokens.expires_in - RENEW_BEFORE_S


def with_token(token: str) -> AuthSource:
    """An agent with an access token made before."""
    return lambda: {"as": "agent", "token": token}


def read_logins(path: Path) -> list[AgentLogin]:
    """E-mails and passwords, a JSON object a line; a file for `agent import` fits. Raises `PeopleError`, `OSError`."""
    decoder = msgspec.json.Decoder(AgentLogin)
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                found.append(decoder.decode(line))
            except msgspec.MsgspecError as error:
                raise PeopleError(f"{path}, line {number}: {error}") from None
    return found


def anonymous(_number: str, _name: str, locale: str) -> AuthSource:
    """A user whom nobody knows."""
    return lambda: {"as": "user", "locale": locale}
