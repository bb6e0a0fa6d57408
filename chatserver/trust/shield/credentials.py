"""Passwords, codes, PINs and what is printed on cards: values that only the words around them give away.

A value belongs to the noun that names it: the one right before it, else the nearest before it in the sentence, else
one after it that says so (`338471 is the code`). Nouns of other things (an order, an error) take their values too.
"""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.card_details import SIGNS as CARD_SIGNS
from chatserver.trust.shield.card_details import beside_cards
from chatserver.trust.shield.following import following
from chatserver.trust.shield.nouns import NOUN_SIGN, OTHER, PAIR, WEAK, Nearby, Noun, find_nouns, named_nearby, simpler
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.values import UNIT, VALUE_SIGN, Value, digits_of, find_values, fits
from chatserver.trust.shield.weighing import SIGNS as WEIGHED_SIGNS
from chatserver.trust.shield.weighing import called, find_likely, unnamed

FAR: Final = {"password": 44, "otp": 44, "pin": 36, "cvv": 14}
"""Characters between a noun and the value that it names though other words stand between."""

NEAR: Final = 8
"""Characters between the noun of something else and the value that it takes in any case."""

AFTER: Final = 30
"""Characters between a value and a noun after it."""

_STOP: Final = re.compile(r"[。！？!?\n;；\0]")
_STOP_OF_DIGITS: Final = re.compile(r"[。！？!?\n;；\0]|\.\s")
_NOT_GIVEN: Final = re.compile(
    r"来自|from (?:the )?(?:number)?\W?\Z"
    r"|收不到|没收到|没有收到|没收|还没|未收到|不来|没来|没有来|收不|哪里|什么是|never|not (?:been )?(?:receiv"
    r"|arriv|com|get)"
    r"|n't (?:receiv|arriv|com|get|got)|no code|nothing|how (?:do|to|long|many)"
)
_FORGOTTEN: Final = re.compile(r"忘|forg[eo]t|reset|重置|找回|怎么|不记得|记不")
_SAYS_SO: Final = re.compile(
    r"(?:是|[:=：＝]|为|用的?|试了?|\b(?:is|was|be|maybe|perhaps|probably|think|like|it'?s|use|used))[\s\"'「“]*\Z"
)
_COPULA: Final = re.compile(
    r"<-|←|[这那](?:个|一?串|组)?|就?是|为|[当作做]|之前的|我的|\b(?:is|was|are|were|as|these|those|both|this|that'?s"
    r"|for (?:the|my|an?))\b|[(（←]|(?<!and )\bmy\b"
)
_ASKED: Final = re.compile(r"(?:\A|[.?!,，。]\s?)(?:is|was) [\"'(]?\Z")
_RECEIVED: Final = re.compile(
    r"(?:收到|发来|发了?|给我|显示|来了|过来|跳出|弹出|数字|填|输入?|写|念|是|试[了过]?|用|告诉\w{0,6}|报了?"
    r"|给了?\w{0,3}|"
    r"\b(?:texted|sent|got|received|receive|gave|says?|shows?|showed|emailed|enter(?:ed)?|typed?|typing|typ|use"
    r"|used|using|tried|"
    r"try|with|reads))"
    r"(?:\s?(?:了|的|我|是|过|[一两二三四五六七八九十\d]次|一串|数字|这个|一条|一个|短信|你们|me|us|you|him|her|them|a|the|code|in|by|out|this"
    r"|it))*[\s:：\"'「“]*\Z"
)
_IT_WAS: Final = re.compile(r"[.。!！,，]\s?(?:and )?(?:it (?:is|was|says|said)|it'?s|就?是|它是)\W{0,2}\Z")
_TOLD: Final = re.compile(r"(?:told|gave|sent|\bread|告诉|报|给|念)[\w ]{0,10}\Z")
_NOT: Final = re.compile(r"\bnot\b|n't|不是|没有|收不到|没收到|never|多少|\bno\b|是不是|是什么|忘")
_ALSO: Final = re.compile(
    r"[\"'」”)]?\s*(?:还是|或者?|和|跟|与|及|、|，|,|/|;|；|\bor\b|\band\b|\bthen\b|\balso\b|\bto\b|\s)+\s*"
    r"(?:(?:是|就是|新的?|旧的?|之前的?|the|new|old|is|was|from)\s*)*[\"'「“]?\Z"
)
_PAIR: Final = re.compile(
    r"(?:(?: in)? with)?+\s?+(?:[:：是=\-]|are\b|is\b|分别是)?+\s?+[!-~]{2,40}?\s?(?:[/|,，、]| - |和"
    r"|\s)\s?(?P<value>[!-~]{5,40})"
)

