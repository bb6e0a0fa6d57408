"""Canned replies as they are offered, and the command that runs a macro."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from chatserver.core.commands import Command
from chatserver.core.text import Id

MacroKey = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=60,
        pattern=r"^[A-Za-z0-9_.:-]+\Z",
        description="Chosen by the sender; each action takes it with its number as its own key.",
    ),
]


class FilledReply(Struct, frozen=True):
    """A canned reply in the user's language; `missing` names the variables that nobody has answered."""

    id: str
    shortcut: str
    title: str
    text: str
    missing: list[str]


class ReplyList(Struct, frozen=True):
    """The canned replies for one conversation; those of its topic come first."""

    replies: list[FilledReply]


class RunMacro(Command, frozen=True):
    """Do the actions of a macro in a conversation; the same key again does none of them twice."""

    conversation: Id
    key: MacroKey
    macro: Id


class MacroError(Struct, frozen=True):
    """Why an action was refused; those after it were not tried."""

    code: str
    message: str


class MacroResult(Struct, frozen=True):
    """How many actions `of` all were `done`."""

    done: int
    of: int
    error: MacroError | UnsetType = UNSET
