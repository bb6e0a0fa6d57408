"""Whom to tell of a weakness: `/.well-known/security.txt` (RFC 9116)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from aiohttp import web

from chatserver.core.errors import not_found
from chatserver.core.ports import Clock

GOOD_FOR: Final = timedelta(days=90)
"""The page says how long it may be believed; it is made anew for whoever asks."""


class SecurityTxt:
    """Serves the page when there is somebody to tell."""

    def __init__(self, contact: str, public_url: str, clock: Clock) -> None:
        self._contacts = [one.strip() for one in contact.split(",") if one.strip()]
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def mount(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get("/.well-known/security.txt", self._page)

    async def _page(self, _: web.Request) -> web.Response:
        if not self._contacts:
            raise not_found("page")
        until = datetime.fromtimestamp(self._clock.now() / 1_000, UTC) + GOOD_FOR
        lines = [f"Contact: {contact}" for contact in self._contacts]
        lines += [f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}", "Preferred-Languages: zh, en"]
        if self._public_url:
            lines.append(f"Canonical: {self._public_url}/.well-known/security.txt")
        return web.Response(text="".join(f"{line}\n" for line in lines), content_type="text/plain", charset="utf-8")
