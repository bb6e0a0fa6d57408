"""What a task does at the moment and for whom, so that a line in the log can be traced to it."""

import re
from contextvars import ContextVar
from typing import Final

import msgspec
from msgspec import Struct

_ID: Final = re.compile(r"c_[A-Za-z0-9]{1,32}")
_NAME: Final = re.compile(r"[a-z_]{1,40}|[A-Z]+ /[a-z0-9/{}_-]*")


class Doing(Struct, frozen=True):
    """A command or request: the session's id, its name, and its body, of which nothing but an id is ever told."""

    session: str
    what: str
    body: bytes = b""
    conversation: str = ""

    def told(self) -> dict[str, str]:
        """What a log line may say; the body is looked into only now, since few commands write any line."""
        conversation = self.conversation or _named(self.body)
        # What has not the form of a name or an id is something that somebody made up.
        found = {"session": self.session, "command": self.what if _NAME.fullmatch(self.what) else "unknown"}
        found["conversation"] = conversation if _ID.fullmatch(conversation) else ""
        return {name: value for name, value in found.items() if value}


DOING: Final[ContextVar[Doing | None]] = ContextVar("doing", default=None)
"""Set for as long as a command or request runs."""


class _About(Struct):
    conversation: str = ""


def _named(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=_About).conversation if body else ""
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
