"""Which of many patterns may match a text, told in one pass that is linear in its length.

Rules are written with Python's `re`, whose cost is that of every alternative at every place. Most texts match none of
them. RE2 looks for all patterns of a sieve at once, about a microsecond for a chat message, but knows no look-around;
so each pattern is weakened first: what it may not say is left out, so that it lets through more and never less. Only
patterns that pass are then tried for what they really say.
"""

import re
from collections.abc import Iterable, Mapping
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

import re2

EXACT: Final = 8
"""Repetitions that are counted; beyond them any number will do, which keeps the automaton small."""

EXACT_OF_ONE: Final = 24
"""The same for a single character or set of them."""

ANYTHING: Final = r"(?s:.)"
_SPACES: Final = r"\s\v\x1c-\x1f\x85\p{Z}"
_WORD: Final = r"_\p{L}\p{N}\p{M}"
_CATEGORIES: Final = {
    ops.CATEGORY_DIGIT: r"\p{N}",
    ops.CATEGORY_SPACE: _SPACES,
    ops.CATEGORY_WORD: _WORD,
}
_NOTHING: Final = frozenset({ops.ASSERT, ops.ASSERT_NOT, ops.AT})
_REPEATS: Final = frozenset({ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT})
_ALWAYS: Final = 0
"""The number of a pattern that matches everything: where it is missing, the pass failed and nothing is ruled out."""


class Sieve:
    """Named patterns, and which of them may match a text or any part of it."""

    def __init__(self, patterns: Mapping[str, re.Pattern[str]]) -> None:
        self._names = ["", *patterns]
        self._all = frozenset(patterns)
        self._none: frozenset[str] = frozenset()
        self._set = re2.Set.SearchSet()
        self._set.Add("")
        for pattern in patterns.values():
            self._set.Add(weakened(pattern))
        self._set.Compile()

    def may(self, text: str) -> frozenset[str]:
        """Names of the patterns that may match; of those that are not among them none does."""
        try:
            found = self._set.Match(text)
        except UnicodeEncodeError:  # half a surrogate pair
            return self._all
        if len(found) == 1 and found[0] == _ALWAYS:
            return self._none
        if _ALWAYS not in found:
            return self._all
        return frozenset([self._names[number] for number in found if number != _ALWAYS])


def weakened(pattern: re.Pattern[str]) -> str:
    """A pattern for RE2 that matches wherever this one does, and elsewhere too."""
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    flags = "(?i)" if pattern.flags & re.IGNORECASE else ""
    return flags + _sequence(_between(list(parsed)), pattern.flags)


def _between(items: list[Any]) -> list[Any]:
    """Without what is optional at either end: a search finds the rest as well."""
    while items and _is_optional(items[0]):
        items = items[1:]
    while items and _is_optional(items[-1]):
        items = items[:-1]
    return items


def _is_optional(item: tuple[Any, Any]) -> bool:
    kind, value = item
    return kind in _NOTHING or (kind in _REPEATS and value[0] == 0)


def _sequence(items: Iterable[Any], flags: int) -> str:
    return "".join(_item(kind, value, flags) for kind, value in items)


def _item(kind: Any, value: Any, flags: int) -> str:  # noqa: PLR0911  (one case a kind)
    if kind in _NOTHING:
        return ""
    if kind in _REPEATS:
        least, most, inner = value
        return _repeated(least, most, inner, flags)
    match kind:
        case ops.LITERAL:
            return f"\\x{{{value:x}}}"
        case ops.NOT_LITERAL:
            return f"[^{_in_set(value)}]"
        case ops.ANY:
            return ANYTHING if flags & re.DOTALL else "."
        case ops.IN:
            return _set_of(value)
        case ops.BRANCH:
            return "(?:" + "|".join(_sequence(branch, flags) for branch in value[1]) + ")"
        case ops.SUBPATTERN:
            return f"(?:{_sequence(value[3], flags)})"
        case ops.ATOMIC_GROUP:
            return f"(?:{_sequence(value, flags)})"
        case _:
            raise ValueError(f"A sieve cannot weaken {kind} in a pattern.")


def _repeated(least: int, most: int, inner: Any, flags: int) -> str:
    one = f"(?:{_sequence(inner, flags)})"
    exact = EXACT_OF_ONE if len(inner) == 1 and inner[0][0] in {ops.LITERAL, ops.IN, ops.ANY} else EXACT
    kept = min(least, exact)
    if most <= min(kept + 3, exact):
        return f"{one}{{{kept},{most}}}"
    return (f"{one}{{{kept}}}" if kept else "") + f"{one}*"


def _set_of(members: list[Any]) -> str:
    negated = members[0][0] is ops.NEGATE
    parts = [_member(kind, value) for kind, value in members[negated:]]
    if any(
        part is None or (negated and kind is ops.CATEGORY)
        for part, (kind, _) in zip(parts, members[negated:], strict=True)
    ):
        return ANYTHING
    return f"[{'^' * negated}{''.join(map(str, parts))}]"


def _member(kind: Any, value: Any) -> str | None:
    """A member of a set; None for everything that is not of a category, which lets anything through."""
    if kind is ops.LITERAL:
        return _in_set(value)
    if kind is ops.RANGE:
        return f"{_in_set(value[0])}-{_in_set(value[1])}"
    return _CATEGORIES.get(value)


def _in_set(point: int) -> str:
    return f"\\x{{{point:x}}}"
