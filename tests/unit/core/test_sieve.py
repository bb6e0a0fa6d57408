"""The sieve lets through whatever matches: on patterns of every kind, and on the rules of the shields."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver import trust
from chatserver.core.sieve import Sieve, weakened
from chatserver.loadtest.dialogues import read_dialogues

KINDS: Final = {
    "literal": r"a\.b",
    "case": r"(?i)straSSe",
    "set": r"[a-c_\d]{2}",
    "not in a set": r"x[^ab\n]y",
    "not of a category": r"x[^\w]y|x\Dz",
    "spaces": r"a\s+b",
    "words": r"\w\w-\w",
    "branches": r"(?:ab|cd(?:e|f))+g",
    "exact": r"a{3}b{2,4}",
    "long": r"(?:ab){9,20}c",
    "run": r"[ab]{30,}",
    "lazy": r"a.{0,40}?b",
    "possessive": r"a(?:b{1,3}+c)*+d",
    "atomic": r"a(?>b+)c",
    "before": r"(?<=a)b(?<!ab)c|(?<!x)y",
    "after": r"a(?=b)(?!bc)b",
    "ends": r"\Aab|\bcd\b|ef\Z",
    "any": r"(?s)a.b",
    "beyond": "[\\u3400-\\u9fff]{2}\\U0001f600",
    "optional at its ends": r"a?bc*",
}
PIECES: Final = st.sampled_from([*"abcdefgxyz_.-\n 9٣中文😀ßſ\u00a0\u200b", "ab" * 9, "aaabb", "strasse", "abababab"])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_matches_is_let_through(text: str) -> None:
    patterns = {name: re.compile(pattern) for name, pattern in KINDS.items()}
    matching = {name for name, pattern in patterns.items() if pattern.search(text)}
    assert matching <= Sieve(patterns).may(text)


def test_it_holds_back_what_has_nothing_of_it() -> None:
    may = Sieve({name: re.compile(pattern) for name, pattern in KINDS.items() if name != "ends"}).may("Hello there")
    assert may == frozenset()


def test_half_a_character_rules_nothing_out() -> None:
    assert Sieve({"a": re.compile("a")}).may("\ud800") == {"a"}


def test_a_pattern_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot weaken"):
        weakened(re.compile(r"(a)\1"))


def rules() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of the shields that can be weakened."""
    for module in pkgutil.walk_packages(trust.__path__, "chatserver.trust."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and "{names}" not in value.pattern:
                yield f"{module.name}.{name}", value


def test_no_rule_of_the_shields_is_held_back() -> None:
    said = [turn.text for dialogue in read_dialogues() for turn in dialogue.turns]
    texts = [text.lower() for text in said] + ["".join(pair) for pair in zip(said, said[7:], strict=False)]
    sieves = {name: (pattern, Sieve({name: pattern})) for name, pattern in rules()}
    assert len(sieves) > 100
    for name, (pattern, sieve) in sieves.items():
        held = [text for text in texts if pattern.search(text) and not sieve.may(text)]
        assert not held, name
