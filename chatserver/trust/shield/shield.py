"""The secret shield: takes secrets out of what somebody wrote."""

import re
from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Final

from chatserver.core.ports import ANY_KIND, Cleaned, Joined
from chatserver.core.sieve import Sieve
from chatserver.trust.shield.chinese import APART_SIGN, find_chinese
from chatserver.trust.shield.contacts import find_contacts
from chatserver.trust.shield.credentials import SIGNS as CREDENTIAL_SIGNS
from chatserver.trust.shield.credentials import find_credentials, may_hold
from chatserver.trust.shield.english import GLUED, find_english, find_glued, listed_runs, sequences
from chatserver.trust.shield.folding import Folded, fold
from chatserver.trust.shield.keys import SIGNS as KEY_SIGNS
from chatserver.trust.shield.keys import find_keys
from chatserver.trust.shield.nouns import simpler
from chatserver.trust.shield.numbers import SIGNS as NUMBER_SIGNS
from chatserver.trust.shield.numbers import find_numbers
from chatserver.trust.shield.parts import SIGNS as PART_SIGNS
from chatserver.trust.shield.parts import continued, joined_spans, kinds_of
from chatserver.trust.shield.reading import Reading
from chatserver.trust.shield.spans import Span, blanked
from chatserver.trust.shield.weighing import scales

UNFINISHED_WORDS: Final = 4
"""List words in a row of a draft that may become a phrase; agents see a preview, the message comes whole anyway."""

# In a draft: digits, keys and passwords on their way.
_UNFINISHED: Final = re.compile(
    r"\d(?:[\s\-]?\d){5,}|[0-9a-z]{20,}|(?:密[码碼]|[验驗][证證][码碼]|口令|password"
    r"|passcode|\bpin\b|\botp\b|cvv|cvc).{0,60}\Z"
    r"|[\u3400-\u9fff](?:[\s,，、]+[\u3400-\u9fff](?![\u3400-\u9fff])){3,}"
)
SIGNS: Final = {
    **PART_SIGNS,
    **CREDENTIAL_SIGNS,
    **KEY_SIGNS,
    **NUMBER_SIGNS,
    "glued": re.compile(f"[a-z]{{{GLUED}}}"),
    "apart": APART_SIGN,
}
"""What has to stand in a folded text for a search to find anything; nine texts of ten have nothing of it."""

_OF_WORDS: Final = frozenset({"key", "braces", *CREDENTIAL_SIGNS})
# Signs that count what stands in a row are apart from those that are words: together they would have a state of their
# automaton for every number of the one and beginning of the other, and no text would find its states made.
_SIEVES: Final = (
    Sieve({name: sign for name, sign in SIGNS.items() if name in _OF_WORDS}),
    Sieve({name: sign for name, sign in SIGNS.items() if name not in _OF_WORDS}),
)


def signs(folded: Folded) -> frozenset[str]:
    """Which signs a text may have, whichever characters it is written in."""
    plain = simpler(folded.low)
    words, runs = _SIEVES
    return words.may(plain) | runs.may(plain)


