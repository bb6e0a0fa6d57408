"""A real mail server for tests: takes mail, or fails, stalls and restarts as it is told."""

import asyncio
import email
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP


class MailServer:
    """Listens on loopback; `answers` are given to the next mails instead of taking them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.receivers: list[list[str]] = []
        self.answers: list[str] = []
        self.tried = 0
        self.held = asyncio.Event()
        """Cleared, a mail is taken and its sender not told until it is set again."""
        self.held.set()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._news = asyncio.Event()

    @property
    def url(self) -> str:
        """For `CHATSERVER_SMTP_URL`."""
        return f"smtp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen, on the port of before if there was one."""
        loop = asyncio.get_running_loop()
        make = cast("Callable[[], asyncio.Protocol]", lambda: SMTP(self, hostname="mail.test", loop=loop))
        self._server = await loop.create_server(make, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be away."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (its name)
        """Called by the server for each mail."""
        self.tried += 1
        self._news.set()
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        self.receivers.append(list(envelope.rcpt_tos))
        await self.held.wait()
        return "250 OK"

    async def until(self, holds: Callable[["MailServer"], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(20):
            while not holds(self):
                self._news.clear()
                await self._news.wait()

    async def got(self, count: int) -> list[EmailMessage]:
        """Wait for so many mails altogether."""
        await self.until(lambda server: len(server.mails) >= count)
        return self.mails


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A server that listens until the end."""
    server = MailServer()
    await server.start()
    try:
        yield server
    finally:
        server.held.set()
        await server.stop()


def text_of(mail: EmailMessage, kind: str) -> str:
    """The part of a mail as `plain` or `html`."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
