"""Card numbers and resident ids: digits in a row or in groups, with a check digit."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Final

from msgspec import Struct

from chatserver.trust.shield.spans import Span

SHORTEST: Final = 12
LONGEST: Final = 19
ID_LENGTHS: Final = (18, 15)
NAMED_BEFORE: Final = 24
"""Characters between a word for cards and the number that it names."""

_ID_COUNTS: Final = (15, 17, 18)  # 17 before an x

_CHAIN: Final = re.compile(r"[0-9]++(?:[ \t\r\n.\-_/,·、|:*+~，]{1,3}+[0-9]++)*+")
_GROUP: Final = re.compile(r"[0-9]+")
_SPELT: Final = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸"
_SPELT_DIGITS: Final = str.maketrans(_SPELT, "00123456789" + "123456789" + "236")
_SPELT_CHAIN: Final = re.compile(rf"[{_SPELT}]++(?:[ \-、，,]{{1,2}}+[{_SPELT}]++)*+")

SIGNS: Final = {
    "number": re.compile(rf"[0-9](?:[ \t\r\n.\-_/,·、|:*+~，]{{0,3}}[0-9]){{{SHORTEST - 1}}}"),
    "spelt": re.compile(rf"[{_SPELT}](?:[ \-、，,]{{0,2}}[{_SPELT}]){{{SHORTEST - 1}}}"),
}
"""As many digits as the shortest number has, grouped in any way."""

CARD_WORDS: Final = re.compile(
    r"card|卡|visa|master|union ?pay|银联|銀聯|amex|cvv|cvc|\bpan\b|debit|credit|maestro|jcb|discover|[银銀]行[账帳]"
)
_GLUED_BEFORE: Final = re.compile(r"(?:card|cards|visa|number|num|no|pan|mc|amex|jcb|icbc|abc|ccb|boc|cmb|is)\Z")
_GLUED_AFTER: Final = re.compile(r"cv[cvn]|exp|valid|and|the|is|元")
ORDER_WORDS: Final = re.compile(
    r"[订訂][单單]|[单單][号號]|流水|[编編][号號]|交易|[运運][单單]|快[递遞]|物流|凭[证證]"
    r"|[参參]考|[发發]票|工[单單]|序列|合同|商[户戶]"
    r"|条形?码|\bbar ?code|\bean\b|\bisbn\b"
    r"|\border|\bref(?:erence)?\b|\binvoice|\btracking|\bticket|\btransaction|\btxn?\b"
    r"|\btrade|\bserial|\bcase|\breceipt|\bimei|\bid\b|\buid\b"
)
ID_WORDS: Final = re.compile(
    r"身[份分][证證]|[证證]件|二代[证證]|[实實]名|resident|identity|\bid\b|national id"
    r"|passport|id ?card|[户戶]口|身[份分]"
)
# Provinces as the first two digits of a resident id name them.
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10x98765432"
_UNEVEN_GROUPS: Final = frozenset(
    {
        (4, 6, 5),
        (4, 6, 4),
        (6, 13),
        (6, 10),
        (6, 12),
        (4, 4, 4, 7),
        (4, 4, 11),
        (8, 8, 3),
        (4, 12),
        (3, 4, 4, 5),
        (6, 4, 6),
    }
)
_WEIGHED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # a digit doubled, its own digits summed


class Chain(Struct, frozen=True):
    """Digits in groups: each group's place in the text, how many digits are before it, and Luhn sums.

    `odd` and `even` are the sums up to each digit with every other digit doubled, beginning with the first or second.
    """

    places: list[tuple[int, int]]
    before: list[int]
    digits: str
    even: list[int]
    odd: list[int]


def find_numbers(low: str, may: frozenset[str]) -> list[Span]:
    """Every card number and resident id, sorted; `may` holds the signs that a sieve let through."""
    found: list[Span] = []
    if "number" in may:
        named = _Named(low)
        for match in _CHAIN.finditer(low):
            if match.end() - match.start() >= SHORTEST and _may_hold(match[0], match.start(), named):
                found += _find_in(low, _chain(match[0], match.start()), named)
    if "spelt" in may:
        for match in _SPELT_CHAIN.finditer(low):
            if match.end() - match.start() >= SHORTEST:
                found += _find_spelt(match)
    return sorted(found)


def _may_hold(text: str, start: int, named: "_Named") -> bool:
    """Whether digits may be a number by their count and check digit; several groups of them may in any case."""
    if not text.isdigit():
        return True
    count = len(text)
    if count > LONGEST or (count in _ID_COUNTS and text[:2] in _PROVINCES):
        return count <= LONGEST
    once, twice = map(int, text[-1::-2]), map(int, text[-2::-2])
    if (sum(once) + sum(map(_WEIGHED.__getitem__, twice))) % 10 != 0:
        return False
    return count in _lengths(text[:4]) or named.before(start)


class _Named:
    """The words for cards of a text."""

    def __init__(self, low: str) -> None:
        self._low = low

    def before(self, place: int) -> bool:
        """Whether one stands shortly before a place."""
        return self.anywhere and CARD_WORDS.search(self._low, max(0, place - NAMED_BEFORE), place + 1) is not None

    @cached_property
    def anywhere(self) -> bool:
        """Whether there is one at all."""
        return CARD_WORDS.search(self._low) is not None


def _chain(text: str, start: int) -> Chain:
    places = [(start + group.start(), start + group.end()) for group in _GROUP.finditer(text)]
    digits = "".join(_GROUP.findall(text))
    mixed = list(map(int, digits))
    other = mixed.copy()
    mixed[::2] = map(_WEIGHED.__getitem__, mixed[::2])
    other[1::2] = map(_WEIGHED.__getitem__, other[1::2])
    before = list(accumulate((end - begin for begin, end in places), initial=0))
    return Chain(places, before, digits, list(accumulate(mixed, initial=0)), list(accumulate(other, initial=0)))


def _find_in(low: str, chain: Chain, named: _Named) -> Iterator[Span]:
    """Numbers within one chain; `named` tells of the words for cards."""
    first = 0
    while first < len(chain.places):
        best = _best_at(low, chain, first, named)
        if best is None:
            first += 1
            continue
        last, span = best
        yield span
        first = last + 1


def _best_at(low: str, chain: Chain, first: int, named: _Named) -> tuple[int, Span] | None:
    """The longest number that starts with a group; `named` tells of the words for cards."""
    best = None
    begin, start = chain.before[first], chain.places[first][0]
    lengths = range(SHORTEST, LONGEST + 1) if named.before(start) else _lengths(chain.digits[begin : begin + 4])
    may_be_id = chain.digits[begin : begin + 2] in _PROVINCES
    for count in sorted({*lengths, *_ID_COUNTS}) if may_be_id else lengths:
        end = begin + count
        last = bisect_left(chain.before, end, first + 1, min(first + count, len(chain.places)) + 1) - 1
        if last >= len(chain.places) or chain.before[last + 1] != end:
            continue
        if may_be_id and _may_have_birthday(chain.digits, begin, count) and (span := _id(low, chain, first, last)):
            best = last, span
        elif count in lengths and _luhn(chain, begin, end) and _is_card(low, chain, (first, last), named):
            best = last, Span(start, chain.places[last][1], "card")
    return best


def _may_have_birthday(digits: str, begin: int, count: int) -> bool:
    """Whether digits as many as those of an id have a month, or a century, where it has one."""
    if count == ID_LENGTHS[1]:
        return digits[begin + 8 : begin + 10] <= "12"
    return count in _ID_COUNTS and digits[begin + 6 : begin + 8] in {"19", "20"}


def _id(low: str, chain: Chain, first: int, last: int) -> Span | None:
    digits = chain.digits[chain.before[first] : chain.before[last + 1]]
    start, end = chain.places[first][0], chain.places[last][1]
    if low.startswith("x", end) and len(digits) == ID_LENGTHS[0] - 1:
        digits, end = f"{digits}x", end + 1
    if len(digits) not in ID_LENGTHS or not _is_id(low, digits, start, end):
        return None
    is_amex = digits[:2] in {"34", "37"} and _luhn(chain, chain.before[first], chain.before[last + 1])
    is_id = len(digits) == ID_LENGTHS[0] or not is_amex or ID_WORDS.search(low, max(0, start - 24), start)
    return Span(start, end, "id_cn") if is_id else None


def _is_card(low: str, chain: Chain, groups: tuple[int, int], named: _Named) -> bool:
    """Whether digits with Luhn's check digit stand as a card number does."""
    places = chain.places[groups[0] : groups[1] + 1]
    start, end = places[0][0], places[-1][1]
    usual = _is_usual(tuple(end - start for start, end in places)) or named.anywhere
    return usual and _stands_alone(low, start, end) and not _is_order(low, start, end)


