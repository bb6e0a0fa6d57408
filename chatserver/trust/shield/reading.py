"""What several searches ask of the same text, found out once: which words are on the English list, how rare its
Chinese characters are."""

from functools import cache
from itertools import compress, repeat
from math import ceil
from typing import Final

from msgspec import Struct

from chatserver.trust.shield.folding import Folded
from chatserver.trust.shield.scores import FIRST_CHARACTER, LAST_CHARACTER, scores
from chatserver.trust.shield.wordlists import WORDS_IN_A_PHRASE, beginnings, word_list, words_of

LEAST: Final = WORDS_IN_A_PHRASE[0]

LISTED: Final = 1
BEGINNING: Final = 2
"""What a word may be, as bits: on the list, or the first four letters of one that is."""

_IS_LISTED: Final = bytes(flag & LISTED for flag in range(256))
_IS_BEGINNING: Final = bytes((flag & BEGINNING) >> 1 for flag in range(256))

BREAK: Final = 0
UNLISTED: Final = 1
"""The lanes of what no phrase goes over, and of a character that is on no list; listed ones have more."""

_NO_LANE: Final = 255
"""What a phrase may have between its characters: marks, spaces, digits."""

_FAR: Final = bytes([_NO_LANE]) * 7
_HAS_LANE: Final = bytes(value != _NO_LANE for value in range(256))

_LOWEST: Final = 6.7
_STEPS: Final = 36
_FIRST_STEP: Final = 2
_CARRY: Final = 0x8000
"""A lane's highest bit, which a window's sum never reaches by itself."""


class Words(Struct, frozen=True):
    """The words of a text in their order, a byte each: 1 where one is on the list (`listed`), or begins one that is."""

    listed: bytes
    begin: bytes


class Rarity(Struct, frozen=True):
    """The Chinese characters of a text and what breaks off between them, a byte each: the rarer the higher.

    The bytes are a little more than what the characters' scores are, so that sums tell what cannot be a phrase.
    """

    whole: bytes
    """A byte for each character of the text, whether it has a lane or not."""

    lanes: bytes

    def is_near(self, start: int, end: int) -> bool:
        """Whether no more than six signs in a row stand between the characters of a part of the text."""
        return self.whole.find(_FAR, start, end) < 0

    def broken(self, spans: list[tuple[int, int]]) -> "Rarity":
        """The same with parts of the text that break off what stands around them."""
        whole = bytearray(self.whole)
        for start, end in spans:
            whole[start:end] = bytes([BREAK]) * (end - start)
        return _rarity_of(bytes(whole))

    @property
    def places(self) -> list[int]:
        """Where in the text each of the lanes is."""
        return list(compress(range(len(self.whole)), self.whole.translate(_HAS_LANE)))

    @property
    def count(self) -> int:
        """How many Chinese characters there are."""
        return len(self.lanes) - self.lanes.count(BREAK)

    @property
    def listed(self) -> bytes:
        """The bytes of those that are on a list."""
        return self.lanes.translate(None, bytes([BREAK, UNLISTED]))

    def windows(self, mean: float) -> list[int]:
        """Where a stretch as long as the shortest phrase begins whose mean score may be higher.

        All windows are summed at once, in lanes of 16 bits of one large number, by shifting it onto itself.
        """
        windows = len(self.lanes) - LEAST + 1
        if windows < 1:
            return []
        one = int.from_bytes(self.lanes.decode("latin-1").encode("utf-16-le"), "little")
        two = one + (one >> 16)
        four = two + (two >> 32)
        twelve = four + (four >> 64) + (four >> 128)
        least = int(LEAST * (_FIRST_STEP + _STEPS * (_LOWEST + mean)))
        carried = twelve + int.from_bytes((_CARRY - least).to_bytes(2, "little") * windows, "little")
        carried &= int.from_bytes(_CARRY.to_bytes(2, "little") * windows, "little")
        return list(compress(range(windows), carried.to_bytes(2 * windows, "little")[1::2])) if carried else []


def worth(mean: float) -> float:
    """The least mean byte of listed characters whose mean score is so high."""
    return _FIRST_STEP + _STEPS * (_LOWEST + mean)


class Reading:
    """A folded text, and what was found out about it so far."""

    __slots__ = ("_rarity", "_words", "folded")

    def __init__(self, folded: Folded) -> None:
        self.folded = folded
        self._words: Words | None = None
        self._rarity: Rarity | None = None

    def words(self, low: str) -> Words:
        """The words of the text, or of one that was made of it."""
        if low is not self.folded.low:
            return _words(low)
        if self._words is None:
            self._words = _words(low)
        return self._words

    def rarity(self, low: str) -> Rarity:
        """The Chinese characters of the text, or of one that was made of it."""
        if low is not self.folded.low:
            return rarity(low)
        if self._rarity is None:
            self._rarity = rarity(low)
        return self._rarity


def _words(low: str) -> Words:
    flags = bytes(map(_known().get, words_of(low), repeat(0)))
    return Words(flags.translate(_IS_LISTED), flags.translate(_IS_BEGINNING))


def rarity(low: str) -> Rarity:
    """How rare the Chinese characters of a text in small letters are."""
    return _rarity_of(low.translate(_lanes()).encode("latin-1"))


def _rarity_of(whole: bytes) -> Rarity:
    return Rarity(whole, whole.translate(None, bytes([_NO_LANE])))


@cache
def _known() -> dict[str, int]:
    known = dict.fromkeys(word_list("english"), LISTED)
    for beginning in beginnings():
        known[beginning] = known.get(beginning, 0) | BEGINNING
    return known


@cache
def _lanes() -> list[int]:
    """By code point, the byte of a character; folded texts have none beyond the first plane."""
    lanes = [_NO_LANE] * 0x10000
    lanes[FIRST_CHARACTER : LAST_CHARACTER + 1] = [UNLISTED] * (LAST_CHARACTER + 1 - FIRST_CHARACTER)
    for character, score in scores().items():
        lanes[ord(character)] = _FIRST_STEP + ceil(_STEPS * (_LOWEST + score))
    for character in "abcdefghijklmnopqrstuvwxyz\0。！？!?":
        lanes[ord(character)] = BREAK
    return lanes
