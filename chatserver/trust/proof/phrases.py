"""Phrases that the host app and the chat show alike, and codes of agents: derived from a key, stored nowhere. Pure."""

import hmac
import json
import re
import unicodedata
from hashlib import sha256
from importlib import resources
from typing import Final

from msgspec import Struct

WINDOW_MS: Final = 10 * 60_000
"""How long a phrase stands; the one before is taken for as long again, so that nobody is caught by the change."""

WORDS: Final = 4
"""Words of a phrase: 24 bits, so that a guess is right once in 16 million."""

_WORDS_OF: Final[dict[str, list[str]]] = json.loads(
    resources.files("chatserver.trust.proof").joinpath("words.json").read_text(encoding="utf-8")
)
ENGLISH: Final = tuple(_WORDS_OF["en"])
CHINESE: Final = tuple(_WORDS_OF["zh"])


class Phrase(Struct, frozen=True):
    """A phrase in both languages, and until when it stands (milliseconds since 1970)."""

    zh: str
    en: str
    until: int


def phrase_of(key: bytes, user: str, now: int) -> Phrase:
    """What the host app and the chat of a user show at this time."""
    window = now // WINDOW_MS
    zh, en = _words(key, user, window)
    return Phrase(zh, en, (window + 1) * WINDOW_MS)


def is_phrase_of(key: bytes, user: str, said: str, now: int) -> bool:
    """Whether what somebody was told is this user's phrase, in either language, now or a window ago."""
    plain = _plain(said)
    windows = (now // WINDOW_MS, now // WINDOW_MS - 1)
    return any(hmac.compare_digest(plain, _plain(one)) for window in windows for one in _words(key, user, window))


def code_of(key: bytes, agent: str) -> str:
    """The code by which an agent can be checked: eight letters and digits that cannot be taken for each other."""
    number = int.from_bytes(_digest(key, f"agent|{agent}")[:8], "big")
    letters = ""
    for _ in range(8):
        number, value = divmod(number, len(_LETTERS))
        letters += _LETTERS[value]
    return f"{letters[:4]}-{letters[4:]}"


def is_code_of(key: bytes, agent: str, said: str) -> bool:
    """Whether what somebody was told is the code of this agent."""
    return hmac.compare_digest(_plain(code_of(key, agent)), _plain(said))


_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _words(key: bytes, user: str, window: int) -> tuple[str, str]:
    digest = _digest(key, f"user|{user}|{window}")
    places = [digest[at] % len(ENGLISH) for at in range(WORDS)]
    return " ".join(CHINESE[place] for place in places), " ".join(ENGLISH[place] for place in places)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), sha256).digest()


def _plain(said: str) -> bytes:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", said).lower()).encode()
