"""The words around secrets, in one file that the server and the widget read."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def vocabulary() -> dict[str, Any]:
    """Words by language and by the kind of what they name.

    `chinese` ones are in simplified characters, `combined` ones are put together of three parts, `prose` is what is
    said about a password and is none.
    """
    file = resources.files("chatserver.trust.shield").joinpath("words.json")
    read: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read
