"""What an item must be beside its shape, and how replies are filled in."""

from typing import Any

import msgspec
import pytest

from chatserver.core.errors import ChatError
from chatserver.demo_desk import WORDS
from chatserver.desk.callbacks.rules import check_window, hint_of
from chatserver.desk.catalogue.kinds import KINDS
from chatserver.desk.catalogue.rules import check
from chatserver.desk.catalogue.shipped import TOPICS
from chatserver.desk.replies.rules import fill

BOTH = {"zh": "一", "en": "one"}
ZONES = {"UTC", "Asia/Shanghai"}
REPLY = {"shortcut": "hi", "title": BOTH, "text": BOTH}
OTHERS = {
    "canned-replies": {"hello": msgspec.convert(REPLY, KINDS["canned-replies"])},
    "tags": {"vip": msgspec.convert({"name": BOTH}, KINDS["tags"])},
}


def question(**more: Any) -> dict[str, Any]:
    return {"id": "a", "label": BOTH, "kind": "text", **more}


@pytest.mark.parametrize(
    ("kind", "id_", "item", "field"),
    [
        ("canned-replies", "other", REPLY, "shortcut"),
        ("macros", "m", {"shortcut": "m", "title": BOTH, "actions": [{"do": "reply", "reply": "none"}]}, "actions"),
        ("macros", "m", {"shortcut": "m", "title": BOTH, "actions": [{"do": "tag", "tag": "none"}]}, "actions"),
        (
            "macros",
            "m",
            {"shortcut": "m", "title": BOTH, "actions": [{"do": "close"}, {"do": "note", "text": "x"}]},
            "actions",
        ),
        ("topics", "t", {"title": BOTH, "fields": [question(), question()]}, "fields"),
        ("topics", "t", {"title": BOTH, "fields": [question(kind="choice")]}, "fields"),
        ("topics", "t", {"title": BOTH, "fields": [question(options=[{"id": "a", "label": BOTH}])]}, "fields"),
        ("hours", "h", {"time_zone": "Mars/Base", "week": {}}, "time_zone"),
        ("hours", "h", {"time_zone": "UTC", "week": {"mon": [{"from": "09:00", "until": "09:00"}]}}, "week"),
        ("hours", "h", {"time_zone": "UTC", "week": {"mon": [{"from": "24:00", "until": "09:00"}]}}, "week"),
        ("holidays", "h", {"name": BOTH, "from": "2026-13-01", "until": "2026-13-02"}, "from"),
        ("holidays", "h", {"name": BOTH, "from": "2026-10-02", "until": "2026-10-01"}, "until"),
        ("texts", "unknown", {"text": BOTH}, "id"),
        ("routing", "other", {}, "id"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(kind: str, id_: str, item: dict[str, Any], field: str) -> None:
    with pytest.raises(ChatError, match="invalid") as refusal:
        check(id_, msgspec.convert(item, KINDS[kind]), OTHERS, ZONES)
    assert refusal.value.field == field


def test_an_item_keeps_its_own_shortcut() -> None:
    check("hello", msgspec.convert(REPLY, KINDS["canned-replies"]), OTHERS, ZONES)


def test_what_is_shipped_and_what_the_demo_has_can_be_set() -> None:
    words: dict[str, dict[str, Any]] = msgspec.json.decode(WORDS.read_bytes())
    items = {kind: {id_: msgspec.convert(one, KINDS[kind]) for id_, one in of.items()} for kind, of in words.items()}
    items["topics"] = dict(TOPICS)
    for of in items.values():
        for id_, item in of.items():
            check(id_, item, items, ZONES)


def test_variables_are_filled_in_and_what_nobody_knows_is_named() -> None:
    values = {"user.name": "林晓芸", "order": "88-1"}
    assert fill("{user.name}您好，订单 {order}", values) == ("林晓芸您好，订单 88-1", [])
    assert fill("{amount} {order} {amount} {a b} {", values) == ("{amount} 88-1 {amount} {a b} {", ["amount"])
    assert fill("{x}", {"x": "{user.name}"}) == ("{user.name}", [])


@pytest.mark.parametrize(("phone", "hint"), [("+86 138 0013 8000", "•••• 8000"), ("12345", "•••• 2345")])
def test_of_a_number_only_the_end_is_told(phone: str, hint: str) -> None:
    assert hint_of(phone) == hint


def test_a_number_needs_digits() -> None:
    with pytest.raises(ChatError, match="invalid"):
        hint_of("1 2 3 4-")


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [(0, 1_000, "until"), (0, 10**12, "until"), (2_000_000, 1_000_000, "until"), (10**10, 10**10 + 10**7, "from")],
)
def test_a_call_needs_a_time_in_which_somebody_can_call(begin: int, end: int, field: str) -> None:
    check_window(0, 3_600_000, 0)
    with pytest.raises(ChatError, match="invalid") as refusal:
        check_window(begin, end, 0)
    assert refusal.value.field == field
