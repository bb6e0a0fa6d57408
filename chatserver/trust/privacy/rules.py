"""What is deleted because of its age. Pure."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from chatserver.settings import SettingsError

DAY_MS: Final = 86_400_000


class RetentionRefused(SettingsError):
    """The rules of retention cannot be read; the message says why."""


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Conversations that fit everything given go `days` after they were closed.

    `anonymise` empties what people wrote and keeps times, outcome and ratings for figures; `delete` leaves nothing.
    """

    days: Annotated[int, Meta(ge=1, le=36_500)]
    do: Literal["anonymise", "delete"] = "anonymise"
    topic: str | None = None
    disposition: str | None = None
    desk: str | None = None


class Closed(Struct, frozen=True, kw_only=True):
    """A closed conversation as rules look at it."""

    number: int
    id: str
    user: str
    topic: str
    disposition: str | None
    desk: str
    closed_at: int


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules in a JSON list; an empty text is none. Raises `RetentionRefused`."""
    try:
        return msgspec.json.decode(text, type=tuple[Rule, ...]) if text.strip() else ()
    except msgspec.DecodeError as error:
        raise RetentionRefused(f"CHATSERVER_RETENTION: {error}.") from None


def rule_for(rules: tuple[Rule, ...], one: Closed) -> Rule | None:
    """The first rule that fits; the others do not count."""
    return next((rule for rule in rules if _fits(rule, one)), None)


def _fits(rule: Rule, one: Closed) -> bool:
    asked = ((rule.topic, one.topic), (rule.disposition, one.disposition), (rule.desk, one.desk))
    return all(wanted is None or wanted == found for wanted, found in asked)


def is_due(rule: Rule | None, one: Closed, now: int) -> bool:
    """Whether the conversation is to go by now."""
    return rule is not None and one.closed_at <= now - rule.days * DAY_MS


def earliest(rules: tuple[Rule, ...], now: int) -> int:
    """Conversations closed after this instant are due by no rule."""
    return now - min((rule.days for rule in rules), default=36_500) * DAY_MS
