"""Telephone numbers and e-mail addresses, where a desk wants them out of its chats."""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.numbers import ORDER_WORDS
from chatserver.trust.shield.spans import Span

_EMAIL: Final = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,5}\.[a-z]{2,24}"
)
# Chinese mobile numbers, grouped as people do it.
_MOBILE: Final = re.compile(
    r"(?<![0-9a-z.])(?:(?:\+|00)?\s?\(?86\)?[\s\-]?)?1[3-9]\d(?:[\s\-]?\d{4}[\s\-]?\d{4}"
    r"|[\s\-]?\d{3}[\s\-]?\d{3}[\s\-]?\d{2}|\d{8})(?![0-9a-z]|\.\d)"
)
_FOREIGN: Final = re.compile(r"(?<![0-9a-z+.,])(?:\+|00)[1-9]\d{0,2}(?:[\s\-.]?\(?\d{1,4}\)?){2,5}(?![0-9a-z])")
_AMERICAN: Final = re.compile(
    r"(?<![0-9a-z])(?:1[\s\-.])?(?:\([2-9]\d\d\)\s?|[2-9]\d\d[\-.\s])[2-9]\d\d[\-.\s]\d{4}(?![0-9a-z])"
)
_LANDLINE: Final = re.compile(r"(?<![0-9a-z])\(?0(?:10|2\d|[3-9]\d\d)\)?[\s\-]\d{7,8}(?![0-9a-z])")

_FREE_OF_CHARGE: Final = re.compile(
    r"[48]00[\s\-]?\d{3}[\s\-]?\d{4}|(?:\+?1[\s\-.])?\(?8(?:00|33|44|55|66|77|88)\)?[\s\-.]\d{3}[\s\-.]\d{4}"
)
# Mailboxes of companies are nobody's in particular.
_ROLE: Final = re.compile(
    r"(?:support|service|help|helpdesk|care|info|contact|complaints?|admin|abuse|security|legal|press|noreply|no-reply"
    r"|donotreply|notifications?|postmaster|kefu)@"
)
_HOTLINE: Final = re.compile(
    r"(?:热线|熱線|客服(?:电话|電話|号码)?|官方(?:电话|電話)|总机|hotline|help ?line|support line|call cent(?:er"
    r"|re))\W{0,4}(?:是|is)?\W{0,3}\Z"
)


def find_contacts(low: str) -> list[Span]:
    """Every telephone number and e-mail address, sorted."""
    found = list(_emails(low)) if "@" in low else []
    for pattern in (_MOBILE, _FOREIGN, _AMERICAN, _LANDLINE):
        for match in pattern.finditer(low):
            if not any(one.start < match.end() and match.start() < one.end for one in found) and _is_phone(low, match):
                found.append(Span(*match.span(), "pii"))
    return sorted(found)


def _emails(low: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(low):
        in_a_link = "//" in low[max(0, match.start() - 40) : match.start()].rsplit(" ", maxsplit=1)[-1]
        if not in_a_link and not _ROLE.match(low, match.start()):
            yield Span(*match.span(), "pii")


def _is_phone(low: str, match: re.Match[str]) -> bool:
    digits = sum(map(str.isdigit, match[0]))
    called_otherwise = ORDER_WORDS.search(low, max(0, match.start() - 8), match.start())
    return 8 <= digits <= 15 and not called_otherwise and not _is_a_hotline(low, match.start())


def _is_a_hotline(low: str, start: int) -> bool:
    """Whether it is the number of a company, which everybody may know."""
    return _FREE_OF_CHARGE.match(low, start) is not None or _HOTLINE.search(low, max(0, start - 14), start) is not None
