"""How the variables of a canned reply are filled in. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(r"\{([A-Za-z0-9_.-]{1,64})\}")


def fill(text: str, values: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text with what is known filled in, and the names of what is not, in order and once."""
    missing: list[str] = []

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1], "")
        if not known and found[1] not in missing:
            missing.append(found[1])
        return known or found[0]

    return _VARIABLE.sub(value, text), missing