def _luhn(chain: Chain, start: int, end: int) -> bool:
    """Whether digits from `start` to `end` have Luhn's check digit: the last one counts once."""
    sums = chain.odd if (end - 1) % 2 == 0 else chain.even
    return (sums[end] - sums[start]) % 10 == 0


def _lengths(digits: str) -> range | tuple[int, ...]:  # noqa: PLR0911  (one line an issuer)
    """The lengths of the cards whose numbers begin so; none if no issuer has such."""
    two, four = digits[:2], int(digits[:4])
    if two[0] == "4":
        return 13, 16, 19
    if 51 <= int(two) <= 55 or 2221 <= four <= 2720:
        return (16,)
    if two in {"34", "37"}:
        return (15,)
    if two in {"62", "81"}:
        return range(13, 20)
    if two in {"60", "64", "65"} or 3528 <= four <= 3589:
        return range(16, 20)
    if two in {"36", "38", "39"} or 3000 <= four <= 3059:
        return 14, 16
    if two in {"50", "56", "57", "58", "59", "61", "63", "66", "67", "68", "69"}:
        return range(12, 20)
    if two == "95":
        return 16, 18, 19  # debit cards of Chinese banks from before their common prefix
    return (16,) if 2200 <= four <= 2204 else ()


@lru_cache(1_000)
def _is_usual(groups: tuple[int, ...]) -> bool:
    """Whether people group the digits of a card so; amounts and dates are grouped in other ways."""
    return len(groups) == 1 or groups in _UNEVEN_GROUPS or (set(groups[:-1]) == {groups[0]} and groups[-1] <= groups[0])


