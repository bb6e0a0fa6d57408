"""What somebody holds in their hands, as far as an agent needs it to help: system and browser, nothing finer. Pure."""

import re
from typing import Final

DEVICE: Final = "device"
"""The attribute of a conversation under which the agent is told."""

LONGEST: Final = 500
"""Signs of a program's own description that are looked at."""

_SYSTEMS: Final = (
    ("iPhone|iPod", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows NT", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("X11|Linux", "Linux"),
)
_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("AlipayClient", "Alipay"),
    ("Edg|EdgA|EdgiOS", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("Firefox|FxiOS", "Firefox"),
    ("(?:Headless)?Chrome|CriOS", "Chrome"),
    ("Version", "Safari"),
)
"""The more special ones first: most browsers call themselves Chrome and Safari, too."""


def device_name(program: str) -> str:
    """`iPhone · Safari 17` for what a browser says of itself; empty where it is none that people use."""
    said = program[:LONGEST]
    if not said.startswith("Mozilla/"):
        return ""
    system = next((name for mark, name in _SYSTEMS if re.search(mark, said)), "")
    found = ((name, re.search(rf"\b(?:{mark})/(\d+)", said)) for mark, name in _BROWSERS)
    browser = next((f"{name} {match[1]}" for name, match in found if match), "")
    return " · ".join(part for part in (system, browser) if part)
