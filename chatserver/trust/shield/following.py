"""A value that follows right after its noun, with nothing but filling words between them."""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.nouns import OTHER, PAIR, WEAK, Noun
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.values import TAIL, URL
from chatserver.trust.shield.vocabulary import vocabulary

# What may stand between a noun and its value, in simplified characters. Possessive, so that no text makes it try twice.
_LINK: Final = re.compile(
    r"(?:from (?:the |my |an? )?(?:text|sms|e-?mail)\b"
    r"|[\s:：=\"'(（「『【\[<>—→～~“]|[,，](?=\s?[0-9])|-(?=\s)|是(?!不|否|吗|什|啥|多|几|怎|错|对)|为(?!什|啥"
    r"|何)|就是|应该是|好像是?"
    r"|大概是|可能是|以前是|原?来?是|我记得?是?|记得?是|[设][置的定成为]*[了是]?|改[成为了]*|填的?是?|写的?是?"
    r"|[用叫]的?是?|给你了?|发[你给您]+|收到的?了?是?"
    r"|号?码|号|数?字|如下|在这里?|这里|这个?|那个?|我的|我|你|的|了|哈|啊|呢|吧|都|试[过了]*|现在的?是?|刚才?"
    r"|今天|原来的?是?|旧的?是?|新的?是?|上面?的?"
    r"|显示的?|内容|过来的?|生日(?=[是:：\s]{0,2}[0-9])|[六四6４６八8五5]位数?字?[码的]?|大写开头|小写|全小写|念给[你您]听?|没错|应该没错"
    r"|不对|错误"
    r"|is(?: it)?\b|'s\b|was\b|as\b|are\b|were\b|of\b|for (?:my |the )?(?:account|wallet|app|login|it|this"
    r"|card)\b|code\b|number\b|no\."
    r"|it'?s\b|that i (?:use|set|used)\b|i (?:use|used|set|got|have|received|tried|entered|gave|typed|wrote"
    r"|put)(?: was| is)?\b"
    r"|i(?:'ve| have) been using(?: is)?\b|[to]o? (?:log ?in|unlock)\b|reads?\b|says?\b|shows?\b"
    r"|just came(?: in)?\b|came(?: in)?\b"
    r"|(?:the |my )?(?:old|new|current)(?: one)?\b|to\b|from\b|here\b|as follows|below\b|should be\b|that\b"
    r"|the\b|my\b|tried\b"
    r"|(?:you|they) (?:sent|texted|asked for|gave|emailed)(?: me| us)?\b|by (?:text|sms|mail|email)\b"
    r"|in the (?:text|sms|mail|email)\b|(?:texted|emailed|sent) to (?:me|us|my (?:phone|mobile|e-?mail))\b"
    r"|[係系](?!统)|从(?=\s?\d)|序号(?:是|为)?\d{1,2}(?!\d)"
    r"|right now\b|on (?:the|my) (?:card|phone|back)\b|just now\b|now\b|again\b|today\b|g(?=-\d)(?!)){0,12}+"
)
_STRONG: Final = re.compile(r"[:=是为]|[\s:=][\"'「“『]|\b(?:is|was)\b|'s\b|\bto\b|设|改成")
_DIGITS: Final = {
    "cvv": re.compile(r"(?P<value>\d{3,4}|\d \d \d)(?![\d.%/]|[ -]?\d)"),
    "otp": re.compile(
        r"(?P<value>(?:[a-z]{1,2}-)?(?:\d{3}[ -]\d{3,4}|\d{4}[ -]\d{4}|\d{4,8}|\d(?: \d){3,7})"
        r"|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,8}|[a-z0-9]{3,5}-[a-z0-9]{2,5}(?<=\d)"
        r"|[〇零一二三四五六七八九]{4,8})(?![0-9a-z%]|[.:]\d)"
    ),
    "pin": re.compile(r"(?P<value>\d(?: \d){3,7}|\d{4,8}|[〇零一二三四五六七八九]{4,8})(?![\d%a-z@_!#$]|[.:]\d)"),
    WEAK: re.compile(r"(?P<value>(?:g-)?\d{6}|\d{3}[ -]\d{3}|\d(?: \d){5}|\d{4,8})(?![\d%]|[.:]\d|-\d)"),
}
_UNIT: Final = re.compile(
    r"\s?(?:[次个位秒分天年月日条块元人种遍小]|多次|hours?\b|hrs?\b|h\b|times?\b|digits?\b|char(?:acter)?s?\b"
    r"|letters?\b"
    r"|minutes?\b|mins?\b|seconds?\b|secs?\b|s\b|days?\b|attempts?\b|tries\b|usdt|usd|eth\b|btc\b|percent|号错|版)"
)
_VALUE: Final = re.compile(r"[!-~]{4,64}")
_QUOTED: Final = re.compile(r"(?<=[\"「“『])(?P<value>[!-~]+(?: [!-~]+){1,5})(?=[\"」”』])")
_ASSIGNED: Final = re.compile(r"[&;][a-z_]+=")
_SIX: Final = re.compile(r"[六6]位")
_IS_SIX: Final = re.compile(r"\d{6}")
_OR: Final = re.compile(
    r"[\"'」”]?\s*(?:还是|或者?|和|跟|与|、|，|,|/|;|；|\bor\b|\band\b|\bthen\b|\balso\b)+\s*"
    r"(?:(?:是|就是|新的?|旧的?|the|new|old|is|was)\s*)*"
)
_PROSE: Final = frozenset(vocabulary()["prose"])
"""What is said about a password, and is none."""