# Six digits that came in a text message, without any word for a code.
_BY_MESSAGE: Final = re.compile(
    r"\b(?:got|received?|sent me|texted(?: me)?|gave me)\W{1,2}(?P<value>\d{6}|\d{3}[ -]\d{3})(?![\d.,%])"
    r"(?:\W{1,2}[a-z]{1,9}){0,3}?\W{1,2}(?:by|via|in|on|as|from)(?: an?| my| the)? (?:sms|text|e-?mail)\b"
    r"|\b(?:use|enter|type) (?P<used>\d{6}) to (?:verify|confirm|log|sign|complete|finish|continue)\b"
    r"|(?:短信|简讯)(?:里|上|中|内容|收到|说|是|写|发来|来|显示|着|的|了|一个|个|给我|:|：|\s){0,4}+(?P<other>\d{6})(?![\d.,%]|\s?(?:元|块|次|条))"
)

_THREE_BEHIND: Final = re.compile(
    r"(?:[三3]位|[三3]个)(?:数字|数|码)?[^\d。\n]{0,3}(?P<value>\d{3})(?!\d)[^\d。\n]{0,4}(?:后面|背面|反面|背后)"
)

SIGNS: Final = {
    "noun": NOUN_SIGN,
    "value": VALUE_SIGN,
    **CARD_SIGNS,
    "card's back": re.compile("后面|背面|反面|背后"),
    "by message": _BY_MESSAGE,
    **WEIGHED_SIGNS,
}
"""What stands in a text in simplified characters with any of these secrets; see `may_hold`."""


_ALONE: Final = {"card's back", "by message", *WEIGHED_SIGNS}


def may_hold(may: frozenset[str]) -> bool:
    """Whether a text with these signs may hold one, by itself: a noun names a value, the others need none."""
    if not may.isdisjoint(_ALONE) or ("noun" in may and "value" in may):
        return True
    return "card's end" in may and ("date" in may or "bare date" in may)


def find_credentials(low: str, text: str, cards: list[Span], may: frozenset[str]) -> list[Span]:
    """Every password, code, PIN, CVV and expiry date.

    `cards` are the card numbers found before, `may` holds the signs that a sieve let through.
    """
    found = list[Span]()
    plain = simpler(low)
    nouns = find_nouns(plain) if "noun" in may and "value" in may else []
    values: list[Value] | None = None
    if any(noun.kind != OTHER for noun in nouns):
        values = find_values(plain, text, nouns)
        outside = _outside(nouns, values)
        for noun in nouns:
            found += [one for one in following(noun, plain, text) if not found or one.start >= found[-1].end]
        found += _named(plain, outside, values, found)
        found += _in_pairs(plain, outside, found)
    if "card's back" in may:
        found += [Span(*match.span("value"), "cvv") for match in _THREE_BEHIND.finditer(plain)]
    if "by message" in may:
        found += [Span(*match.span(str(match.lastgroup)), "otp") for match in _BY_MESSAGE.finditer(plain)]
    if found:
        found = list(called(plain, text, found, nouns))
    found = [*{*found, *beside_cards(low, cards, found, may)}]
    if not may.isdisjoint(WEIGHED_SIGNS) and (left := unnamed(plain, text, values, found, may)):
        nouns = nouns or find_nouns(plain)
        found += find_likely(plain, text, left, nouns)
    return sorted(found)


def _outside(nouns: list[Noun], values: list[Value]) -> list[Noun]:
    """The nouns that are no part of a value: not the `pass` of `my-pass@123`, nor the `qq` of `qq1234`."""
    inside = {place for one in values if one.mixed for place in range(one.start + 1, one.end)}
    first = {one.start for one in values if one.mixed}
    return [
        noun
        for noun in nouns
        if noun.end not in inside or (noun.start not in inside and not (noun.kind == OTHER and noun.start in first))
    ]


def _named(plain: str, nouns: list[Noun], values: list[Value], found: list[Span]) -> list[Span]:
    """Values that a noun names from afar, or after them."""
    named, before = list[Span](), list[Value]()
    last = Span(-99, -99, "")
    taken, nearby = iter([*found, Span(len(plain) + 1, len(plain) + 2, "")]), Nearby(nouns)
    next_found = next(taken)
    for value in values:
        while next_found.end <= value.start:
            last, next_found = next_found, next(taken)
        if next_found.start < value.end:
            last = next_found
            continue
        if not value.mixed and UNIT.match(plain, value.end):
            continue
        kind = _kind(plain, nearby, value, last)
        if kind is not None:
            last = Span(value.start, value.end, kind)
            named.append(last)
            named += [Span(one.start, one.end, kind) for one in before if _follows(plain, one, value)]
            before = []
        else:
            before = [*[one for one in before if _follows(plain, one, value)], value]
    return named


