"""What a search has found: a stretch of the folded text and the kind of secret that it is."""

from typing import NamedTuple


class Span(NamedTuple):
    """From `start` up to, not including, `end`; `type` is a kind as the contract names it."""

    start: int
    end: int
    type: str


def blanked(text: str, spans: list[Span]) -> str:
    """The text with what was found made unreadable, places unchanged, so that nothing is found twice.

    NUL is never part of a text that people can send.
    """
    if not spans:
        return text
    kept, parts = 0, list[str]()
    for start, end, _ in sorted(spans):
        parts += [text[kept:start], "\0" * (end - max(start, kept))]
        kept = max(end, kept)
    return "".join([*parts, text[kept:]])
