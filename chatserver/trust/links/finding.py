"""Links in a text: with a scheme, without one, and those that are written so that no machine finds them."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from chatserver.core.sieve import Sieve
from chatserver.trust.links.hosts import INVISIBLE, has_suffix
from chatserver.trust.links.known import known

_END: Final = r"\s<>\"'`|（）()\[\]【】「」『』《》〈〉，、；！？…“”‘’\u0000-\u001f"
_SCHEME: Final = re.compile(
    rf"(?i)(?:h(?:tt|xx)ps?|ftp"
    rf"|wss?)\s?:\s?[/\\]{{1,3}}(?P<rest>(?:[^{_END}]*@)?\[[0-9a-f:.]{{2,45}}\](?::\d+)?[^{_END}]*|[^{_END}]+)"
    rf"|(?<![:/\w])//(?P<bare>[^{_END}/]+\.[^{_END}]+)"
)
_LETTER: Final = r"a-z0-9\u00c0-\u024f\u0370-\u052f\u0130\u200b-\u200d\u2060\ufeff"
_DOT: Final = (
    r"(?:\.|。|．|｡|\[\.\]|\(\.\)|\{\.\}|【\.】|（\.）|\(dot\)|\[dot\]|\s?[点點]\s?"
    r"|\s(?:dot|点|點)\s|\s\.\s|\s\.(?=\S))"
)
# Names without a scheme: plain ones, and those with a dot in disguise.
_NAME: Final = re.compile(
    rf"(?i)(?<![@a-z0-9_.\-/=&\u00c0-\u052f])(?:[{_LETTER}][{_LETTER}\-]{{0,62}}{_DOT}){{1,6}}"
    r"(?:xn--[a-z0-9\-]{2,40}|[a-z\uff41-\uff5a\u0400-\u04ff]{2,24}|[\u4e00-\u9fff]{2,4})(?![a-z0-9\-])"
    rf"(?::\d{{1,5}})?(?:[/?#\\][^{_END}]*)?"
)
_EMAIL: Final = re.compile(
    r"(?i)(?<![\w.+\-])[\w.+\-]{1,64}@(?P<host>[a-z0-9\u00c0-\u052f\-]{1,63}(?:\.[a-z0-9\u00c0-\u052f\-]{1,63}){1,5})"
)
_SIEVE: Final = Sieve({"scheme": _SCHEME, "email": _EMAIL, "name": _NAME})
_TAIL: Final = ".,;:!?。．*_~'\""
_FILES: Final = frozenset(known()["files"])
"""Ends of file names; some are suffixes of domains too."""


class Found(Struct, frozen=True):
    """A link in a text: its place, how it is written, and its parts.

    `kind` is `scheme`, `bare`, `dotted` or `email`.
    """

    start: int
    end: int
    url: str
    authority: str
    path: str
    kind: str


def find_links(text: str) -> list[Found]:
    """Every link of a text, in order, none within another."""
    found: list[Found] = []
    may = _SIEVE.may(text)
    if "scheme" in may:
        found += _with_scheme(text)
    if "email" in may:
        found += [one for one in _emails(text) if _apart(one, found)]
    if "name" in may:
        found += [one for one in _without_scheme(text) if _apart(one, found)]
    return sorted(found, key=lambda one: one.start)


def _apart(one: Found, found: list[Found]) -> bool:
    return all(one.end <= other.start or other.end <= one.start for other in found)


def _with_scheme(text: str) -> Iterator[Found]:
    for match in _SCHEME.finditer(text):
        group = "rest" if match["rest"] else "bare"
        start, rest = match.start(group), _trimmed(match[group])
        authority, path = _parts(rest)
        if authority:
            end = start + len(authority) + len(path)
            yield Found(match.start(), end, text[match.start() : end], authority, path, "scheme")


def _parts(rest: str) -> tuple[str, str]:
    """The authority of a link and the rest; characters of a sentence that runs on are no part of the host."""
    cut = re.search(r"[/?#]", rest)
    authority, path = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    if not path and (
        run := re.search(r"(?<=[a-z0-9/])[\u3000-\u9fff\uff01-\uff0d\uff1a-\uffef]", authority, re.IGNORECASE)
    ):
        head, last = authority[: run.start()], authority.rpartition(".")[2]
        plain = INVISIBLE.sub("", head)
        if has_suffix(re.sub(r":\d*\Z", "", plain.rpartition("@")[2]).lower()) and not has_suffix(f"x.{last}"):
            authority = head
    return authority, path


def _without_scheme(text: str) -> Iterator[Found]:
    for match in _NAME.finditer(text):
        whole = _trimmed(match[0])
        host = re.match(r"[^/?#\\:]*", whole)
        assert host is not None, "it may be empty"
        dotted = re.sub(_DOT, ".", host[0], flags=re.IGNORECASE)
        plain = INVISIBLE.sub("", dotted).lower()
        path = whole[host.end() :]
        kind = "bare" if dotted == host[0] else "dotted"
        if not has_suffix(plain) or _is_no_name(plain, path):
            continue
        if kind == "dotted" and not re.fullmatch(r"[\x21-\x7e\u200b-\u200d\u2060\ufeff]+", dotted):
            continue
        yield Found(match.start(), match.start() + len(whole), whole, dotted, path, kind)


def _is_no_name(plain: str, path: str) -> bool:
    """Whether it is a file, a version or an abbreviation rather than a host."""
    labels = plain.split(".")
    if labels[-1] in _FILES and not path.startswith("/"):
        return True
    return (all(len(label) < 2 for label in labels[:-1]) and not path.startswith("/")) or labels[0].isdigit()


def _emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(text):
        host = match["host"].rstrip(".-")
        end = match.start("host") + len(host)
        if has_suffix(host.lower()):
            yield Found(match.start(), end, text[match.start() : end], host, "", "email")


def _trimmed(whole: str) -> str:
    return whole.rstrip(_TAIL)
