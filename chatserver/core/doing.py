"""What a task does at the moment and for whom, so that a line in the log can be traced to it."""

import re
from contextvars import ContextVar
from typing import Final

import msgspec
from msgspec import Struct

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Doing(Struct, frozen=True):
    """A command or request: the session's id, its name, and its body, of which nothing but an id is ever told."""

    session: str
    what: str
    body: bytes = b""
    conversation: str = ""

    def told(self) -> dict[str, str]:
        """What a log line may say; the body is looked into only now, since few commands write any line."""
        found = {"session": self.session, "command": self.what, "conversation": self.conversation or _named(self.body)}
        return {name: value for name, value in found.items() if value}


DOING: Final[ContextVar[Doing | None]] = ContextVar("doing", default=None)
"""Set for as long as a command or request runs."""


class _About(Struct):
    conversation: str = ""


def _named(body: bytes) -> str:
    try:
        conversation = msgspec.json.decode(body, type=_About).conversation if body else ""
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return conversation if _ID.fullmatch(conversation) else ""
