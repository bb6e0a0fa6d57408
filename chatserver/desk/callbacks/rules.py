"""When a call can be asked for, and what follows. Pure."""

from typing import Final

from msgspec import UNSET, UnsetType

from chatserver.conversation.events import Body, CallbackRequested, QueueLeft
from chatserver.conversation.states import Change, Head
from chatserver.core.errors import closed, conflict, invalid

SHORTEST_MS: Final = 15 * 60_000
LONGEST_MS: Final = 24 * 3_600_000
AHEAD_MS: Final = 14 * 24 * 3_600_000
"""A window in which somebody can call: a quarter of an hour to a day, within two weeks."""

HINT_DIGITS: Final = 4
FEWEST_DIGITS: Final = 5


def check_window(begin: int | UnsetType, end: int | UnsetType, now: int) -> None:
    """Raise `invalid` unless somebody could call between these instants."""
    if begin is UNSET or end is UNSET or not end - max(begin, now) >= SHORTEST_MS or end - begin > LONGEST_MS:
        raise invalid("until", "Choose a time to come, of at least a quarter of an hour and at most a day.")
    if begin > now + AHEAD_MS:
        raise invalid("from", "Choose a time within the next two weeks.")


def hint_of(phone: str) -> str:
    """The end of a number, by which its owner knows it. Raises `invalid` when there are too few digits."""
    digits = [one for one in phone if one.isdigit()]
    if len(digits) < FEWEST_DIGITS:
        raise invalid("phone", "That is too short for a telephone number.")
    return "•••• " + "".join(digits[-HINT_DIGITS:])


def request(head: Head, callback: str, begin: int, end: int, hint: str) -> Change:
    """A call instead of waiting: whoever waited leaves the queue."""
    if not head.is_open:
        raise closed()
    if head.status == "active":
        raise conflict("An agent is with you already.")
    asked = CallbackRequested(callback=callback, from_at=begin, until_at=end, phone_hint=hint)
    if head.status == "bot":
        return Change((asked,))
    events: tuple[Body, ...] = (QueueLeft(reason="callback"), asked)
    return Change(events, {"epoch": head.epoch + 1})
