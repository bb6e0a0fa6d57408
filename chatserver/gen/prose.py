"""Docstrings as text for documents."""

import inspect
import re


def paragraphs(docstring: str | None) -> list[str]:
    """The paragraphs of a docstring, each on one line."""
    cleaned = inspect.cleandoc(docstring or "")
    return [" ".join(one.split()) for one in re.split(r"\n\s*\n", cleaned) if one.strip()]


def prose(docstring: str | None) -> str:
    """A docstring without the line breaks of the source, paragraphs apart by an empty line."""
    return "\n\n".join(paragraphs(docstring))


def summary(docstring: str | None) -> str:
    """The first paragraph of a docstring."""
    return next(iter(paragraphs(docstring)), "")
