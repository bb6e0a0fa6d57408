"""What an item must be beside its shape. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from msgspec import UNSET

from chatserver.conversation.guard import ASKS
from chatserver.core.errors import invalid
from chatserver.desk.catalogue.kinds import (
    TEXT_IDS,
    CannedReply,
    CloseAction,
    DeskText,
    HandOffAction,
    Holiday,
    Hours,
    Interval,
    Item,
    Macro,
    ReplyAction,
    Routing,
    TagAction,
    TopicItem,
)

ROUTING_ID = "main"
"""There is one way of routing."""

_FILLED: Final = re.compile(r"\{[^{}]*\}")
"""What stands in a text for a name or an answer."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def check(id_: str, item: Item, others: Mapping[str, Mapping[str, Item]], time_zones: Iterable[str]) -> None:
    """Raise `invalid` with the field that is wrong. `others` are the items of each kind that there are, by id."""
    match item:
        case CannedReply(shortcut=shortcut):
            _check_shortcut(id_, shortcut, others.get("canned-replies", {}))
        case Macro():
            _check_shortcut(id_, item.shortcut, others.get("macros", {}))
            _check_actions(item, others)
        case TopicItem():
            _check_questions(item)
        case Hours():
            _check_hours(item, time_zones)
        case Holiday():
            _check_holiday(item)
        case DeskText() if id_ not in TEXT_IDS:
            raise invalid("id", f"Pages know these texts: {', '.join(sorted(TEXT_IDS))}.")
        case Routing() if id_ != ROUTING_ID:
            raise invalid("id", f"There is one way of routing: {ROUTING_ID}.")


def check_said(item: Item, stopped: Callable[[str], list[str]]) -> None:
    """Raise `invalid` if what users will read of an item asks for what support never asks for; `stopped` judges it."""
    for field, text in _said(item):
        if kinds := stopped(_FILLED.sub("…", text)):
            raise invalid(
                field, f"Users would read this. {' '.join(ASKS[kind] for kind in kinds)} Support never does that."
            )


def _said(item: Item) -> Iterator[tuple[str, str]]:
    match item:
        case CannedReply() | DeskText():
            yield from (("text", item.text.zh), ("text", item.text.en))
        case Macro():
            yield from (("actions", one.reason) for one in item.actions if isinstance(one, HandOffAction))
        case TopicItem():
            for asked in item.fields:
                hint = () if asked.hint is UNSET else (asked.hint.zh, asked.hint.en)
                yield from (("fields", text) for text in (asked.label.zh, asked.label.en, *hint))


def _check_shortcut(id_: str, shortcut: str, same_kind: Mapping[str, Item]) -> None:
    taken = {getattr(one, "shortcut", "") for other, one in same_kind.items() if other != id_}
    if shortcut in taken:
        raise invalid("shortcut", "Another one has this shortcut.")


def _check_actions(macro: Macro, others: Mapping[str, Mapping[str, Item]]) -> None:
    for place, action in enumerate(macro.actions):
        if isinstance(action, ReplyAction) and action.reply not in others.get("canned-replies", {}):
            raise invalid("actions", f"There is no canned reply {action.reply}.")
        if isinstance(action, TagAction) and action.tag not in others.get("tags", {}):
            raise invalid("actions", f"There is no tag {action.tag}.")
        if isinstance(action, HandOffAction | CloseAction) and place + 1 < len(macro.actions):
            raise invalid("actions", "Handing off and closing come last: nothing can be done after them.")


def _check_questions(topic: TopicItem) -> None:
    ids = [field.id for field in topic.fields]
    if len(set(ids)) < len(ids):
        raise invalid("fields", "Two questions have the same id.")
    for field in topic.fields:
        if (field.kind == "choice") != (field.options is not UNSET and bool(field.options)):
            raise invalid("fields", f"A choice has options, and nothing else has: {field.id}.")


def _check_hours(hours: Hours, time_zones: Iterable[str]) -> None:
    if hours.time_zone not in time_zones:
        raise invalid("time_zone", "There is no such time zone. Take a name such as Asia/Shanghai.")
    for day in _DAYS:
        _check_parts("week", getattr(hours.week, day))


def _check_parts(field: str, parts: Iterable[Interval]) -> None:
    for part in parts:
        if part.begin in (part.end, "24:00"):
            raise invalid(field, "A part of a day begins before 24:00 and does not end where it begins.")


def _check_holiday(holiday: Holiday) -> None:
    for field, day in (("from", holiday.begin), ("until", holiday.end)):
        _, month, number = map(int, day.split("-"))
        if not (1 <= month <= 12 and 1 <= number <= 31):
            raise invalid(field, "There is no such day.")
    if holiday.end < holiday.begin:
        raise invalid("until", "It ends before it begins.")
    _check_parts("open", holiday.open)
