"""The built web pages, with a strict content security policy; text is only ever text."""

import gzip
import mimetypes
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import hdrs, web

from chatserver.core.errors import not_found

WEB_ROOT: Final = Path(__file__).parent.parent / "web"
"""Where a wheel carries the built pages."""

CHECKOUT_ROOT: Final = Path(__file__).parent.parent.parent / "web_widget" / "dist"
"""Where a checkout has them after its build."""

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' ws: wss:; font-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)

_CONSOLE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Who takes over the console speaks as an agent, so its page can talk to nobody else, and no text can become markup
there: every such assignment is an error. Agents have browsers in which `'self'` covers the socket, too."""

FOREVER: Final = "public, max-age=31536000, immutable"
"""Assets carry a hash in their names."""

ALWAYS_ASK: Final = "no-cache"

_GZIP: Final = re.compile(r"(?:^|,)\s*gzip\s*(?:;\s*q=(?P<weight>[01](?:\.\d{0,3})?))?\s*(?:,|$)", re.IGNORECASE)

PACKED: Final = ("text/", "image/svg", "application/javascript")
"""What gets smaller by packing."""


class Pages:
    """Serves the pages and their assets from one folder; `frame_ancestors` may show the widget."""

    def __init__(self, root: Path, frame_ancestors: str) -> None:
        self._root = root
        self._frame_ancestors = frame_ancestors
        self._packed: dict[str, bytes] = {}

    def mount(self, app: web.Application, *, demo: bool) -> None:
        """Add the routes of the pages; the demo wallet only where it is wanted."""
        app.router.add_get("/console", self._page("console/index.html", _CONSOLE_POLICY))
        app.router.add_get("/widget", self._page("widget/index.html", _POLICY.format(ancestors=self._frame_ancestors)))
        app.router.add_get("/widget.js", self._script)
        app.router.add_get("/assets/{name}", self._asset)
        if demo:
            app.router.add_get("/", self._page("demo/index.html", _POLICY.format(ancestors="'none'")))

    def _page(self, name: str, policy: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            headers = {"Content-Security-Policy": policy, hdrs.CACHE_CONTROL: ALWAYS_ASK}
            headers[hdrs.CONTENT_TYPE] = "text/html; charset=utf-8"
            return self._answer(request, name, headers)

        return handle

    async def _script(self, request: web.Request) -> web.StreamResponse:
        headers = {hdrs.CACHE_CONTROL: ALWAYS_ASK, "Cross-Origin-Resource-Policy": "cross-origin"}
        headers[hdrs.CONTENT_TYPE] = "text/javascript; charset=utf-8"
        return self._answer(request, "widget.js", headers)

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        headers: dict[str, str] = {hdrs.CACHE_CONTROL: FOREVER, hdrs.CONTENT_TYPE: kind}
        return self._answer(request, f"assets/{name}", headers)

    def _answer(self, request: web.Request, name: str, headers: dict[str, str]) -> web.Response:
        """A file, packed for whoever can unpack it: nothing in it is secret, so its length tells nothing."""
        body = self._read(name)
        headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if _unpacks(request) and headers[hdrs.CONTENT_TYPE].startswith(PACKED):
            if name not in self._packed or headers[hdrs.CACHE_CONTROL] != FOREVER:
                self._packed[name] = gzip.compress(body, mtime=0)
            body = self._packed[name]
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=body, headers=headers)

    def _read(self, name: str) -> bytes:
        file = (self._root / name).resolve()
        if not file.is_relative_to(self._root.resolve()) or not file.is_file():
            raise not_found("page")
        return file.read_bytes()


def _unpacks(request: web.Request) -> bool:
    """Whether the client names gzip among what it unpacks, and does not rule it out."""
    offered = _GZIP.search(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    return offered is not None and float(offered["weight"] or 1) > 0


def find_pages() -> Path:
    """The folder of the built pages: of the wheel, else of the checkout."""
    return WEB_ROOT if WEB_ROOT.is_dir() else CHECKOUT_ROOT
