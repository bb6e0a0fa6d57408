"""What a run is told. Light to import, since the command line always reads it."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

AuthSource = Callable[[], Any]
"""Gives the object that CONNECT carries, plain or awaitable."""

UserAuth = Callable[[str, str, str], AuthSource]
"""Gives the source of a user's credentials, from a number, a name and a locale."""

CONVERSATIONS_CAP: Final = 1_000_000
"""A run has an end even when somebody slips on the keyboard."""

DEFAULT_RATE: Final = 5.0
DEFAULT_SPEED: Final = 20.0
"""People's pauses take minutes; at this speed a dialogue takes seconds and still breathes."""


DEFAULT_LIMIT_S: Final = 3_600.0
"""As long as the longest token that an operator can make."""


class AgentLogin(Struct, frozen=True):
    """How an agent signs in; lines of `agent import` fit too."""

    email: str
    password: str


class Asked(Struct, frozen=True, kw_only=True):
    """What the operator says.

    `conversations` and `duration_s` bound what is started, `rate` is conversations started a second, `speed` divides
    all pauses, `limit_s` ends the run whatever happens. `agents` is a file of `AgentLogin` lines. With `pairing` that
    many pairings are measured and no dialogue is replayed.
    """

    url: str
    conversations: int | None = None
    rate: float = DEFAULT_RATE
    duration_s: float | None = None
    dialogues: Path | None = None
    speed: float = DEFAULT_SPEED
    agents: Path | None = None
    agent_tokens: list[str] = []
    limit_s: float = DEFAULT_LIMIT_S
    pairing: int | None = None

    def count(self, dialogues: int) -> int:
        """How many conversations are started: as told, for as long as told, else each dialogue once."""
        within = math.ceil(self.rate * self.duration_s) if self.duration_s is not None else None
        told = [number for number in (self.conversations, within) if number is not None]
        return max(1, min([*told, CONVERSATIONS_CAP] if told else [dialogues]))


class Options(Struct, frozen=True, kw_only=True):
    """A run as it can begin.

    `asked` is what the operator said; `agents` are sources of credentials, `user_auth(number, name, locale)` gives
    those of a user. `rate_factor` is the server's, as far as it is known here. `progress` gets a line now and then.
    """

    asked: Asked
    agents: list[AuthSource]
    user_auth: UserAuth
    users: Literal["token", "anonymous"]
    rate_factor: float | None = None
    progress: Callable[[str], None] = lambda line: None
