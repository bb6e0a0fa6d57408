"""One spelling for the many: digits of all scripts, full-width letters, invisible characters.

Secrets are searched in the folded text; what is found is told in places of the text as it was written.
"""

import re
from typing import Final

from msgspec import Struct

DIGIT_ZEROS: Final = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
    0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
    0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x11066, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6, 0x1FBF0, 0x2080,
)  # fmt: skip
"""Where the decimal digits of each script begin in Unicode, nine more follow; subscripts among them."""

DIGIT_ONES: Final = (0x2460, 0x2474, 0x2776, 0x2780, 0x278A, 0x24F5)
"""Circled and bracketed digits, which begin with one."""

_SINGLES: Final = {
    "⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⓪": "0",
    "：": ":", "＝": "=", "＠": "@", "．": ".", "／": "/", "＿": "_", "＋": "+", "＃": "#", "＊": "*", "｜": "|",
    "｛": "{", "｝": "}", "＂": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "İ": "I",
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ԁ": "d", "к": "k",
    "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M", "Н": "H", "О": "O", "Р": "P", "С": "C", "Т": "T", "Х": "X",
}  # fmt: skip
_DASHES: Final = "‐‑‒–—―−﹣－"
_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\u20e3"


def _fold_table() -> dict[int, str]:
    table = {zero + value: str(value) for zero in DIGIT_ZEROS for value in range(10)}
    table |= {one + value: str(value + 1) for one in DIGIT_ONES for value in range(9)}
    table |= {0xFF21 + letter: chr(65 + letter) for letter in range(26)}
    table |= {0xFF41 + letter: chr(97 + letter) for letter in range(26)}
    table |= {ord(character): plain for character, plain in _SINGLES.items()}
    table |= {ord(dash): "-" for dash in _DASHES} | {ord(space): " " for space in _SPACES}
    return table | {point: "" for point in range(0x10000) if _UNSEEN.match(chr(point))}


_UNSEEN: Final = re.compile(f"[{_INVISIBLE}]+")
_TABLE: Final = _fold_table()
# What has another spelling or none. Beyond the first plane a set of characters is searched one by one, so those are
# apart, and so is half a surrogate pair, which no library that reads UTF-8 takes.
_ODD: Final = re.compile(f"[{''.join(re.escape(chr(point)) for point in _TABLE if point <= 0xFFFF)}]+")
_FAR: Final = re.compile("[\U00010000-\U0010ffff]+")
_HALF: Final = re.compile("[\ud800-\udfff]")


class Folded(Struct, frozen=True):
    """A text in one spelling: `text` with its case, `low` in small letters, both of the same length.

    Nothing in it is beyond the first plane of Unicode: what has no plainer spelling there stands as U+FFFD.

    `places` are the places in the written text, None when they are the same.
    """

    text: str
    low: str
    places: list[int] | None

    def written(self, start: int, end: int) -> tuple[int, int]:
        """The places of a stretch in the text as it was written."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(written: str) -> Folded:
    """The text in one spelling."""
    if written.isascii():
        return Folded(written, written.lower(), None)
    text = _ODD.sub(_plain, written)
    places = None
    if len(text) < len(written):
        places, since = list[int](), 0
        for unseen in _UNSEEN.finditer(written):
            places.extend(range(since, unseen.start()))
            since = unseen.end()
        places.extend(range(since, len(written)))
    try:
        far = len(text.encode("utf-16-le")) > 2 * len(text)
    except UnicodeEncodeError:
        text, far = _HALF.sub("\ufffd", text), True
    if far:
        text = _FAR.sub(lambda run: "".join([_TABLE.get(ord(one), "\ufffd") for one in run[0]]), text)
    return Folded(text, text.lower(), places)


def _plain(run: re.Match[str]) -> str:
    return run[0].translate(_TABLE)
