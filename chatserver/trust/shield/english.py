"""Recovery phrases in English: list words in a row, whatever stands between them."""

import re
from collections.abc import Iterator
from itertools import accumulate, islice, pairwise, product
from operator import sub
from typing import Final

from msgspec import Struct

from chatserver.trust.shield.reading import Words
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.wordlists import (
    WORD,
    WORDS_IN_A_PHRASE,
    beginnings,
    has_checksum,
    word_list,
    words_meant,
)

LEAST: Final = WORDS_IN_A_PHRASE[0]
STRAY: Final = 5
"""Words of the sentence around a phrase that are on the list by chance."""

TRIED_CORRECTIONS: Final = 64
"""Ways to correct misspelt words that are tried for a checksum; two words have hardly ever more."""

# Between two words of a phrase there are no other letters, but there may be numbers in either language.
_GAP: Final = re.compile(r"(?:[^a-z\u3400-\u9fff\0]|[第个個号號词詞是]){1,16}")
_LISTED: Final = re.compile(r"[\n,，、;；|/:.\d\-_>]")
# A list begins at its number one, and after what leads up to it (`my words: `).
_BEGINS: Final = re.compile(r"\D*(?<!\d)0?1(?!\d)\D*|(?:\d\d?)?\D*[:=]\D*")
_NUMBER: Final = re.compile(r"[(（\[]?(?:第|#)?\d{1,2}\s?(?:[个個号號]?[词詞]?)\s?[.)、:）\-]?\s?\Z")
_ABOUT: Final = re.compile(
    r"mnemonic|seed|phrase|recover|back ?up|secret words|restore|import|wallet words|my words|bip.?39"
    r"|助[记記词詞]|恢[复復](?:[词詞短]|[钱錢]包)|[注註][记記]|[种種]子|[词詞][组組]"
    r"|短[语語]|密[语語]|[导導]入|[备備]份|[单單][词詞]|的[词詞]|[个個][词詞字]"
)
GLUED: Final = 36
"""Letters in a row that can be a phrase without a space: 12 words of 3 letters."""

_GLUED: Final = re.compile(rf"[a-z]{{{GLUED},}}")
_MOST_WRONG: Final = 2
"""Words of twelve that may be wrong."""

