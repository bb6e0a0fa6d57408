"""What the audit log is told: who did what to whom, and how it ended."""

import getpass
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

DONE: Final = "done"
"""The outcome of what was not refused; a refusal has its error code."""

REFUSALS: Final = frozenset({"forbidden", "not_found", "not_assigned", "rate_limited"})
"""Refusals that say something about who asks; the others tell of states and typing errors."""

TRESPASSES: Final = frozenset({"forbidden", "not_found"})
"""Refusals of users that are noted: they asked for what is not theirs, or not there, or not for them."""


class Audited(StrEnum):
    """How often a command or route leaves a row when staff use it and are not refused."""

    ALWAYS = "always"
    """Each time: the default, so that what is new is seen."""

    ONCE = "once"
    """Once for each session and object: the ordinary talk of the agent who serves."""

    NEVER = "never"
    """Nobody's data and no act: what one sees of oneself, or what is open to all."""


class Actor(Struct, frozen=True):
    """Who acts.

    `id` is an identity (`agent:ID`, `user:ID`), `operator:NAME` (the command line) or `system`; `session` names the
    connection or request, `address` where it came from, both empty when there is none.
    """

    id: str
    role: str
    session: str = ""
    address: str = ""


SYSTEM: Final = Actor("system", "system")
"""What the product does by a rule, with nobody asking."""


def operator() -> Actor:
    """Whoever runs the command line on this machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a process whose user has no entry
        name = "unknown"
    return Actor(f"operator:{name}"[:64], "operator")


class Act(Struct, frozen=True):
    """What was done or tried.

    `action` is a command, a route (`GET /api/v1/…`) or a word in the past tense (`signed_in`); `object` says to what
    (`conversation:ID`, `user:ID`, `agent:ID`, `setting:NAME`, or empty); `outcome` is `done` or an error code.
    `reason` is what the actor wrote and may name people: it is sealed, and goes with the user whom it is about unless
    `keep`. `fields` are plain JSON: ids, numbers, words of
    ours, never what somebody wrote or is.
    """

    action: str
    object: str = ""
    reason: str = ""
    outcome: str = DONE
    fields: dict[str, Any] = {}
    keep: bool = False