class SecretShield:
    """Finds secrets by their shape, their checksum and the words around them; `contacts` adds phones and e-mails.

    Time is linear in the length of the text, some 0.1 ms for 500 characters.
    """

    def __init__(self, *, contacts: bool = False) -> None:
        self._contacts = contacts
        scales()  # read before the first message, which shall not wait for it

    def clean(self, text: str) -> Cleaned:
        """The text with every secret replaced by `[removed: TYPE]`, and the types in their order."""
        folded = fold(text)
        may, reading = signs(folded), Reading(folded)
        found = find_in(reading, may, contacts=self._contacts)
        kinds = kinds_of(reading, may)
        if not found:
            return Cleaned(text, [], kinds)
        return without(text, [Span(*folded.written(start, end), kind) for start, end, kind in found], kinds)

    def draft(self, text: str) -> str:
        """The same for a text that is still being written, without what may become a secret."""
        spans = self.find(text)
        folded = fold(text)
        for match in _UNFINISHED.finditer(folded.low):
            stretch = Span(*folded.written(*match.span()), "draft")
            spans += _apart([stretch], spans)
        for words in sequences(folded.low):
            for first, end in listed_runs(words):
                if end - first >= UNFINISHED_WORDS:
                    stretch = Span(*folded.written(words[first].start, words[end - 1].end), "draft")
                    spans += _apart([stretch], spans)
        return without(text, sorted(spans)).text

    def join(self, earlier: Sequence[str], text: str) -> Joined | None:
        """What the latest one or two of the earlier texts hold together with this one."""
        folded = [fold(one) for one in (*earlier, text)]
        if earlier and (more := continued(earlier[-1], folded[-1].low)):
            return Joined(without(text, [Span(*folded[-1].written(*one[:2]), one.type) for one in more]), [])
        kinds = [kinds_of(Reading(one), signs(one)) for one in folded]
        for count in range(len(earlier), 0, -1):  # all of them first: two parts of three may look like a phrase
            parts = folded[-count - 1 :]
            if not reduce(and_, (kinds[-count - 1 :])):
                continue
            spans = joined_spans(_find_joined, [part.text for part in parts])
            if spans is None:
                continue
            last = without(text, [Span(*parts[-1].written(start, end), kind) for start, end, kind in spans[-1]])
            first = len(earlier) - count
            return Joined(
                last, [(first + place, [one.type for one in found]) for place, found in enumerate(spans[:-1])]
            )
        return None

    def find(self, text: str) -> list[Span]:
        """Where the secrets are in the text as it was written, in order, none within another."""
        folded = fold(text)
        found = find_in(Reading(folded), signs(folded), contacts=self._contacts)
        return [Span(*folded.written(start, end), kind) for start, end, kind in found]


def _find_joined(whole: str) -> list[Span]:
    folded = fold(whole)
    return find_in(Reading(folded), signs(folded), contacts=False)


def without(text: str, spans: list[Span], kinds: int = ANY_KIND) -> Cleaned:
    """A text with stretches of it replaced by what they were."""
    kept, parts = 0, list[str]()
    for start, end, kind in spans:
        parts += [text[kept:start], "…" if kind == "draft" else f"[removed: {kind}]"]
        kept = end
    return Cleaned("".join([*parts, text[kept:]]), list(dict.fromkeys(kind for _, _, kind in spans)), kinds)


def find_in(reading: Reading, may: frozenset[str], *, contacts: bool) -> list[Span]:
    """Where the secrets are in a folded text; what is surer is looked for first and hides the rest.

    `may` holds what the sieves let through: what is not in it is not looked for.
    """
    folded = reading.folded
    low = folded.low
    found = find_keys(folded, may) if not may.isdisjoint(KEY_SIGNS) else []
    low = blanked(low, found)
    phrases = find_glued(low) if "glued" in may else []
    if "three words" in may:
        phrases += find_english(low, reading.words(low))
    phrases += find_chinese(low, reading, apart="apart" in may)
    low, found = blanked(low, phrases), found + phrases
    numbers = find_numbers(low, may) if "number" in may or "spelt" in may else []
    low, found = blanked(low, numbers), found + numbers
    if numbers or may_hold(may):
        cards = [one for one in numbers if one.type == "card"]
        found += _apart(find_credentials(low, folded.text, cards, may), found)
    if contacts:
        found += _apart(find_contacts(low), found)
    return sorted(found)


def _apart(spans: list[Span], found: list[Span]) -> list[Span]:
    """Those of the spans that touch none of what was found, nor each other; of two, the one that was named first."""
    taken = bytearray(max((one.end for one in (*spans, *found)), default=0))
    for start, end, _ in found:
        taken[start:end] = b"\1" * (end - start)
    kept: list[Span] = []
    for one in spans:
        if not any(taken[one.start : one.end]):
            taken[one.start : one.end] = b"\1" * (one.end - one.start)
            kept.append(one)
    return kept
