"""Strings that try to be more than text, and a page's promise that they stay text."""

import json
from pathlib import Path
from typing import Final

from tests.browser.faces import Face

STRINGS: Final = tuple(
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "hostile_strings.txt").read_text().splitlines()
)

UNSTORABLE: Final = tuple(
    text for text in STRINGS if "\0" in text or any(0xD800 <= ord(sign) <= 0xDFFF for sign in text)
)
"""No database holds them; the server refuses them."""

TEXTS: Final = tuple(text for text in STRINGS if text not in UNSTORABLE and len(text) <= 4_000)
"""What may be said."""

TOO_LONG: Final = tuple(text for text in STRINGS if len(text) > 4_000)

FOREIGN: Final = """() => [...document.querySelectorAll("*")].filter(one =>
  one.matches("script:not([src]), iframe:not([data-testid=widget-frame]), img, object, embed, base, meta[http-equiv], "
    + "marquee, x, math, style, link[href*=evil], [style*=evil], form[action*=evil], a[href^='javascript:' i], "
    + "a[href^='data:' i], a[href^='file:' i]")
  || one.getAttributeNames().some(name => name.startsWith("on"))
).map(one => one.outerHTML.slice(0, 200))"""
"""Elements that none of our pages makes; those of a widget's frame are asked for in its own document."""


def shortened(length: int) -> list[str]:
    """The strings that fit into a short field, the others cut."""
    return [text[:length] for text in TEXTS]


def typed(text: str) -> str:
    """What is in a text area after a browser was given this: it knows one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def foreign(face: Face) -> list[str]:
    """Elements on the page, frames included, that somebody's text has made."""
    return [one for frame in face.page.frames for one in await frame.evaluate(FOREIGN)]
