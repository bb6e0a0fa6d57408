"""Hosts and suffixes that are known for what they are."""

import json
from functools import cache
from importlib import resources


@cache
def known() -> dict[str, list[str]]:
    """Lists by name: `shorteners`, `messengers`, `cheap` suffixes, `files` (ends of file names)."""
    file = resources.files("chatserver.trust.links").joinpath("known.json")
    read: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return read
