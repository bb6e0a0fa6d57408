"""To whom mail may be sent, and how much of it. Pure: counts come in as arguments."""

import re
from typing import Final

from msgspec import Struct

from chatserver.core.errors import ChatError, conflict, invalid

DAY_MS: Final = 24 * 3_600_000

_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class MailLimits(Struct, frozen=True):
    """Mails within a day; 0 is no limit.

    `one_user`, `one_agent` cause them, `one_address` gets them: our server must not fill a stranger's mailbox.
    """

    one_user: int
    one_agent: int
    one_address: int


def mail_limits(rate_factor: float) -> MailLimits:
    """The limits under `CHATSERVER_RATE_FACTOR`; 0 is none."""
    return MailLimits(*(max(1, round(most * rate_factor)) if rate_factor else 0 for most in (5, 50, 5)))


def check_address(given: str) -> str:
    """One address as it goes into a header, its domain in ASCII; raises `invalid` for anything else.

    Only what needs no quoting passes: no list, no comment, no line break could be hidden in it.
    """
    local, _, domain = given.rpartition("@")
    try:
        host = domain.encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    labels = host.split(".")
    sound = len(local) <= 64 and _LOCAL.fullmatch(local) and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not sound or labels[-1].isdigit():
        raise invalid("email", "This is not an e-mail address that mail can be sent to.")
    return f"{local}@{host}"


def check_amount(sent_by: int, sent_to: int, most_by: int, most_to: int) -> None:
    """Raise `rate_limited` when somebody has sent, or an address has got, as much as a day allows."""
    if (most_by and sent_by >= most_by) or (most_to and sent_to >= most_to):
        message = "Too many mails in one day. Save the transcript as a file instead, or ask again tomorrow."
        raise ChatError("rate_limited", message, retry_after_ms=DAY_MS // 24)


def check_worth(*, is_visitor: bool, had_agent: bool) -> None:
    """Raise `conflict` for an anonymous user whom no agent has served: anybody can be one, any number of times."""
    if is_visitor and not had_agent:
        raise conflict("Mail can be sent once an agent has joined. Save the transcript as a file instead.")
