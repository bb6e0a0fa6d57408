"""The BIP-39 word lists, with the checksum that every phrase carries."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

WORDS_IN_A_PHRASE: Final = (12, 15, 18, 21, 24)
BITS_OF_A_WORD: Final = 11

WORD: Final = re.compile(r"[a-z]+(?:[0-9][a-z]+)*")
"""A word in small letters; a digit within it stands for a letter (`app1e`)."""

_APART: Final = str.maketrans({chr(point): " " for point in range(128) if not chr(point).isalnum()})


@cache
def word_list(language: str) -> dict[str, int]:
    """The places of the 2,048 words of a list: `english`, `chinese_simplified`, `chinese_traditional`."""
    file = resources.files("mnemonic").joinpath("wordlist", f"{language}.txt")
    return {word: place for place, word in enumerate(file.read_text(encoding="utf-8").split())}


def words_of(low: str) -> list[str]:
    """All words of a text in small letters."""
    if not low.isascii():
        return WORD.findall(low)
    words = low.translate(_APART).split()
    if "".join(words).isalpha():
        return words
    found = list[str]()
    for word in words:
        if word.isalpha():
            found.append(word)
        else:
            found += WORD.findall(word)
    return found


def has_checksum(words: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether words of a list, as many as a phrase has, end in the checksum of the rest."""
    number = 0
    for word in words:
        number = (number << BITS_OF_A_WORD) | places[word]
    check_bits = len(words) * BITS_OF_A_WORD // 33
    entropy = (number >> check_bits).to_bytes(check_bits * 4, "big")
    check = hashlib.sha256(entropy).digest()[0] >> (8 - check_bits)
    return check == number & ((1 << check_bits) - 1)


def deletions(word: str) -> set[str]:
    """The word with one letter left out, wherever."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


@cache
def misspellings() -> dict[str, tuple[str, ...]]:
    """The English words by each spelling that lacks one letter."""
    found: dict[str, list[str]] = {}
    for word in word_list("english"):
        for shorter in deletions(word):
            found.setdefault(shorter, []).append(word)
    return {shorter: tuple(words) for shorter, words in found.items()}


@cache
def beginnings() -> dict[str, str]:
    """The English words by their first four letters, which tell them apart; some people note only those."""
    return {word[:4]: word for word in word_list("english")}


def words_meant(token: str) -> list[str]:
    """The English words that differ from a token by one letter more, less, other, or by two swapped."""
    index = misspellings()
    close = {*index.get(token, ())}
    for shorter in deletions(token):
        close.update(index.get(shorter, ()))
        if shorter in word_list("english"):
            close.add(shorter)
    return sorted(word for word in close if _one_apart(token, word))


def _one_apart(one: str, other: str) -> bool:
    if len(one) != len(other):
        return abs(len(one) - len(other)) == 1
    differing = [place for place in range(len(one)) if one[place] != other[place]]
    if len(differing) == 2:
        first, second = differing
        return second == first + 1 and one[first] == other[second] and one[second] == other[first]
    return len(differing) == 1
