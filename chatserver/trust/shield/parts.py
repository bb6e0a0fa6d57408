"""Secrets that come in parts: a phrase or a card number over up to three messages."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from chatserver.trust.shield.chinese import EVEN
from chatserver.trust.shield.english import LEAST, listed_runs, sequences
from chatserver.trust.shield.reading import Reading, rarity, worth
from chatserver.trust.shield.scores import scores
from chatserver.trust.shield.spans import Span
from chatserver.trust.shield.wordlists import WORDS_IN_A_PHRASE, has_checksum, word_list

WORDS_OF_A_PART: Final = 3
"""List words in a row that may be a part of a phrase: fewer stand in any sentence."""

LONGEST_PART: Final = 1_500
"""Characters of a part; longer texts are letters to support."""

MOSTLY: Final = 0.6
"""The share of a part's words that are on the list when no checksum vouches for the phrase."""

IN_PARTS: Final = frozenset({"mnemonic", "privkey", "wif", "xprv", "keystore", "card", "id_cn"})
"""Types that are long enough to be sent in parts."""

_DIGITS: Final = re.compile(r"\d{2}[\s\d.\-]*\d\d")
_KEY: Final = re.compile(r"[0-9a-z]{12,}")
_LETTERS_OF_A_KEY: Final = 20
_BRACES: Final = re.compile('[{}"]')
_RUN: Final = (b"\1\1\1", b"\1\1\0\1", b"\1\0\1\1")
"""List words in a row (1), of which one may be misspelt (0)."""

_RATHER_EVEN: Final = -4.0
"""Of four characters of a phrase 995 in a thousand have this mean score, of a whole message of talk one in ten."""

_LAST: Final = 4
_LAST_EVEN: Final = -3.4
"""The mean score of the last four characters where talk stands before the part."""

_CHINESE: Final = re.compile(r"(?:[\u3400-\u9fff][\s,，、]*)+")
_LEAD: Final = re.compile(r"^[^:\n]{0,40}:\s*")

Find = Callable[[str], list[Span]]


NUMBER: Final = 1
KEY: Final = 2
KEYSTORE: Final = 4
ENGLISH: Final = 8
CHINESE: Final = 16
"""What a text may be a part of, as bits; all parts of one secret have one in common."""

# What each kind needs at least; phrases need more than a pattern can tell.
SIGNS: Final = {
    "digits": _DIGITS,
    "key part": re.compile("[0-9a-z]{12}"),
    "braces": _BRACES,
    "three words": re.compile(r"[a-z]+[^a-z]+[a-z]+[^a-z]+[a-z]"),
}


def kinds_of(reading: Reading, may: frozenset[str]) -> int:
    """What a text may be a part of: rather too much than too little; `may` holds the signs that a sieve let through."""
    low = reading.folded.low
    if len(low) > LONGEST_PART:
        return 0
    found = 0
    if "digits" in may and _DIGITS.search(low):
        found |= NUMBER
    if "key part" in may and any(map(_is_part_of_a_key, _KEY.findall(low))):
        found |= KEY
    if "braces" in may and _BRACES.search(low):
        found |= KEYSTORE
    if "three words" in may and any(run in reading.words(low).listed for run in _RUN):
        found |= ENGLISH
    return found | CHINESE if _has_rare_characters(reading) else found


def _is_part_of_a_key(run: str) -> bool:
    return len(run) >= _LETTERS_OF_A_KEY or not run.isalpha()


def _has_rare_characters(reading: Reading) -> bool:
    """Whether characters, after what leads up to them, are rather those of a phrase than of a sentence."""
    low = reading.folded.low
    if low.isascii():
        return False
    lead = _LEAD.match(low) if ":" in low else None
    found = reading.rarity(low).listed[len(rarity(lead[0]).listed) if lead else 0 :]
    if len(found) < WORDS_OF_A_PART:
        return False
    last = found[-_LAST:]
    return sum(found) >= worth(_RATHER_EVEN) * len(found) or sum(last) >= worth(_LAST_EVEN) * len(last)


def joined_spans(find: Find, parts: Sequence[str]) -> list[list[Span]] | None:
    """What each of the parts holds of a secret that goes through all of them; None if there is none.

    The parts are folded texts in small and capital letters, the last one is the newest.
    """
    for texts, offsets in _readings(parts):
        for joint in ("\n", ""):
            found = _through_all(find(joint.join(texts)), texts, offsets, len(joint))
            if found:
                return found
    return _phrase_through_all(parts)


def continued(before: str, low: str) -> list[Span]:
    """What goes on with a phrase of which the message before held so much that it was taken out by itself."""
    if "[removed: mnemonic]" not in before:
        return []
    run = _longest_run(low)
    if run is not None and run[0] >= MOSTLY * len(re.findall(r"[a-z]+", low)):
        return [run[1]]
    characters = _CHINESE.fullmatch(low.strip())
    known = [scores()[one] for one in low if one in scores()] if characters else []
    even = len(known) >= WORDS_OF_A_PART and sum(known) / len(known) > EVEN
    return [Span(len(low) - len(low.lstrip()), len(low.rstrip()), "mnemonic")] if even else []


def _readings(parts: Sequence[str]) -> Iterator[tuple[list[str], list[int]]]:
    """The parts as they are, and without what leads up to them (`the rest: …`)."""
    yield list(parts), [0] * len(parts)
    leads = [len(match[0]) if (match := _LEAD.match(part)) else 0 for part in parts]
    if any(leads):
        yield [part[lead:] for part, lead in zip(parts, leads, strict=True)], leads


def _through_all(spans: list[Span], texts: list[str], offsets: list[int], joint: int) -> list[list[Span]] | None:
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + joint)
    for start, end, kind in spans:
        if kind not in IN_PARTS or start >= starts[1] - joint or end <= starts[-2]:
            continue
        inside = [(max(start, a) - a, min(end, a + len(text)) - a) for a, text in zip(starts, texts, strict=False)]
        return [[Span(a + by, b + by, kind)] for (a, b), by in zip(inside, offsets, strict=True)]
    return None


def _phrase_through_all(parts: Sequence[str]) -> list[list[Span]] | None:
    """A phrase whose parts stand in sentences: the longest run of list words of each part."""
    words, spans, pure = list[str](), list[list[Span]](), True
    for part in (text.lower() for text in parts):
        run = _longest_run(part)
        if run is None:
            return None
        count, span = run
        words += [match[0] for match in re.finditer(r"[a-z]+", part[span.start : span.end])]
        spans.append([span])
        pure = pure and count >= MOSTLY * len(re.findall(r"[a-z]+", part))
    whole = len(words) in WORDS_IN_A_PHRASE and all(word in word_list("english") for word in words)
    if whole and has_checksum(words, word_list("english")):
        return spans
    return spans if pure and len(words) >= LEAST else None


def _longest_run(part: str) -> tuple[int, Span] | None:
    runs = [(words, run) for words in sequences(part) for run in listed_runs(words)]
    words, (first, end) = max(runs, key=lambda one: one[1][1] - one[1][0], default=([], (0, 0)))
    if end - first < WORDS_OF_A_PART:
        return None
    return end - first, Span(words[first].start, words[end - 1].end, "mnemonic")