_SHORTENED: Final = b"\1" * LEAST
_SIDE_BY_SIDE: Final = b"\1" * -(-(LEAST - _MOST_WRONG) // (_MOST_WRONG + 1))
"""Listed words that stand side by side whichever words of twelve are wrong."""


class Word(Struct):
    """A word of a text: its place, the list words that it may stand for, and whether it is one itself."""

    start: int
    end: int
    meant: list[str]
    exact: bool


def find_glued(low: str) -> list[Span]:
    """Phrases that are written without any space."""
    return [Span(*run.span(), "mnemonic") for run in _GLUED.finditer(low) if _is_glued(run[0])]


def find_english(low: str, words: Words) -> list[Span]:
    """Every recovery phrase in a text of small letters that has spaces, sorted; `words` are those of the text."""
    found = _find_shortened(low) if _SHORTENED in words.begin else []
    if _is_close(words.listed):
        about = _ABOUT.search(low) is not None
        for sequence in sequences(low):
            found += _phrases(low, sequence, wrong_at_most=2 if about else 1)
    return sorted(found)


def _is_close(listed: bytes) -> bool:
    """Whether so many words as the shortest phrase has are on the list, but for the most that may be wrong."""
    if len(listed) < LEAST or _SIDE_BY_SIDE not in listed:
        return False
    sums = list(accumulate(listed, initial=0))
    most: int = max(map(sub, sums[LEAST:], sums))
    return most >= LEAST - _MOST_WRONG


def sequences(low: str) -> Iterator[list[Word]]:
    """Words with nothing but separators between them."""
    listed, words = word_list("english"), list[Word]()
    for match in WORD.finditer(low):
        if words and (
            not _GAP.fullmatch(low, words[-1].end, match.start())
            or _BEGINS.fullmatch(low, words[-1].end, match.start())
        ):
            yield words
            words = []
        exact = match[0] in listed
        words.append(Word(match.start(), match.end(), [match[0]] if exact else [], exact))
    yield words


def listed_runs(words: list[Word]) -> list[tuple[int, int]]:
    """Where list words stand side by side: `(first, after the last)`."""
    flags = bytes(word.exact for word in words)
    return [match.span() for match in re.finditer(b"\1+", flags)]


def _phrases(low: str, words: list[Word], *, wrong_at_most: int) -> Iterator[Span]:
    """Phrases among words; each run of list words joins its neighbours over a misspelt word."""
    runs = listed_runs(words)
    place = 0
    while place < len(runs):
        last = place
        wrong = 0
        while last + 1 < len(runs) and wrong < _allowed(low, words, runs[place], wrong_at_most):
            if not _joined(low, words, runs[last : last + 2]):
                break
            last, wrong = last + 1, wrong + 1
        spare = _allowed(low, words, runs[place], wrong_at_most) - wrong
        first, end = _edges(low, words, (runs[place][0], runs[last][1]), spare)
        if end - first >= LEAST and sum(word.exact for word in words[first:end]) >= LEAST - wrong_at_most:
            yield _chosen(low, words[first:end])
            place = last + 1
        else:
            place += 1


def _allowed(low: str, words: list[Word], run: tuple[int, int], wrong_at_most: int) -> int:
    """How many words may be wrong: words that are set out as a list are more surely a phrase."""
    first, end = run
    gaps = zip(words[first : end - 1], words[first + 1 : end], strict=True)
    in_a_list = end - first > 1 and all(_LISTED.search(low, one.end, other.start) for one, other in gaps)
    return max(wrong_at_most, 2 if in_a_list else 1)


def _joined(low: str, words: list[Word], pair: list[tuple[int, int]]) -> bool:
    """Whether two runs are parts of one phrase with a wrong word between them."""
    (_, end), (start, _) = pair
    if start != end + 1:
        return False
    return _is_misspelt(low, words[end]) or _is_listed(low, words, end)


def _edges(low: str, words: list[Word], window: tuple[int, int], spare: int) -> tuple[int, int]:
    """The window with a misspelt first or last word."""
    first, end = window
    if end - first in WORDS_IN_A_PHRASE and _is_phrase(words[first:end]):
        return window
    if spare and first > 0 and end - first >= LEAST - 2:
        near = words[first - 1]
        if _is_misspelt(low, near) and _GAP.fullmatch(low, near.end, words[first].start):
            first, spare = first - 1, spare - 1
    if spare and end < len(words) and end - first >= LEAST - 1:
        end += _is_misspelt(low, words[end])
    return first, end


def _is_misspelt(low: str, word: Word) -> bool:
    if not word.meant:
        word.meant = words_meant(low[word.start : word.end])
    return bool(word.meant)


def _is_listed(low: str, words: list[Word], place: int) -> bool:
    """Whether the word stands in a list: marks before and after it."""
    before, word, after = words[place - 1 : place + 2]
    return bool(_LISTED.search(low, before.end, word.start) and _LISTED.search(low, word.end, after.start))


def _chosen(low: str, words: list[Word]) -> Span:
    """The phrase among list words: where the checksum is right, else all of them."""
    first, end = 0, len(words)
    if len(words) <= WORDS_IN_A_PHRASE[-1] + STRAY and not (len(words) in WORDS_IN_A_PHRASE and _is_phrase(words)):
        fitting = [
            (_is_even(low, words[a:b]), _set_apart(low, words, a, b), all(word.exact for word in words[a:b]), b - a, -a)
            for a, b in _parts(len(words))
            if _is_phrase(words[a:b])
        ]
        if fitting:
            *_, length, minus_first = max(fitting)
            first, end = -minus_first, length - minus_first
    return Span(_with_number(low, words[first:end]), words[end - 1].end, "mnemonic")


def _parts(count: int) -> Iterator[tuple[int, int]]:
    for length in WORDS_IN_A_PHRASE:
        if count - STRAY <= length < count:
            yield from ((first, first + length) for first in range(count - length + 1))


def _is_phrase(words: list[Word]) -> bool:
    """Whether the checksum is right, for one of the ways to read misspelt words."""
    places = word_list("english")
    readings = product(*(word.meant for word in words))
    return any(has_checksum(reading, places) for reading in islice(readings, TRIED_CORRECTIONS))


def _set_apart(low: str, words: list[Word], first: int, end: int) -> int:
    """How many of its two ends a part has at a line break, a colon or the like, unlike its inside."""
    inside = low[words[first].end : words[first + 1].start].strip(" ")
    before = low[words[first - 1].end : words[first].start].strip(" ") if first else ":"
    after = low[words[end - 1].end : words[end].start].strip(" ") if end < len(words) else ":"
    return (before != inside) + (after != inside)


def _is_even(low: str, words: list[Word]) -> bool:
    """Whether the same stands between all of its words, but for numbers."""
    gaps = (low[one.end : other.start] for one, other in pairwise(words))
    return len({re.sub(r"[\d ]+", " ", gap) for gap in gaps}) == 1


def _with_number(low: str, words: list[Word]) -> int:
    """Where a phrase starts, with the number before its first word if the second has one too."""
    start = words[0].start
    number = _NUMBER.search(low, max(0, start - 8), start)
    if number and re.search(r"\d", low[words[0].end : words[1].start]):
        return number.start()
    return start


def _find_shortened(low: str) -> list[Span]:
    """Phrases of which only the first four letters of each word are noted."""
    known, places = beginnings(), word_list("english")
    found, run = list[Span](), list[re.Match[str]]()
    for match in [*re.finditer(r"[a-z]+", low), None]:
        if match and match[0] in known and (not run or _GAP.fullmatch(low, run[-1].end(), match.start())):
            run.append(match)
            continue
        if len(run) in WORDS_IN_A_PHRASE and has_checksum([known[one[0]] for one in run], places):
            found.append(Span(run[0].start(), run[-1].end(), "mnemonic"))
        run = [match] if match and match[0] in known else []
    return found


def _is_glued(letters: str) -> bool:
    """Whether letters are list words without a rest, at least as many as a phrase has."""
    listed = word_list("english")
    most = {0: 0}  # by place: how many words lead there
    for place in range(len(letters)):
        if place in most:
            for length in range(3, 9):  # the shortest and the longest word of the list
                if letters[place : place + length] in listed:
                    most[place + length] = max(most.get(place + length, 0), most[place] + 1)
    return most.get(len(letters), 0) >= LEAST
