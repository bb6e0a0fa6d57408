"""Stretches of a text that may be a password, a code or a PIN, whatever they are called."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from chatserver.trust.shield.nouns import Noun


class Value(NamedTuple):
    """A stretch of digits (`digits`) or of letters with digits or marks (`mixed`)."""

    start: int
    end: int
    mixed: bool


VALUE_SIGN: Final = re.compile(r"[!-~]{3}|\d \d|[〇零一二三四五六七八九]{4}")
"""What any value has: digits, or letters, digits and marks of ASCII."""

TAIL: Final = ".,;:)]}>\"'?"
OPENING: Final = "\"'([{<:="

# What stands before is looked at after the first digit, so that the search leaps from digit to digit.
_DIGITS: Final = re.compile(
    r"[0-9](?<![0-9a-z_.,:/$€£¥￥#*+@%&=][0-9])(?<![^g]-[0-9])"
    r"(?:\d{5}(?= \d{6}(?![\d.,%]))"
    r"|(?:\d\d[ -]\d{3,4}|\d{3} \d{4}|\d \d\d \d\d|\d{2,7}|(?: \d){2,7})(?![0-9a-z_%*/@#$&+]|[.,:：-]\d|[ -]\d))"
)
_SPLIT_OFF: Final = re.compile(
    r"[\"'({\[<]*(?P<name>[a-z]+2?)[\"']?(?:[:=]+>?|(?<=n)(?=\d)|(?<=p)(?=\d)|(?<=v)(?=\d))[\"']?"
)
# What a password has and a plain word has not, and all that stands around it without a space.
_MARK: Final = re.compile(r"[0-9!@#$%^&*_+=~]")
_REST: Final = re.compile(r"[!-~]*")
_SHORTEST: Final = 3
_LETTER: Final = re.compile(r"[a-z]")
_DIGIT_OR_MARK: Final = re.compile(r"[0-9]|(?<=[0-9a-z])[!@#$%^&*_+=~]+(?=[0-9a-z])")
UNIT: Final = re.compile(
    r"\s?(?:[次个位枚秒分天年月日号条块元人种遍小名家度米点折倍级层楼楼路张件笔包斤字毛角岁克代届期步页版组积楼万千百亿]|多次|多个"
    r"|hours?\b|hrs?\b|h\b|times?\b|digits?\b|char(?:acter)?s?\b|letters?\b|minutes?\b|mins?\b|seconds?\b"
    r"|secs?\b|s\b|days?\b"
    r"|attempts?\b|tries\b|usdt?\b|eth\b|btc\b|cny\b|rmb\b|hkd\b|eur\b|usd\b|dollars?\b|euros?\b|bucks\b|yuan\b"
    r"|percent|weeks?\b"
    r"|months?\b|years?\b|people\b|users?\b|points?\b|sats?\b|gwei|gb\b|mb\b|kb\b|km\b|am\b|pm\b|floors?\b"
    r"|coins?\b|tokens?\b"
    r"|nft|trx\b|bnb\b|sol\b|pm\b|xrp\b|doge\b|积分|人民币|港币|美元|美金|刀\b|点\b|\.\d)"
)
"""What stands behind a number that counts something."""

_YEAR: Final = re.compile(r"(?:19[5-9]\d|20[0-4]\d)\Z")
URL: Final = re.compile(r"(?:https?:|www\.|//)|[^@\s]+@[^@\s]+\.[a-z]{2,}\Z|[a-z0-9\-]+(?:\.[a-z]{2,})+(?:/|\Z)")
# Things with a number in their name, ids in capital letters, hashes and addresses, sizes and times.
_NAMED: Final = re.compile(
    r"(?:iphone|ipad|ios|android|win(?:dows)?|mac(?:os)?|erc|trc|bep|brc|web|mate|nova|redmi|mi|oppo|vivo|galaxy"
    r"|pixel|chrome"
    r"|honor|huawei|xiaomi|samsung|oneplus|miui|reno|note|eip|bip|sha|aes|utf|mp|covid|gen|level|tier|lv|vip"
    r"|step|top|no|ver"
    r"|version|v|f|h|x|s|p|k|a|m|q|[2-5]g|2fa|3ds|3d|1st|2nd|3rd|b2b|p2p|c2c|o2o|u2f|fido2?|usb|ipv[46]|rc|beta"
    r"|build|http"
    r"|error|err|code|e|ref|order|tx|id|uid|kyc|otp|c|hk|tk|cs)[-_#]?v?\d+(?:[.\-]\d+)*[a-z+%]{0,4}\Z"
    r"|0x[0-9a-f]+\Z|[0-9a-f]{20,}\Z|\d+(?:[.,:]\d+)*(?:%|[kmgt]?b|k|w|m|s|h|x|px|usdt?|usdc|btc|eth|trx|bnb|sol"
    r"|gwei|sats?|mins?|secs?|hrs?|hours?|days?|cny|rmb|hkd|eur|am|pm|cm|kg|km|times?|digits?|chars?|words?"
    r"|bits?)\Z|\d+(?:st|nd|rd|th|am|pm)\Z|[a-z0-9]{26,}\Z"
    r"|\d+[*x]\d+\Z|[a-z]+\*+\d*\Z|\d*\*+[\d.a-z]*\Z|removed|.*\.(?:png|jpe?g|pdf|mp4|docx?|xlsx?|txt|apk|exe"
    r"|dmg|zip|html?)\Z"
    r"|\$?\d[\d,.]*(?:usdt?|btc|eth|cny|rmb|hkd|eur|k|w)?\Z|\+?\d[\d\-]+\Z|[a-z]+/[a-z]+\Z|24/7|[@#][a-z0-9_]+\Z"
)
_IDENTIFIER: Final = re.compile(r"[A-Z]{1,5}-?\d{4,}[A-Z]*\Z")
LONGEST_MIXED: Final = 24
"""Characters of a password that is named from afar."""


def find_values(low: str, text: str, nouns: list[Noun]) -> list[Value]:
    """What may be a value, in order; `text` has the case that `low` lost."""
    found = [
        Value(match.start() - 2 * low.startswith("g-", match.start() - 2), match.end(), mixed=False)
        for match in _DIGITS.finditer(low)
    ]
    names = {low[noun.start : noun.end] for noun in nouns}
    return sorted([*found, *_in_chunks(low, text, names)])


def mixed_values(low: str, text: str) -> Iterator[Value]:
    """What may be a value with letters and digits or marks, in order, whatever names it."""
    return (one for one in _in_chunks(low, text, set()) if one.mixed)


def _in_chunks(low: str, text: str, names: set[str]) -> Iterator[Value]:
    for start, end in _chunks(low):
        for one in _in_chunk(low, start, end, names):
            if not one.mixed or is_mixed(text[one.start : one.end]):
                yield one


def _chunks(low: str) -> Iterator[tuple[int, int]]:
    """Stretches without a space that begin with a digit or have a digit or mark further on."""
    end = 0
    for mark in _MARK.finditer(low):
        start = mark.start()
        if start < end:
            continue
        while start > end and "!" <= low[start - 1] <= "~":
            start -= 1
        rest = _REST.match(low, start)
        assert rest is not None, "it may be empty"
        end = rest.end()
        if end - start >= _SHORTEST and (low[start].isdigit() or _MARK.search(low, start + 1, end)):
            yield start, end


def _in_chunk(low: str, begin: int, end: int, names: set[str]) -> Iterator[Value]:
    start = begin
    while (name := _SPLIT_OFF.match(low, start, end)) and name["name"] in names and name.end() > start:
        start = name.end()
    word = low[start:end].rstrip(TAIL)
    stripped = word.lstrip(OPENING)
    start += len(word) - len(stripped)
    if start > begin and stripped.isdigit() and 3 <= len(stripped) <= 8:
        yield Value(start, start + len(stripped), mixed=False)
    elif _LETTER.search(stripped) and _DIGIT_OR_MARK.search(stripped):
        yield Value(start, start + len(stripped), mixed=True)


def is_mixed(written: str) -> bool:
    """Whether a word has letters with digits or marks, and is nothing that stands in a sentence by itself."""
    low = written.lower()
    return (
        5 <= len(written) <= LONGEST_MIXED
        and _LETTER.search(low) is not None
        and _DIGIT_OR_MARK.search(low) is not None
        and not URL.match(low)
        and not _NAMED.match(low)
        and not _IDENTIFIER.match(written)
    )


def fits(kind: str, plain: str, value: Value) -> bool:
    """Whether a value has as many digits as one of a kind; a year is none."""
    if value.mixed:
        return kind == "password"
    digits = digits_of(plain, value)
    if kind == "cvv":
        return 3 <= digits <= 4
    year = digits == 4 and _YEAR.match(plain[value.start : value.end]) is not None
    return not year and (digits >= 6 if kind == "password" else digits >= 4)


def digits_of(plain: str, value: Value) -> int:
    """How many digits a value has."""
    return sum(map(str.isdigit, plain[value.start : value.end]))