def following(noun: Noun, plain: str, text: str) -> list[Span]:
    """What follows a noun as its value, with others that are named beside it."""
    if noun.kind in {OTHER, PAIR}:
        return []
    link = _LINK.match(plain, noun.end)
    assert link is not None, "it may be empty"
    start, strong = link.end(), _STRONG.search(link[0]) is not None
    if noun.kind != "password":
        match = _DIGITS[noun.kind].match(plain, start)
        if (
            match
            and not _UNIT.match(plain, match.end())
            and _fits(noun.kind, text[slice(*match.span("value"))], link[0], plain)
        ):
            return [Span(*match.span("value"), "otp" if noun.kind == WEAK else noun.kind)]
        if noun.kind != "pin" or not re.search(r"\d", plain[start : start + 20]):
            return []
    found = list(_passwords(plain, text, start, strong=strong))
    if noun.kind == "password" and _SIX.search(link[0]):
        return [Span(one.start, one.end, "pin") if _IS_SIX.fullmatch(plain, *one[:2]) else one for one in found]
    return found


def _fits(kind: str, value: str, link: str, plain: str) -> bool:
    """Whether a value may be of a kind: codes with letters are in capitals; a mere `code` is long or said to be it."""
    if kind == "otp" and not value[-1].isdigit() and value[-1].isascii() and not value.isupper():
        return False
    if kind == "otp" and any(map(str.isalpha, value)) and value[0].isascii() and not value.lower().startswith("g-"):
        return value.isupper() or re.fullmatch(r"[A-Za-z]{1,2}-\d+", value) is not None
    if kind == WEAK:
        said = re.search(r"\b(?:is|was|sent|received|got)\b|[是:]", link) is not None
        return sum(map(str.isdigit, value)) == 6 or said
    return True


def _passwords(plain: str, text: str, start: int, *, strong: bool) -> Iterator[Span]:
    """A password and others that are named with it."""
    quoted = _QUOTED.match(plain, start)
    if quoted and len(quoted[0]) <= 40 and re.search(r"\d", quoted[0]):
        yield Span(*quoted.span("value"), "password")
        return
    while (value := _password_at(plain, text, start, strong=strong)) is not None:
        yield value
        more = _OR.match(plain, value.end)
        if more is None:
            return
        start, strong = more.end(), False


def _password_at(plain: str, text: str, start: int, *, strong: bool) -> Span | None:
    match = _VALUE.match(plain, start)
    if match is None:
        return None
    value = _trimmed(match[0], plain[match.end() : match.end() + 1])
    if (assigned := _ASSIGNED.search(value)) is not None:
        value = value[: assigned.start()]
    end = start + len(value)
    if len(value) < 4 or URL.match(value) or _UNIT.match(plain, end) or value.startswith("[removed"):
        return None
    return Span(start, end, "password") if _looks_like_password(text[start:end], plain, end, strong=strong) else None


def _trimmed(value: str, follows: str) -> str:
    """A value without the marks of the sentence around it; a full stop before another mark is its own."""
    if value.endswith(".") and follows.strip() and not value.endswith(".."):
        return value
    return value.rstrip(TAIL)


def _looks_like_password(value: str, low: str, end: int, *, strong: bool) -> bool:
    """Whether it is no word of the sentence: mixed, or said to be the password."""
    if value.isdigit():
        return len(value) >= 4 and (strong or len(value) >= 6)
    if any(map(str.isdigit, value)) and any(map(str.isalpha, value)):
        return len(value) >= 5 or strong
    plain = value.lower()
    if low.startswith('"', end) and strong and plain.isalnum() and plain not in _PROSE:
        return True  # in quotes
    if plain.isalpha():
        ends = (
            not low[end : end + 2].strip(" .!?,;，。！？；、\"'")[:1].isascii() or low[end : end + 2].strip(" ") == ""
        )
        mixed = not value.islower() and not value.istitle() and not value.isupper()
        return strong and plain not in _PROSE and len(plain) >= 4 and (ends or mixed or low[end : end + 1] in ".,!;")
    marks = sum(not one.isalnum() for one in value)
    return (strong and marks < len(value) and not re.fullmatch(r"[a-z]+(?:['/&.][a-z]+)*[!.,]*", plain)) or (
        marks > 0 and bool(re.search(r"[a-z0-9][!@#$%^&*_+=~][a-z0-9]", plain))
    )
