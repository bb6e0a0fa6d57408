"""The types of input text, with their limits as the contract states them."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Final

from msgspec import Meta

from chatserver.core.errors import invalid

Key = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_.:-]+\Z",
        description="Chosen by the sender, unique per sender and conversation for ever.",
        examples=["01J-k7"],
    ),
]
Id = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+\Z",
        description="Opaque id.",
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=4_000, description="1–4,000 code points.")]
LongText = Annotated[str, Meta(max_length=4_000, description="Up to 4,000 code points.")]
Label = Annotated[str, Meta(min_length=1, max_length=64)]
Reason = Annotated[str, Meta(min_length=1, max_length=200)]
AttributeValue = Annotated[str, Meta(max_length=200)]
Attributes = Annotated[dict[Label, AttributeValue], Meta(max_length=20)]
Score = Annotated[int, Meta(ge=1, le=5)]

LONG_FIELDS: Final = frozenset({"text", "note", "comment", "draft"})
"""Fields whose excess length is `too_large` rather than `invalid`."""

FREE_FIELDS: Final = frozenset({"topic", "attributes", "reason", "note", "comment", "draft", "disposition"})
"""Fields beside `text` into which somebody writes what they like, and which are stored or shown."""

SHOWN_FIELDS: Final = frozenset({"reason"})
"""Fields of commands of agents that users read, too: as plain words, in which no link can be opened."""

NAME_LENGTH: Final = 100
"""Names shown are cut at this many code points."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BLANK = re.compile(r"^[\s\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u3164\u2800]*\Z")


def refuse_unstorable(field: str, value: Any) -> None:
    """Raise `invalid` if a string inside `value` holds NUL or a lone surrogate.

    Neither survives UTF-8 and PostgreSQL, and text is returned code point for code point.
    """
    for text in _strings(value):
        if not is_storable(text):
            raise invalid(field, f"{field} holds a character that cannot be stored.")


def is_storable(text: str) -> bool:
    """Whether every database can hold the text: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return _BLANK.match(text) is not None


def shown_name(name: str) -> str:
    """A name as others see it: one line, cut at 100 code points."""
    return " ".join(_UNSTORABLE.sub("", name).split())[:NAME_LENGTH]


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
