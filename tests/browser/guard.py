"""Watches for what no page may do: run foreign code, ask other hosts, put a credential in an address."""

import re
from collections import defaultdict
from typing import Final

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError, WebSocket

REPORT_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI, sample}) =>
  tellViolation(`${effectiveDirective} ${blockedURI} ${sample}`));
"""

CREDENTIAL: Final = re.compile(r"eyJ[\w-]{8,}\.|[?&#](access|token|jwt|visitor|auth|password)\w*=", re.IGNORECASE)
"""A signed token anywhere in an address, or a parameter by the name of a credential."""

NETWORK_GONE: Final = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_REFUSED", "net::ERR_NETWORK_CHANGED")
"""What a browser writes to its console when a test takes the network away."""


class Guard:
    """One for all contexts of a test; whatever it has found fails the test."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.findings: list[str] = []
        self.urls: list[str] = []
        self.heard: dict[Page, list[str]] = defaultdict(list)
        """What sockets have brought to each page."""
        self.forgiven: list[str] = []

    async def watch(self, context: BrowserContext) -> None:
        """Watch every page and frame that the context will have."""
        await context.expose_binding("tellViolation", lambda _, what: self.found(f"policy violated: {what}"))
        await context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("page", self._page)

    def forgive(self, *texts: str) -> None:
        """Errors on the console with one of these texts are what the test is about."""
        self.forgiven += texts

    def found(self, what: str) -> None:
        """Remember something that must not happen."""
        self.findings.append(what)

    def unforgiven(self) -> list[str]:
        """Everything found that the test did not announce."""
        return [one for one in self.findings if not any(text in one for text in self.forgiven)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found(f"console: {message.text} {message.location}")

    def _error(self, error: WebError) -> None:
        self.found(f"uncaught: {error.error}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.found(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self._socket(page, socket))

    def _socket(self, page: Page, socket: WebSocket) -> None:
        self._asked(socket.url.replace("ws://", "http://", 1))
        socket.on("framereceived", lambda frame: self.heard[page].append(str(frame)))

    def _request(self, request: Request) -> None:
        self._asked(request.url)

    def _asked(self, url: str) -> None:
        self.urls.append(url)
        if not url.startswith((self.address, "blob:", "data:", "about:")):
            self.found(f"foreign host asked: {url}")
        if CREDENTIAL.search(url):
            self.found(f"credential in an address: {url}")
