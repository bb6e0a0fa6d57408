"""The host that a link really leads to, whatever it looks like."""

import ipaddress
import re
import unicodedata
from functools import cache
from typing import Final
from urllib.parse import unquote

import idna
import tldextract
from msgspec import Struct

INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]"
)
_DOTS: Final = str.maketrans("。．｡․﹒", ".....")
_NUMBER: Final = re.compile(r"0x[0-9a-f]*|\d+")


class Host(Struct, frozen=True):
    """Where a link leads: `name` as people read it, `registered` what somebody has registered of it, and what is odd.

    `odd` holds `invisible`, `wide`, `userinfo`, `backslash`, `ip`, `punycode`, `broken`, `escaped`; `userinfo` is what
    stands before an `@`.
    """

    name: str
    registered: str = ""
    suffix: str = ""
    userinfo: str = ""
    odd: frozenset[str] = frozenset()


@cache
def _suffixes() -> tldextract.TLDExtract:
    # The list of public suffixes that came with the package; nothing is fetched.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def host_of(authority: str) -> Host:
    """The host of what stands between `//` and the next `/` of a link."""
    odd = set[str]()
    if "\\" in authority:
        odd.add("backslash")
        authority = authority.split("\\", 1)[0]
    if INVISIBLE.search(authority):
        odd.add("invisible")
        authority = INVISIBLE.sub("", authority)
    if "%" in authority:
        odd.add("escaped")
        authority = unquote(authority)
    userinfo, at, rest = authority.rpartition("@")
    if at:
        odd.add("userinfo")
    plain = unicodedata.normalize("NFKC", rest.translate(_DOTS)).lower()
    if plain != rest.lower() and not rest.isascii() and unicodedata.normalize("NFC", rest.lower()) != plain:
        odd.add("wide")
    plain = plain.translate(_DOTS)
    if plain.startswith("["):
        return Host(plain.partition("]")[0] + "]", odd=frozenset(odd | {"ip"}), userinfo=userinfo)
    name = re.sub(r":\d*\Z", "", plain).rstrip(".")
    if (address := _address(name)) is not None:
        return Host(address, odd=frozenset(odd | {"ip"}), userinfo=userinfo)
    read = ".".join(_read(label, odd) for label in name.split("."))
    split = _suffixes()(read)
    return Host(read, split.domain, split.suffix, userinfo, frozenset(odd))


def has_suffix(name: str) -> bool:
    """Whether a name ends in a suffix under which names are registered."""
    split = _suffixes()(name)
    return bool(split.suffix and split.domain)


def _read(label: str, odd: set[str]) -> str:
    """A label in letters: `xn--…` is decoded."""
    if not label.startswith("xn--"):
        return label
    odd.add("punycode")
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        try:
            return label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            odd.add("broken")
            return label


def _address(name: str) -> str | None:
    """An IPv4 address in any notation that browsers take: decimal, octal, hexadecimal, with one to four parts."""
    parts = name.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [
            int(part, 16) if part.startswith("0x") else int(part, 8 if len(part) > 1 and part[0] == "0" else 10)
            for part in (one if one != "0x" else "0" for one in parts)
        ]
    except ValueError:
        return name
    *first, last = numbers
    if any(number > 255 for number in first) or last >= 256 ** (5 - len(numbers)):
        return name if len(parts) > 1 or last >= 256**3 else None
    value = last + sum(number << (24 - 8 * place) for place, number in enumerate(first))
    return str(ipaddress.IPv4Address(value))
