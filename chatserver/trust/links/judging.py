"""What a link is: official, unknown, suspicious or phishing, with its real host and the reasons."""

import re
from typing import Final, Literal

from msgspec import Struct

from chatserver.trust.links.finding import Found, find_links
from chatserver.trust.links.hosts import Host, host_of
from chatserver.trust.links.known import known
from chatserver.trust.links.lookalike import distance, mixes_scripts, resembles, skeleton, skeletons
from chatserver.trust.links.official import Official

Verdict = Literal["official", "unknown", "suspicious", "phishing"]

SHORTENERS: Final = frozenset(known()["shorteners"])
"""Hosts that hide where a link leads."""

MESSENGERS: Final = frozenset(known()["messengers"])
"""Where impostors lead people out of the chat."""

_LURE: Final = re.compile(
    r"verif|login|log-in|signin|secur|kyc|claim|airdrop|refund|support|unlock|unfreeze|wallet|bonus|reward|gift"
    r"|help|service|kefu|account"
    r"|recover|restore|auth|confirm|update|official|center|safe|freeze|compensat|promo|activ|customer|rescue"
    r"|renew|redeem|validate|token|usdt"
)
_CHEAP: Final = frozenset(known()["cheap"])
"""Suffixes under which names cost next to nothing."""


class Link(Struct, frozen=True):
    """A link of a text: its place in code points, the real host, and what it is; `reasons` say why."""

    start: int
    end: int
    url: str
    host: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()


def judge(text: str, official: Official) -> list[Link]:
    """Every link of a text with its verdict. Pure; nothing is opened or looked up."""
    return [_judged(found, official) for found in find_links(text)]


def _judged(found: Found, official: Official) -> Link:
    host = host_of(found.authority)
    reasons = _reasons(found, host, official)
    return Link(found.start, found.end, found.url, host.name, _verdict(host, reasons, official), tuple(reasons))


def _verdict(host: Host, reasons: list[str], official: Official) -> Verdict:
    if any(reason in _CERTAIN for reason in reasons):
        return "phishing"
    if reasons:
        return "suspicious"
    return "official" if official.owns(host.name) else "unknown"


_CERTAIN: Final = frozenset(
    {
        "imitates the name",
        "the name in a foreign host",
        "an official address before the @",
        "letters of several alphabets",
        "a foreign messenger for support",
    }
)


def _reasons(found: Found, host: Host, official: Official) -> list[str]:
    own = official.owns(host.name)
    reasons = [_ODD[one] for one in sorted(host.odd & _ODD.keys()) if not (one == "wide" and not own)]
    if "userinfo" in host.odd and found.kind != "email":
        claims = any(core in skeleton(host.userinfo) for core in official.cores) or "." in host.userinfo
        reasons += (
            ["an official address before the @" if claims and not own else "a name before the @"]
            if not own or claims
            else []
        )
    if own:
        return reasons
    if any(map(mixes_scripts, host.name.split("."))):
        reasons.append("letters of several alphabets")
    if (imitation := _imitation(host, official)) is not None:
        reasons.append(imitation)
    registered = ".".join(part for part in (host.registered, host.suffix) if part)
    if registered in SHORTENERS or host.name in SHORTENERS:
        reasons.append("a short link hides where it leads")
    if host.name.removeprefix("www.") in MESSENGERS and _speaks_for_us(found.path, official):
        reasons.append("a foreign messenger for support")
    return reasons + _lures(found, host, official)


_ODD: Final = {
    "ip": "a number instead of a name",
    "invisible": "invisible characters",
    "broken": "a name that cannot be read",
    "escaped": "a host in escapes",
    "backslash": "a backslash in the address",
    "wide": "letters in disguise",
}


def _imitation(host: Host, official: Official) -> str | None:
    """How a host pretends to be an official one, if it does."""
    labels = host.name.split(".")
    suffix = len(host.suffix.split(".")) if host.suffix else 0
    labels = labels[: len(labels) - suffix] or labels
    joined = skeletons("".join(labels)) | skeletons("".join([*labels, host.suffix]))
    for core in official.cores:
        if len(core) > 4 or not core.isascii():
            if any(core in each for each in joined):
                return "the name in a foreign host"
        elif any(core in re.split(r"[-_.]", label) for label in labels):
            return "the name in a foreign host"
        for label in labels:
            words = [label, *re.split(r"[-_]", label)]
            if any(
                resembles(word, core) for word in words if len(word) >= len(core) - 2 and not _is_common(word, core)
            ):
                return "imitates the name"
            if len(core) >= 8 and any(_begins_or_ends_like(word, core) for word in words):
                return "imitates the name"
    return None


def _is_common(word: str, core: str) -> bool:
    return len(core) < 6 and skeleton(word) != core


def _begins_or_ends_like(word: str, core: str) -> bool:
    """Whether a long word has a near copy of the name at one end: `tideprsehelp`."""
    if len(word) <= len(core) + 2:
        return False
    pieces = [word[: len(core) + extra] for extra in (-1, 0, 1)] + [word[-len(core) - extra :] for extra in (-1, 0, 1)]
    return any(_one_off(piece, core) for piece in pieces)


def _one_off(piece: str, core: str) -> bool:
    return any(distance(each, core, 1) <= 1 for each in skeletons(piece))


def _speaks_for_us(path: str, official: Official) -> bool:
    flat = skeleton(path)
    return (
        any(core in flat for core in official.cores)
        or re.search(r"support|help|service|kefu|admin|official|care|wallet", path.lower()) is not None
    )


def _lures(found: Found, host: Host, official: Official) -> list[str]:
    """Words that lure in a host, and the company's name in the path of somebody else's."""
    lures = set(_LURE.findall(host.name))
    cheap = host.suffix.rpartition(".")[2] in _CHEAP
    path = found.path.lower()
    reasons = ["words that lure"] if len(lures) >= 2 or (lures and cheap) else []
    flat = skeleton(path)
    named = any(core in flat for core in official.cores if len(core) > 4)
    if any(domain in path for domain in official.domains) or (named and _LURE.search(path)):
        reasons.append("the name in a foreign address")
    return reasons
