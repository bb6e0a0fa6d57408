"""Recovery phrases in Chinese: 12 and more list characters, together or apart.

The list holds the 2,048 most used characters, the most used first, so that any sentence is made of them. A phrase
differs from a sentence in that its characters are drawn evenly: most of them are rare ones.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, repeat
from operator import sub
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick
from msgspec import Struct

from chatserver.trust.shield.reading import BREAK, Rarity, Reading
from chatserver.trust.shield.scores import LISTS, NEVER, scores
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.vocabulary import vocabulary
from chatserver.trust.shield.wordlists import WORDS_IN_A_PHRASE, has_checksum, word_list

LEAST: Final = WORDS_IN_A_PHRASE[0]

EVEN: Final = -2.75
"""Mean score above which characters are rather a phrase than a sentence. Of random phrases 99 in 100 have it, of
stretches of 12 characters in wallet talk one in a thousand."""

EVEN_ENOUGH: Final = {True: -3.2, False: -3.0}
"""Mean scores from which a right checksum convinces, where the talk is of phrases and where it is not."""

EVEN_ALONE: Final = -3.6
"""The same for characters that are all that a message holds."""

CERTAIN: Final = -2.25
"""Mean score that convinces without a checksum, if the stretch stands by itself."""

WORTH_OF_AN_END: Final = 4.0
"""What an end at a mark or a space tells, in bits: a sixteenth of all places in a sentence are."""

TRIED: Final = 400
"""Stretches that are tried for a checksum; what has more between its breaks is little else than rare characters."""

FIRST_CHARACTER: Final = "\u3400"
_CHARACTER: Final = "[\u3400-\u9fff]"
_BETWEEN: Final = "[^\u3400-\u9fffa-z\\0]"
_MARK: Final = re.compile(r"[，,、;；:：\n]")
# Characters one by one, with spaces, marks or numbers between them.
_APART: Final = re.compile(rf"{_CHARACTER}(?:{_BETWEEN}{{1,6}}+{_CHARACTER}(?!{_CHARACTER})){{11,}}")
APART_SIGN: Final = re.compile(rf"(?:{_CHARACTER}{_BETWEEN}{{1,6}}){{11}}{_CHARACTER}")
_NUMBER: Final = re.compile(r"\d{1,2}\s?[.)、:）\-]?\s?\Z")
_ABOUT: Final = AhoCorasick(vocabulary()["about"])
"""Words by which people speak of their phrase."""

_LABEL: Final = re.compile("助[记記][词詞]|助[词詞][记記]|恢[复復][词詞]|恢[复復]短[语語]")


class Stretch(NamedTuple):
    """Characters in a row, by number: from `first` up to, not including, `end`."""

    first: int
    end: int


class Characters(Struct, frozen=True):
    """Chinese characters of a text with nothing that breaks off between them.

    `places` are theirs in the text whose rarity is `rarity`; `sums` those of their scores up to each; `marks` has for
    each mark among them how many are before it.
    """

    text: str
    places: list[int]
    rarity: Rarity
    sums: list[float]
    marks: list[int]

    def mean(self, first: int, end: int) -> float:
        """The mean score of a stretch."""
        return (self.sums[end] - self.sums[first]) / (end - first)

    def ends(self, first: int, end: int) -> int:
        """How many ends of a stretch are not in the middle of characters."""
        return self._parted(first) + self._parted(end)

    def _parted(self, at: int) -> bool:
        """Whether something stands between a character and the one before it."""
        return at in {0, len(self.places)} or self.places[at - 1] + 1 < self.places[at]

    def against(self, one: "Stretch") -> float:
        """What speaks against a phrase in a stretch, in bits."""
        length = one.end - one.first
        bits = self.sums[one.end] - self.sums[one.first] - EVEN * length + length / 3
        return -bits - WORTH_OF_AN_END * self.ends(one.first, one.end)

    def span(self, first: int, end: int) -> Span:
        """A stretch as what was found."""
        return Span(self.places[first], self.places[end - 1] + 1, "mnemonic")

    def is_varied(self, first: int, end: int) -> bool:
        """Whether it could have been drawn: hardly any character comes twice among so many that could."""
        return 2 * len(set(self.text[first:end])) > end - first

    def is_whole(self, first: int, end: int) -> bool:
        """Whether nothing else than marks and spaces stands within a stretch."""
        marks = self.marks[bisect_right(self.marks, first) : bisect_left(self.marks, end)]
        if len(marks) == 1:
            return False
        start, last = self.places[first], self.places[end - 1]
        if last - start > end - 1 - first and not self.rarity.is_near(start, last):
            return False
        # A sentence has its marks here and there, a phrase after each so many characters.
        return not marks or len(set(map(sub, [*marks, end], [first, *marks]))) == 1


def find_chinese(low: str, reading: Reading, *, apart: bool) -> list[Span]:
    """Every recovery phrase in Chinese, sorted; `apart` says whether characters may stand one by one."""
    if low.isascii():
        return []
    rarity = reading.rarity(low)
    labels = list(_LABEL.finditer(low)) if "助" in low or "恢" in low else []
    if labels:
        rarity = rarity.broken([label.span() for label in labels])
    count = rarity.count
    if count < LEAST:
        return []
    found = list(_find_apart(_LABEL.sub(_breaks, low))) if apart else []
    if not found:
        about = bool(_ABOUT.find_matches_as_indexes(low))
        even = EVEN_ALONE if count in WORDS_IN_A_PHRASE else EVEN_ENOUGH[about]
        for characters in _unbroken(low, rarity, even):
            found += _find_together(characters, even, about=about)
    return sorted(found)


def _breaks(label: re.Match[str]) -> str:
    return "\0" * len(label[0])


def _find_apart(low: str) -> Iterator[Span]:
    for match in _APART.finditer(low):
        places = [one.start() for one in re.finditer(_CHARACTER, match[0])]
        text = "".join(match[0][place] for place in places)
        begins = match.start() > 0 and low[match.start() - 1] >= FIRST_CHARACTER  # the end of the sentence before
        first, end = _best_apart(text, later=begins)
        if end:
            start = match.start() + places[first]
            number = _NUMBER.search(low, max(0, start - 5), start)
            if number and re.search(r"\d", match[0][places[first] : places[first + 1]]):
                start = number.start()
            yield Span(start, match.start() + places[end - 1] + 1, "mnemonic")


def _best_apart(text: str, *, later: bool) -> tuple[int, int]:
    """The phrase among single characters: with a right checksum, else nearly all of them if they are rare.

    `later`: rather one that begins after the first character.
    """
    count = len(text)
    parts = (
        (a, a + length)
        for length in reversed(WORDS_IN_A_PHRASE)
        for a in sorted(range(max(0, min(count - length, 5) + 1)), key=lambda first: later and first == 0)
    )
    for first, end in [(0, count), *parts]:
        if end <= count and end - first in WORDS_IN_A_PHRASE and _is_phrase(text[first:end]):
            return first, end
    known = [scores()[one] for one in text if one in scores()]
    even = len(known) >= count - 1 and sum(known) / len(known) > EVEN_ENOUGH[True]
    return (0, count) if even else (0, 0)


def _is_phrase(text: str) -> bool:
    """Whether the characters are of one list and the checksum is right."""
    for language in LISTS:
        places = word_list(language)
        if places.keys() >= set(text) and has_checksum(text, places):
            return True
    return False


def _unbroken(low: str, rarity: Rarity, even: float) -> Iterator[Characters]:
    """The characters between breaks that may hold a phrase, as rare ones are among them."""
    places, lanes, end = list[int](), rarity.lanes, 0
    for first in rarity.windows(even):
        if first >= end and lanes[first] != BREAK:
            start, end = lanes.rfind(BREAK, 0, first) + 1, lanes.find(BREAK, first)
            end = len(lanes) if end < 0 else end
            places = places or rarity.places
            own = places[start:end]
            text = "".join(map(low.__getitem__, own))
            sums = list(accumulate(map(scores().get, text, repeat(NEVER)), initial=0.0))
            marks = [bisect_left(own, mark.start()) for mark in _MARK.finditer(low, own[0], own[-1])]
            yield Characters(text, own, rarity, sums, marks)


def _find_together(characters: Characters, even: float, *, about: bool) -> list[Span]:
    likely = list(_likely(characters, even))
    if len(likely) > TRIED:
        return [characters.span(*region) for region in _merged(likely)]
    fitting = [one for one in likely if _is_phrase(characters.text[one.first : one.end])]
    certain = [one for one in likely if _is_certain(characters, one, about=about)]
    chosen: list[Stretch] = []
    for one in sorted(fitting, key=characters.against) + sorted(certain, key=characters.against):
        if all(one.end <= other.first or other.end <= one.first for other in chosen):
            chosen.append(one)
    return [characters.span(one.first, one.end) for one in chosen]


def _likely(characters: Characters, even: float) -> Iterator[Stretch]:
    """Stretches as long as a phrase whose characters are rare enough."""
    sums = characters.sums
    for length in WORDS_IN_A_PHRASE:
        least = even * length
        rare = [at for at, score in enumerate(map(sub, sums[length:], sums)) if score > least]
        for first in rare:
            last = first + length
            if characters.is_whole(first, last) and characters.is_varied(first, last):
                yield Stretch(first, last)


def _is_certain(characters: Characters, one: Stretch, *, about: bool) -> bool:
    """Whether a stretch is a phrase though its checksum is wrong: it stands by itself, and all of it is rare."""
    mean = characters.mean(one.first, one.end)
    return characters.ends(one.first, one.end) == 2 and mean > (EVEN if about else CERTAIN)


def _merged(likely: list[Stretch]) -> list[tuple[int, int]]:
    regions: list[tuple[int, int]] = []
    for one in sorted(likely, key=lambda one: one.first):
        if regions and one.first <= regions[-1][1]:
            regions[-1] = (regions[-1][0], max(regions[-1][1], one.end))
        else:
            regions.append((one.first, one.end))
    return regions