def _kind(plain: str, nearby: Nearby, value: Value, last: Span) -> str | None:
    """The kind that a value has by what stands around it; None if it is no secret."""
    if (kind := _as_the_last(plain, last, value)) is not None:
        return kind
    if named_nearby(plain, value.start):
        return None
    before, after = nearby.around(value.start, value.end)
    if before is not None and (kind := _kind_before(plain, before, value, last)) is not None:
        return kind
    taken = before is not None and before.kind == OTHER and value.start - before.end <= NEAR
    return _kind_after(plain, after, value) if after is not None and not taken else None


def _follows(plain: str, one: Value, other: Value) -> bool:
    return one.mixed == other.mixed and _ALSO.match(plain, one.end, other.start) is not None


def _as_the_last(plain: str, last: Span, value: Value) -> str | None:
    """The kind of the value before, if this one is named with it: `Apple12 or Apple13`."""
    if not 0 <= value.start - last.end <= 14 or last.type not in {"password", "otp", "pin"}:
        return None
    fits = value.mixed == (last.type == "password")
    return last.type if fits and _ALSO.match(plain, last.end, value.start) else None


def _kind_before(plain: str, noun: Noun, value: Value, last: Span) -> str | None:
    """The kind that the nearest noun before a value gives it; None if it is no secret's noun."""
    if noun.kind in {PAIR, OTHER}:
        return None
    gap = plain[max(noun.end, last.end) : value.start]
    if noun.kind == WEAK:
        return "otp" if _is_told(plain, gap, value) else None
    far = len(gap) > FAR[noun.kind] or not fits(noun.kind, plain, value)
    return None if far or not _is_named(gap, noun.kind, mixed=value.mixed) else noun.kind


def _is_named(gap: str, kind: str, *, mixed: bool) -> bool:
    """Whether what stands between a noun and a value lets the one name the other."""
    said = _SAYS_SO.search(gap) is not None
    if (_STOP if mixed else _STOP_OF_DIGITS).search(gap) and not (said and (mixed or _IT_WAS.search(gap))):
        return False
    if kind in {"otp", "cvv"} and _NOT_GIVEN.search(gap):
        return False
    return mixed or said or not (kind == "password" or _FORGOTTEN.search(gap))


def _is_told(plain: str, gap: str, value: Value) -> bool:
    """Whether somebody says that they told six digits which they call a code, or names them in as many words."""
    if value.mixed or len(gap) > AFTER or digits_of(plain, value) != 6:
        return False
    said = _SAYS_SO.search(gap) is not None and not _STOP_OF_DIGITS.search(gap) and not _NOT_GIVEN.search(gap)
    return said or _TOLD.search(gap) is not None or _IT_WAS.search(gap) is not None


def _kind_after(plain: str, noun: Noun, value: Value) -> str | None:
    """The kind that a noun after a value gives it: `this is the code`, or what somebody received."""
    if noun.kind in {OTHER, PAIR} or noun.start - value.end > AFTER:
        return None
    kind = "otp" if noun.kind == WEAK else noun.kind
    gap = plain[value.end : noun.start]
    if not fits(kind, plain, value) or _NOT.search(gap) or re.search(r"[。！!；;\n]", gap):
        return None
    says_so = _COPULA.search(gap) is not None or _ASKED.search(plain, max(0, value.start - 9), value.start) is not None
    received = _RECEIVED.search(plain[max(0, value.start - 26) : value.start]) is not None
    if kind == "otp":
        six = digits_of(plain, value) == 6
        beside = six and noun.kind != WEAK and len(gap.strip()) <= 1
        return kind if received or beside or (says_so and (six or noun.kind != WEAK)) else None
    if kind == "cvv" or not value.mixed:
        beside = kind == "pin" and received and not gap.strip()
        return kind if beside or (says_so and len(gap) <= AFTER // 2) else None
    return kind if says_so or (received and len(gap) <= 14) else None


def _in_pairs(plain: str, nouns: list[Noun], found: list[Span]) -> Iterator[Span]:
    """The second of what somebody logs in with: `login: lin77 / Bordeaux#33`."""
    for noun in nouns:
        match = _PAIR.match(plain, noun.end) if noun.kind == PAIR else None
        if match is None:
            continue
        start, end = match.span("value")
        word = plain[start:end].rstrip(".,;)")
        taken = any(one.start < end and start < one.end for one in found)
        if (
            not taken
            and re.search(r"[a-z]", word)
            and re.search(r"[0-9!@#$%^&*_]", word)
            and not re.search(r"[:/]|@.*\.[a-z]", word)
        ):
            yield Span(start, start + len(word), "password")
