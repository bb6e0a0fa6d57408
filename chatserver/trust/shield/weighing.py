"""Values that no rule names, by all that stands around them: each word there has a weight that was learnt.

The weights come from the labelled messages of the tests: `python -m tests.unit.trust.shield.learning` makes them anew.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import islice, repeat
from math import exp
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from chatserver.trust.shield.nouns import Nearby, Noun
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.values import UNIT, Value, fits, mixed_values

KINDS: Final = ("otp", "pin", "cvv", "password")
"""What a value may be, in the order of its weights."""

BEFORE: Final = 48
"""Characters before a value that are looked at."""

AFTER: Final = 36
"""Characters after it."""

_ALIKE: Final = frozenset({"otp", "pin", "password"})
"""Kinds of digits that the same words may name."""

SURE: Final = 0.5
"""How likely a value is a secret before it is taken for one."""

MOST: Final = 24
"""Values of a text that are weighed: more of them are a table, which nobody types out of fear."""


# What only all around it tells apart from a date, a number of a house, or an order. What stands before is looked at
# after the first character, so that the search leaps from one to the next.
_GROUPED: Final = re.compile(
    r"[0-9](?<![0-9a-z_./$€£¥￥*+@%&=-][0-9])(?<![0-9][ ,:][0-9])"
    r"(?:(?:[ -]\d){2,7}|\d(?:[ -]\d\d){1,3}|\d[ -]\d{3}|\d{3}[ -]\d{4}|\d\d[ -]\d{3,4}|\d{2,7})"
    r"(?![0-9a-z_%*/@$&+]|\.\d|(?<!\d{4})[,:-]\d|[ -]\d)"
)
_CODED: Final = re.compile(
    r"[A-Z0-9](?<![0-9A-Za-z_./#@-][A-Z0-9])(?<!(?=(?:[A-Z]-?\d{1,5}|[A-Z]{2,5}-?\d{1,3})(?![0-9A-Za-z-])).)(?<=(?=.[A-Z-]*[0-9]|[0-9])(?=.[0-9-]*[A-Z]|[A-Z]).)"
    r"(?:[A-Z0-9]{1,4}-[A-Z0-9]{2,6}|[A-Z0-9]{3,7})(?![0-9A-Za-z_/@-]|\.[0-9a-z])"
)
_SPELT: Final = re.compile(
    r"[〇零一二三四五六七八九幺](?: ?[〇零一二三四五六七八九幺]){2,7}(?![十百千万亿])"
    r"|\b(?:zero|oh?|one|two|three|four|five|six|seven|eight|nine)"
    r"(?:[ -](?:zero|oh?|one|two|three|four|five|six|seven|eight|nine)){2,7}\b"
)

_LANE: Final = 32
_HALF: Final = 1 << _LANE - 1
_FULL: Final = (1 << _LANE) - 1
_TOKEN: Final = re.compile(r"[a-z]+|[\u3400-\u9fff]|[0-9]+|[^\sa-z0-9]")
_PLACES: Final = ("0", "1", "2", "3")
_SIDES: Final = ("<", ">")
_TOKENS: Final = 14
_LETTERS: Final = re.compile(r"[a-z]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_MIXED: Final = re.compile(r"[A-Za-z!@#$%^&*_+=~]-?[0-9]|[0-9]-?[A-Za-z!@#$%^&*_+=~]")
_OF_A_PROGRAM: Final = re.compile(r"[<>(){}\[\]|\\/'\"=;&?`:]")
_BEFORE_A_PIECE: Final = frozenset("[<&\\=/{|")

SIGNS: Final = {
    "three digits": re.compile(r"[0-9][ -]?[0-9][ -]?[0-9]"),
    "mixed": _MIXED,
    "spelt code": _SPELT,
}
"""What stands in a text with any value."""


def unnamed(plain: str, text: str, known: list[Value] | None, found: list[Span], may: Container[str]) -> list[Value]:
    """What may be a value and is none of what was found, in order, none within another; the first ones of a table.

    `known` are the values of the text if they have been looked for, `may` holds the signs that a sieve let through.
    """
    taken, values = sorted(found), list[Value]()
    if "three digits" in may:
        values += _free(plain, taken, (Value(*match.span(), mixed=False) for match in _GROUPED.finditer(plain)))
    if "mixed" in may:
        values += _free(plain, taken, (Value(*match.span(), mixed=True) for match in _CODED.finditer(text)))
        mixed = mixed_values(plain, text) if known is None else (one for one in known if one.mixed)
        values += _free(plain, taken, (one for one in mixed if _is_word(plain, one)))
    if "spelt code" in may:
        values += _free(plain, taken, (Value(*match.span(), mixed=False) for match in _SPELT.finditer(plain)))
    left, end = list[Value](), 0
    whole = len(plain.strip())
    for one in sorted(values, key=lambda one: (one.start, -one.end)):
        if one.start >= end and one.end - one.start < whole:  # nothing gives away what stands alone
            left.append(one)
            end = one.end
    return left[:MOST]


def _free(plain: str, taken: list[Span], values: Iterator[Value]) -> Iterator[Value]:
    """The first of the values that nothing has taken and that count nothing."""
    free = (one for one in values if not _touches(taken, one) and (one.mixed or UNIT.match(plain, one.end) is None))
    return islice(free, MOST)


def _is_word(plain: str, value: Value) -> bool:
    """Whether letters and digits meet in a value that is no piece of a program or an address."""
    word = plain[value.start : value.end]
    within = plain[value.start - 1 : value.start] in _BEFORE_A_PIECE or _OF_A_PROGRAM.search(word) is not None
    return not within and _MIXED.search(word) is not None


def words_around(plain: str, value: Value) -> tuple[list[str], list[str]]:
    """The words before a value and those after it, each with its side, from the nearest on."""
    start, end = value.start, value.end
    before = _TOKEN.findall(plain, max(0, start - BEFORE), start)[: -_TOKENS - 1 : -1]
    after = _TOKEN.findall(plain, end, end + AFTER)[:_TOKENS]
    return _sided("<", before), _sided(">", after)


def _sided(side: str, tokens: list[str]) -> list[str]:
    return [f"{side}#{min(len(one), 9)}" if one.isdigit() else side + one for one in tokens]


def looks(written: str, value: Value, nearby: Nearby, before: list[str], after: list[str]) -> Iterator[str]:
    """What a value looks like, the words next to it by their places, and the nouns around it; none comes twice."""
    for side, words in (("<", before), (">", after)):
        yield from map(str.__add__, _PLACES, words)
        if len(words) < len(_PLACES):
            yield f"{len(words)}{side}$"
    yield from _shape(written, mixed=value.mixed)
    yield from _named(value.start, value.end, nearby)


def _shape(written: str, *, mixed: bool) -> Iterator[str]:
    if mixed:
        marks = sum(not one.isalnum() for one in written)
        yield f"mixed {min(len(written), 12)}"
        yield f"mixed {'a' * (not written.isupper())}{'A' * (not written.islower())}{min(marks, 2)}"
        return
    yield _LETTERS.sub("a", _DIGITS.sub(lambda run: str(len(run[0])), written.lower()))
    digits = "".join(filter(str.isdigit, written))
    yield f"digits {len(digits)}"
    if digits.endswith("00"):
        yield "round"
    if digits.startswith("0"):
        yield "zero"
    if len(digits) == 4 and digits[:2] in {"19", "20"}:
        yield "year"


def _named(start: int, end: int, nearby: Nearby) -> Iterator[str]:
    """The nouns around: the nearest before, the nearest after, and which there are at all."""
    before, after = nearby.around(start, end)
    if before is not None:
        yield f"noun<{before.kind}{_distance(start - before.end)}"
    if after is not None:
        yield f"noun>{after.kind}{_distance(after.start - end)}"
    for kind in nearby.kinds:
        yield f"noun {kind}"


def _distance(characters: int) -> int:
    return 0 if characters < 3 else 1 if characters < 10 else 2 if characters < 30 else 3


class Scales(NamedTuple):
    """What each trait weighs, in hundredths: what they add up to for a kind, against nothing, is a logarithm of odds.

    The weights of all kinds are one number, in lanes of 32 bits, so that they are added up at once. Words that are said
    around a value, alone and in rows of two and three, are `rows`, found in one pass; all other traits are `alone`.
    """

    alone: dict[str, int]
    rows: AhoCorasick
    of_rows: list[int]

    def weigh(self, found: Iterable[str], before: list[str], after: list[str]) -> int:
        """All that is known of these traits and words, each once."""
        said = f"|{'|'.join(before)}||{'|'.join(after)}|"
        rows = {place for place, _, _ in self.rows.find_matches_as_indexes(said, overlapping=True)}
        whole = sum(map(self.of_rows.__getitem__, rows), start=self.alone[""])
        return sum(map(self.alone.get, found, repeat(0)), start=whole)


def learnt() -> dict[str, list[int]]:
    """The weights of the kinds by trait; those of `""` are of every value."""
    known: dict[str, list[int]] = json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8"))
    return known


@cache
def scales() -> Scales:
    """What was learnt, ready to weigh with."""
    weights = {trait: sum(one << _LANE * place for place, one in enumerate(row)) for trait, row in learnt().items()}
    rows = [trait for trait in weights if trait.startswith(_SIDES)]
    found = AhoCorasick([f"|{row}|" for row in rows], matchkind=MatchKind.Standard)
    alone = {trait: one for trait, one in weights.items() if not trait.startswith(_SIDES)}
    return Scales(alone, found, [weights[row] for row in rows])


def likeliest(plain: str, text: str, value: Value, nearby: Nearby) -> tuple[str, float]:
    """The likeliest kind of a value, and how likely it is any secret."""
    before, after = words_around(plain, value)
    written = text[value.start : value.end]
    whole, sums = scales().weigh(looks(written, value, nearby, before, after), before, after), []
    for _ in KINDS:
        low = (whole + _HALF & _FULL) - _HALF
        sums.append(low)
        whole = (whole - low) >> _LANE
    best = max(sums)
    return KINDS[sums.index(best)], 1 - 1 / (1 + sum(exp(min(one, 2_000) / 100) for one in sums))


def find_likely(plain: str, text: str, values: list[Value], nouns: list[Noun]) -> Iterator[Span]:
    """Those of the values that are rather a secret than not."""
    nearby = Nearby(nouns)
    for value in values:
        kind, sure = likeliest(plain, text, value, nearby)
        if sure > SURE and (value.mixed or not plain[value.start].isdigit() or fits(kind, plain, value)):
            yield Span(value.start, value.end, kind)


def called(plain: str, text: str, found: list[Span], nouns: list[Noun]) -> Iterator[Span]:
    """What was found, but digits of the kind that all around them says: a `payment password` of six is a PIN."""
    nearby = Nearby(nouns)
    for count, one in enumerate(found):
        if count < MOST and one.type in _ALIKE and plain[one.start : one.end].isdigit():
            kind, _ = likeliest(plain, text, Value(one.start, one.end, mixed=False), nearby)
            yield Span(one.start, one.end, kind if kind in _ALIKE else one.type)
        else:
            yield one


def _touches(taken: list[Span], value: Value) -> bool:
    """Whether one of the sorted spans has a part of a value."""
    at = bisect_left(taken, (value.start, value.start, ""))
    return (at < len(taken) and taken[at].start < value.end) or (at > 0 and taken[at - 1].end > value.start)
