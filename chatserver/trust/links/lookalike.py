"""Whether a word looks like another: letters that look alike are one, and few may differ."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Letters of other scripts, and digits, by the Latin letter that they look like.
_ALIKE: Final = str.maketrans(
    {
        **dict(zip("авеһіјкӏмнорԛгѕтухԝүԁғьԍ", "abehijklmhopqrstyxwydfbg", strict=True)),
        **dict(zip("αβγδεζηικμνορστυχωϲϳ", "abydeznikuvopotuxwcj", strict=True)),
        **dict(zip("ıɩɪłøđħŧƙɓɗƒɡɣɦɨɭɱɲɵƿʀʂʈʉʋʏʐſƽ", "iiilodhtkbdfgyhilmnoprstuvyzss", strict=True)),
        **dict(zip("аեո݈", "aeni", strict=False)),
        **dict(zip("օսցհզ", "ougha"[:5], strict=True)),
        **dict(zip("0134578$@|!", "oleastbsali", strict=True)),
        "æ": "ae", "œ": "oe", "ß": "ss", "þ": "p", "ð": "d", "ŋ": "n", "ᴛ": "t", "ᴅ": "d", "ᴇ": "e", "ᴘ": "p", "ᴜ": "u",
        "ʟ": "l", "ɴ": "n", "ᴏ": "o", "ᴋ": "k", "ᴍ": "m", "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ɢ": "g", "ʜ": "h",
    }
)  # fmt: skip
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"), ("lc", "k"))
_MARK: Final = re.compile(r"[\u0300-\u036f\u0483-\u0489]")
_SCRIPTS: Final = (
    "LATIN",
    "CYRILLIC",
    "GREEK",
    "ARMENIAN",
    "CHEROKEE",
    "HEBREW",
    "ARABIC",
    "THAI",
    "DEVANAGARI",
    "HANGUL",
)


KEPT: Final = 1_000
KEPT_LENGTH: Final = 40
"""The names that are ours are asked for again and again; what users write is not worth keeping for ever."""


def skeleton(word: str) -> str:
    """A word in the letters that it looks like, without marks, hyphens and dots."""
    return known_skeleton(word) if len(word) <= KEPT_LENGTH else _skeleton(word)


def _skeleton(word: str) -> str:
    plain = _MARK.sub("", unicodedata.normalize("NFKD", word.lower()))
    return re.sub(r"[-_.\s·•]", "", plain.translate(_ALIKE))


known_skeleton: Final = lru_cache(KEPT)(_skeleton)


def skeletons(word: str) -> set[str]:
    """The skeleton of a word, and of what its pairs of letters look like (`rn` like `m`)."""
    first = skeleton(word)
    found = {first}
    for pair, one in _PAIRS:
        found |= {each.replace(pair, one) for each in found if pair in each}
    return found | {each.replace("i", "l") for each in found} | {each.replace("l", "i") for each in found}


def mixes_scripts(label: str) -> bool:
    """Whether letters of more than one alphabet stand in a label; Chinese and Japanese beside Latin is usual."""
    scripts = {
        script
        for letter in label
        if letter.isalpha()
        for script in [unicodedata.name(letter, "?").split(" ")[0]]
        if script in _SCRIPTS
    }
    return len(scripts) > 1


def resembles(word: str, core: str) -> bool:
    """Whether a word is so close to a name that people take it for the name: one letter off, two in long ones."""
    allowed = 0 if len(core) < 6 else 1 if len(core) < 8 else 2
    return any(distance(each, core, allowed) <= allowed for each in skeletons(word))


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap to make one word of the other; above `most` it does not matter how many."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        two_before, before, row = before, row, [at]
        for place, against in enumerate(other, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != against))
            swapped = at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == against
            row.append(min(cost, two_before[place - 2] + 1) if swapped else cost)
    return row[-1]
