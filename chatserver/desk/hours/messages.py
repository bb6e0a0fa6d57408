"""What is told of the hours, and the command for whoever does not want to wait."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from chatserver.core.commands import Command
from chatserver.core.text import Id, Key, LongText

Alternative = Literal["message", "callback"]


class Availability(Struct, frozen=True, kw_only=True):
    """Whether the desk takes conversations now; instants are ms since 1970.

    `agents` take conversations at this moment, `waiting` are before whoever comes now, and `estimate_s` is how long
    that takes, as `[low, high]` in seconds, null while too little is known.
    """

    open: bool
    agents: int
    waiting: int
    estimate_s: tuple[int, int] | None
    alternatives: list[Alternative]
    opens_at: int | UnsetType = UNSET
    closes_at: int | UnsetType = UNSET


class LeaveMessage(Command, frozen=True):
    """Leave what was written, and perhaps one more `text`, for the next agent; one need not stay for the answer."""

    conversation: Id
    key: Key | UnsetType = UNSET
    text: LongText | UnsetType = UNSET
