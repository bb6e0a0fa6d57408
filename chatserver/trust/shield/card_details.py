"""What is printed on a card beside its number: the month in which it ends, and the code."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from chatserver.trust.shield.spans import Span

NEAR_A_CARD: Final = 40
"""Characters between a card number and the date and code that belong to it."""

LABEL: Final = 36
"""Characters of the words before a date that can call it the end of a card."""

LAST_DAY: Final = 31
"""A number after a month that is larger can be no day."""

_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:20)?[2-4]\d"
_NAMED: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE: Final = re.compile(
    rf"(?<![\d/.\-])(?:{_MONTH}\s?[/\-.|]\s?{_YEAR}|20[2-4]\d\s?[/\-.]\s?{_MONTH}"
    rf"|{_YEAR}年\s?{_MONTH}月?份?|{_MONTH}月\s?/?{_YEAR}年?|(?<![a-z]){_NAMED}[ ,/\-]{{1,2}}{_YEAR})"
    rf"(?![\d/.\-]\d|\d|\s?日)"
)
_BARE: Final = re.compile(r"(?<![\d/.\-])(?:0[1-9]|1[0-2])\s?[2-4]\d(?![\d/.\-])")
_FILLING: Final = (
    r"(?: of| on)?(?: my| the| this)?(?: new| old| debit| credit| bank)?(?: card| visa| master ?card)?"
    r"了?\W{0,4}(?:是|[为為]|到|至|[写寫填印]的?是?|上?面?(?:写|印)着?"
    r"|is |was |date |on |in |at |end of |says |reads )?\W{0,3}"
)
_LABEL: Final = re.compile(
    r"(?:有效期限?|期限|月/年|年/月|[失有]效(?:日期?|期|[时時][间間]|至|到)?|效期|到期(?:日期?|[时時][间間])?"
    r"|[过過]期(?:日期?|[时時][间間]|月)?|exp(?:iry|ires?|ired|iration|iring)?\.?(?: date)?|valid (?:thru"
    r"|through|till|until|to)"
    r"|good (?:thru|through|till|until)|\bthru|mm ?/ ?yy|runs out|\bends)"
    rf"{_FILLING}\Z"
)
# Labels that cards have and hardly anything else.
_OF_CARDS: Final = re.compile(
    rf"(?:有效期限?|效期|月/年|年/月|\bexp(?:iry|iration)?\.?(?: date)?|(?:valid|good) thru|mm ?/ ?yy){_FILLING}\Z"
)
_SAID_AFTER: Final = re.compile(
    r"[\s,，（(]{0,2}(?:[这這]个?|就?是|of|is|was|as|the|my|它)?\s?(?:the |my )?"
    r"(?:有效期|到期|[过過]期|失效|效期|exp(?:iry|ires|iration)?\b|is when it)"
)
_END_WORDS: Final = (
    "效",
    "期",
    "exp",
    "thru",
    "valid",
    "good",
    "mm/yy",
    "mm / yy",
    "月/年",
    "年/月",
    "runs out",
    "ends",
)
_CARD_WORDS: Final = (
    "card",
    "卡",
    "cvv",
    "cvc",
    "visa",
    "master",
    "expiry",
    "expiration",
    "exp date",
    "thru",
    "安全",
    "银联",
    "銀聯",
    "amex",
    "mm/yy",
    "mm / yy",
)
SIGNS: Final = {
    "card's end": re.compile("|".join(map(re.escape, _END_WORDS))),
    "date": _DATE,
    "bare date": _BARE,
}
"""What stands where somebody tells when a card ends: a word for it, and a month."""

_OTHER_ENDS: Final = re.compile(
    r"[优優]惠|券|会员|會員|活[动動]|[护護]照|身[份分]|[证證]件|coupon|voucher|offer"
    r"|passport|vip|member|id card|驾|駕|licen[sc]e|promo|[礼禮]品|gift|月卡|年卡|公交卡|学生"
    r"|合[同约約]|理[财財]|[质質]押|[锁鎖][仓倉]|[产產]品|套餐|[订訂][阅閱]|[签簽][证證]|保[险險]|[证證][书書]|域名|[链鏈]接|[红紅]包"
    r"|contract|subscription|staking|\block|link|invite|insurance|certificate|domain|quote|order|document|bonus"
    r"|reward|campaign|\bplan\b|product|milk|food"
)
_DATE_AND_CODE: Final = re.compile(
    r"[\s,，/|;；、]{1,3}(?P<date>(?:0[1-9]|1[0-2])\s?[2-4]\d)(?=[\s,，/|;；、]{1,3}(?:cv[vc]2?\s?)?\d{3,4}(?!\d))"
)
_CODE_BESIDE: Final = re.compile(
    r"[\s,，/|;；\-、]{1,4}(?P<value>\d{3,4})(?![\d.:/%]|[ -]\d|\s?(?:[元块塊天月年日次个個位]|usd|eur|cny|rmb"
    r"|times))"
)
_CODE_BEFORE: Final = re.compile(r"(?<!\d)[\s,，/|;；、](?P<value>\d{3})[\s,，/|;；、]{1,2}\Z")
_CARD_ID: Final = re.compile(r"\b(?:cid|security|code)\b\W{0,3}(?P<value>\d{3,4})(?!\d)")


def beside_cards(low: str, cards: list[Span], found: list[Span], may: frozenset[str]) -> list[Span]:
    """The date and the code that belong to a card number; dates also where the talk is of a card's end.

    `may` holds the signs that a sieve let through.
    """
    if not cards and "date" not in may and "bare date" not in may:
        return []
    if not cards and not any(word in low for word in _END_WORDS):
        return []
    dates = list(_dates(low, cards, may))
    codes: list[Span] = []
    if cards:
        codes += [Span(*match.span("value"), "cvv") for match in _CARD_ID.finditer(low)]
        ends = [card.end for card in cards] + [date.end for date in dates]
        matches = [match for end in ends if (match := _CODE_BESIDE.match(low, end))]
        codes += [Span(*match.span("value"), "cvv") for match in matches]
        starts = [date.start for date in dates]
        codes += [Span(*m.span("value"), "cvv") for at in starts if (m := _CODE_BEFORE.search(low, max(0, at - 9), at))]
    taken = [*found, *dates]
    return dates + [one for one in codes if not any(a <= one.start < b for a, b, _ in taken)]


def _dates(low: str, cards: list[Span], may: frozenset[str]) -> Iterator[Span]:
    named = _Labels(low)
    for match in _DATE.finditer(low) if "date" in may else ():
        beside = any(card.start - NEAR_A_CARD <= match.start() <= card.end + NEAR_A_CARD for card in cards)
        if beside or named.call(match):
            yield Span(*match.span(), "expiry")
    for match in _BARE.finditer(low) if "bare date" in may else ():
        if named.call(match):
            yield Span(*match.span(), "expiry")
    for card in cards:
        if (date := _DATE_AND_CODE.match(low, card.end)) is not None:
            yield Span(*date.span("date"), "expiry")


class _Labels:
    """The words of a text that call a month the end of a card."""

    def __init__(self, low: str) -> None:
        self._low = low

    @cached_property
    def _none(self) -> bool:
        return _OTHER_ENDS.search(self._low) is not None

    @cached_property
    def _about_cards(self) -> bool:
        return any(word in self._low for word in _CARD_WORDS)

    def call(self, date: re.Match[str]) -> bool:
        """Whether one is said of this month: any where the talk is of cards, else one that only cards have."""
        low, start = self._low, date.start()
        if self._none:
            return False
        since = max(0, start - LABEL)
        if self._about_cards:
            return _LABEL.search(low, since, start) is not None or _SAID_AFTER.match(low, date.end()) is not None
        if _OF_CARDS.search(low, since, start):
            return True
        return _is_no_day(date[0]) and _LABEL.search(low, since, start) is not None


def _is_no_day(date: str) -> bool:
    """Whether it can only be a month and a year."""
    return any(int(number) > LAST_DAY for number in re.findall(r"\d+", date))
