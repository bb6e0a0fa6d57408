"""The word lists of the secret shield for the widget, as small as they get: each is written once, in few bytes."""

import json
from itertools import pairwise
from typing import Final

from chatserver.gen.typescript import HEAD
from chatserver.trust.shield.vocabulary import vocabulary
from chatserver.trust.shield.wordlists import word_list

MOST_SHARED: Final = 9
"""Letters that a word may share with the one before it: one digit says how many."""

SAME: Final = "."
"""Stands for a traditional character that is the simplified one."""


def module() -> str:
    """The TypeScript module."""
    simplified, traditional = (list(word_list(f"chinese_{script}")) for script in ("simplified", "traditional"))
    differing = [SAME if one == other else other for one, other in zip(simplified, traditional, strict=True)]
    parts = {
        "ENGLISH": ("Each word as how many letters it shares with the one before, and the rest.", _shared()),
        "SIMPLIFIED": ("The simplified list, in its order.", "".join(simplified)),
        "TRADITIONAL": ("The traditional list; a full stop is the simplified character.", "".join(differing)),
    }
    texts = [f"/** {why} */\nexport const {name} = {_json(text)};" for name, (why, text) in parts.items()]
    words = f"/** The words around secrets, by what they name. */\nexport const WORDS = {_json(vocabulary())};"
    return "\n\n".join([HEAD.rstrip(), *texts, words]) + "\n"


def _shared() -> str:
    words = ["", *word_list("english")]
    return "".join(f"{count}{word[count:]}" for before, word in pairwise(words) for count in [_common(before, word)])


def _common(one: str, other: str) -> int:
    count = 0
    while count < min(len(one), len(other), MOST_SHARED) and one[count] == other[count]:
        count += 1
    return count


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
