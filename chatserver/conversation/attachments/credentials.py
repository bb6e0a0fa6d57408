"""Takes out of text files what lets somebody in: tokens, cookies, keys. Pure.

People export a log or a HAR file of their session and send it; whoever reads it could take the session over.
"""

import re
from typing import Final

REPLACEMENT: Final = "[removed: token]"

_NAME: Final = (
    r"(?:access|refresh|id|auth|session|csrf|xsrf|api|bearer)?[_-]?"
    r"(?:token|secret|api[_-]?key|session[_-]?id|password|passwd)"
)
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # a JSON Web Token, wherever it stands
        r"()eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}",
        # headers: Authorization, Cookie, Set-Cookie and what services made of them, up to the end of the line or string
        r"((?:proxy-)?authorization\"?\s*[:=]\s*+\"?+)(?!\[removed)[^\"\r\n]{4,}",
        r"((?:^|[\s\"'])(?:set-)?cookie2?\"?\s*[:=]\s*+\"?+)(?!\[removed)[^\"\r\n]{4,}",
        r"(x-(?:api-key|auth-token|csrf-token|access-token)\"?\s*[:=]\s*+\"?+)(?!\[removed)[^\"\r\n]{4,}",
        # the same as a HAR file has them: {"name": "Cookie", "value": "…"}
        r"(\"name\"\s*:\s*\"(?:authorization|cookie|set-cookie|x-[a-z-]*(?:token|key))\"\s*,\s*\"value\"\s*:\s*\")[^\"]{4,}",
        # fields and parameters: "access_token": "…", token=…
        rf"(\"{_NAME}\"\s*:\s*\")(?!\[removed)[^\"]{{4,}}",
        rf"((?:^|[?&\s]){_NAME}=)(?!\[removed)[^&\s\"']{{6,}}",
        # keys with a mark of their own
        r"()\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,}",
        r"()\bAKIA[0-9A-Z]{16}\b",
        r"()\bgh[pousr]_[A-Za-z0-9]{30,}",
        r"()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{1,8000}?-----END [A-Z ]*PRIVATE KEY-----",
    )
)


def without_credentials(text: str) -> str:
    """The text with every token, cookie and key replaced."""
    for pattern in _PATTERNS:
        text = pattern.sub(rf"\1{REPLACEMENT}", text)
    return text