def _stands_alone(low: str, start: int, end: int) -> bool:
    """Whether the digits are no part of a longer code or of an amount."""
    before, after = low[max(0, start - 8) : start], low[end : end + 6]
    if before and (before[-1].isascii() and (before[-1].isalpha() or before[-1] in "_$€£")):
        return bool(_GLUED_BEFORE.search(before))
    if before[-1:] in {".", ","} and before[-2:-1].isdigit():
        return False
    return not (after and after[0].isascii() and (after[0].isalpha() or after[0] == "_")) or bool(
        _GLUED_AFTER.match(after)
    )


_ORDERS: Final = ("订单", "訂單", "单号", "單號", "order")
_ORDER_AFTER: Final = re.compile(rf"[\s（(是,，]{{0,3}}(?:{'|'.join(_ORDERS)})")


def _is_order(low: str, start: int, end: int) -> bool:
    """Whether the number is called an order or the like, and not a card."""
    if not _tells_of_orders(low):
        return False
    before, after = low[max(0, start - 16) : start], low[end : end + 8]
    order = max((match.end() for match in ORDER_WORDS.finditer(before)), default=-1)
    card = max((match.end() for match in CARD_WORDS.finditer(before)), default=-1)
    return order > card or (card < 0 and _ORDER_AFTER.match(after) is not None)


@lru_cache(1)  # asked for every number of a text
def _tells_of_orders(low: str) -> bool:
    return ORDER_WORDS.search(low) is not None or any(word in low for word in _ORDERS)


def _is_id(low: str, digits: str, start: int, end: int) -> bool:
    """A resident id: province, birthday, check digit; the old ones have no check digit, so must not be an order."""
    if digits[:2] not in _PROVINCES or (len(digits) == ID_LENGTHS[0] and digits[6:8] not in {"19", "20"}):
        return False
    if len(digits) == ID_LENGTHS[0]:
        weighed = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=False))
        return _ID_CHECKS[weighed % 11] == digits[-1] and _is_birthday(digits[6:14])
    if digits[-1] == "x" or not _is_birthday(f"19{digits[6:12]}"):
        return False
    return ID_WORDS.search(low, max(0, start - 24), start) is not None or not (
        _is_order(low, start, end) or ORDER_WORDS.search(low, max(0, start - 20), end + 12)
    )


def _is_birthday(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= day.year <= 2035


def _find_spelt(match: re.Match[str]) -> Iterator[Span]:
    """Card numbers and ids that are written in Chinese numerals."""
    plain = match[0].translate(_SPELT_DIGITS)
    chain = _chain(plain, 0)
    padded = plain + " "
    for start, end, kind in _find_in(padded, chain, _Named("")):
        yield Span(match.start() + start, match.start() + end, kind)
