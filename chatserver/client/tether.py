"""One socket after another, for as long as the client lives."""

import asyncio
import inspect
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import aiohttp

from chatserver.client import wire
from chatserver.client.habits import Habits
from chatserver.client.link import Link, LinkLost
from chatserver.core.errors import ChatError

Auth = Mapping[str, Any]
"""The object that CONNECT carries."""

AuthSource = Callable[[], "Auth | Awaitable[Auth]"]
"""Gives fresh credentials whenever some are needed."""

COME_BACK: Final = frozenset({"retry", "rate_limited", "storage"})
"""Refusals of CONNECT after which trying again is worthwhile."""

_log = logging.getLogger("chatserver.client")


class Credentials:
    """What CONNECT carries; remembers the key under which an anonymous user comes back."""

    def __init__(self, auth: "Auth | AuthSource") -> None:
        self._auth = auth
        self.visitor: str | None = None

    @property
    def renewable(self) -> bool:
        """Whether fresh ones can be had."""
        return callable(self._auth)

    async def present(self) -> dict[str, Any]:
        """The credentials to use now."""
        given = self._auth() if callable(self._auth) else self._auth
        auth = dict(await given if inspect.isawaitable(given) else given)
        if self.visitor is not None:
            auth["visitor"] = self.visitor
        return auth


class Tether:
    """Connects, reads, and connects again after a pause.

    `on_packet` gets every packet after CONNECT was accepted, `on_lost` is told when a socket is gone, `on_frame`, if
    set, sees the text frames as they come. `link` is the socket that was signed in last, None between two.
    """

    def __init__(self, urls: Sequence[str], credentials: Credentials, habits: Habits) -> None:
        self._urls = urls
        self._credentials = credentials
        self._habits = habits
        self._moving = False
        self.link: Link | None = None
        self.on_packet: Callable[[wire.Packet], Awaitable[None]]
        self.on_lost: Callable[[], None]
        self.on_frame: Callable[[str], None] | None = None

    async def send(self, frame: str) -> None:
        """Put a frame on the present socket. Raises `LinkLost`, also when there is none."""
        if self.link is None:
            raise LinkLost("There is no socket at this moment.")
        await self.link.send(frame)

    def drop(self) -> None:
        """Lose the present socket; the next one follows after a pause."""
        if self.link is not None:
            self.link.drop()

    def move(self) -> None:
        """Leave the present socket for a new one at once."""
        self._moving = self.link is not None
        self.drop()

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Keep a socket up for ever. Raises `ChatError` when refused for good, `WireError`."""
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            began, pause_s = loop.time(), 0.0
            try:
                await self._live(http)
            except ChatError as refusal:
                if refusal.code not in COME_BACK:
                    raise
                pause_s = (refusal.retry_after_ms or 0) / 1000
            except (OSError, TimeoutError, aiohttp.ClientError) as lost:
                _log.debug("link lost: %s", lost)
            attempt = 1 if loop.time() - began >= self._habits.steady_s else attempt + 1
            if not self._moving:
                await asyncio.sleep(max(pause_s, self._habits.backoff_s(attempt)))
            self._moving = False

    async def _live(self, http: aiohttp.ClientSession) -> None:
        """One socket from CONNECT to its end. Raises `ChatError` when refused, `LinkLost` at the end."""
        auth = await self._credentials.present()
        async with asyncio.timeout(self._habits.connect_s):
            link = await Link.open(http, random.choice(self._urls))  # noqa: S311 - no secret in it
        try:
            async with asyncio.timeout(self._habits.connect_s):
                await link.sign_in(auth)
            self.link = link
            while True:
                frame = await link.receive()
                if self.on_frame is not None:
                    self.on_frame(frame)
                await self.on_packet(wire.decode(frame))
        finally:
            self.link = None
            self.on_lost()
            await link.close()
