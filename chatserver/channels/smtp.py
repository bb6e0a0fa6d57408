"""Mail goes out: one server, named by a URL, and what its answers mean for the outbox."""

import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib
from msgspec import Struct

from chatserver.channels.rules import check_address
from chatserver.core.errors import ChatError
from chatserver.core.outbox import NotNow, Undeliverable
from chatserver.settings import SettingsError

TIMEOUT_S: Final = 20.0
"""For each step of the talk with the server; an attempt as a whole is given up by the outbox."""

PORTS: Final = {"smtp": 587, "smtps": 465}
LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}


_FORM: Final = (
    "CHATSERVER_SMTP_URL must look like smtp://user:password@host:587, smtps://host:465 or smtp://host:25?starttls=no."
)


class MailSettingsError(SettingsError):
    """The server or the sender cannot be used; the message names the setting and says why."""


class Post(Struct, frozen=True):
    """The mail server and who we are to it; with `starttls` the link is encrypted before anything else is said."""

    host: str
    port: int
    tls: bool
    starttls: bool
    username: str
    password: str
    sender: Address

    @property
    def domain(self) -> str:
        """The sender's domain: ids of mails end with it."""
        return self.sender.domain


def post_of(url: str, sender: str) -> Post | None:
    """The mail server of the settings; None when there is none. Raises `MailSettingsError`."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise MailSettingsError(_FORM) from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    host, tls = parts.hostname or "", parts.scheme == "smtps"
    starttls = options.pop("starttls", "no" if host in LOOPBACK else "yes")
    if not host or options or starttls not in {"yes", "no"}:
        raise MailSettingsError(_FORM)
    who = (unquote(parts.username or ""), unquote(parts.password or ""))
    return Post(host, port, tls, starttls == "yes" and not tls, *who, _sender(sender))


def _sender(given: str) -> Address:
    name, address = parseaddr(given if given.isprintable() else "")
    try:
        return Address(name, addr_spec=check_address(address))
    except (ChatError, ValueError):
        raise MailSettingsError(
            "CHATSERVER_MAIL_FROM must be the sender of our mail, as in Support <support@example.com>."
        ) from None


class Smtp:
    """Hands mails to the server. Raises `NotNow` or `Undeliverable`, in words that tell nothing of the mail."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def send(self, message: EmailMessage) -> None:
        """Return when the server has taken it."""
        post = self.post
        who: dict[str, Any] = {"username": post.username, "password": post.password} if post.username else {}
        try:
            await aiosmtplib.send(
                message,
                hostname=post.host,
                port=post.port,
                use_tls=post.tls,
                start_tls=post.starttls,
                tls_context=ssl.create_default_context() if post.tls or post.starttls else None,
                timeout=TIMEOUT_S,
                **who,
            )
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPSenderRefused) as error:
            raise NotNow(f"smtp {error.code}: we are refused") from None  # ours to mend; the mail is as good as before
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise _meaning(max(codes, default=550)) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _meaning(error.code) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow(type(error).__name__) from None


def _meaning(code: int) -> Exception:
    """Codes of 500 and above are for ever, all others for now."""
    return Undeliverable(f"smtp {code}") if code >= 500 else NotNow(f"smtp {code}")
