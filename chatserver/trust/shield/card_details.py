"""What is printed on a card beside its number: the month in which it ends, and the code."""

import re
from collections.abc import Iterator
from typing import Final

from chatserver.trust.shield.spans import Span

NEAR_A_CARD: Final = 40
"""Characters between a card number and the date and code that belong to it."""

_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_EXPIRY: Final = re.compile(
    rf"(?<![\d/.\-])(?:{_MONTH}\s?[/\-.|]\s?(?:20[2-4]\d|[2-4]\d)|20[2-4]\d\s?[/\-.]\s?{_MONTH}"
    rf"|(?:20)?[2-4]\d年\s?{_MONTH}月?份?|{_MONTH}月\s?/?(?:20)?[2-4]\d年?)(?![\d/.\-]\d"
    rf"|\d|\s?日)"
)
_EXPIRY_LABEL: Final = re.compile(
    r"(?:有效期限?|到期(?:日期?|时间|時間)?|[过過]期(?:日期?|时间|時間)?|期限|exp(?:iry"
    r"|ires?|iration)?(?: date)?|valid (?:thru|through|till|until|to)|good (?:thru|through)"
    r"|\bthru|mm/?yy)\W{0,4}(?:是|为|為|到|至|is |date )?\W{0,3}\Z"
)
_EXPIRY_BARE: Final = re.compile(r"(?<![\d/.\-])(?:0[1-9]|1[0-2])\s?[2-4]\d(?![\d/.\-])")
_CARD_TALK: Final = re.compile(r"card|卡|cvv|cvc|visa|master|\bexp(?:iry|iration)? date|valid thru|good thru")
_OTHER_ENDS: Final = re.compile(
    r"[优優]惠|券|会员|會員|活[动動]|[护護]照|身[份分]|[证證]件|coupon|voucher|offer"
    r"|passport|vip|member|id card|驾|license|promo"
)
_CODE_BESIDE: Final = re.compile(r"[\s,，/|;；\-、]{1,4}(?P<value>\d{3,4})(?![\d.:/%]|[ -]\d|\s?[元块天月年日次个個])")


def beside_cards(low: str, cards: list[Span], found: list[Span]) -> Iterator[Span]:
    """The date and the code that belong to a card number."""
    dates = list(_EXPIRY.finditer(low)) if cards or _CARD_TALK.search(low) else []
    for match in dates:
        labelled = _EXPIRY_LABEL.search(low, max(0, match.start() - 24), match.start()) is not None
        beside = any(card.start - NEAR_A_CARD <= match.start() <= card.end + NEAR_A_CARD for card in cards)
        if beside or (labelled and not _OTHER_ENDS.search(low)):
            yield Span(*match.span(), "expiry")
    if not cards:
        return
    for match in _EXPIRY_BARE.finditer(low):
        if _EXPIRY_LABEL.search(low, max(0, match.start() - 24), match.start()):
            yield Span(*match.span(), "expiry")
    for end in [card.end for card in cards] + [match.end() for match in dates]:
        code = _CODE_BESIDE.match(low, end)
        if code and not any(one.start <= code.start("value") < one.end for one in found):
            yield Span(*code.span("value"), "cvv")
