"""Which conversations go because of their age."""

from typing import Any

import pytest

from chatserver.settings import SettingsError
from chatserver.trust.privacy.rules import DAY_MS, Closed, Rule, earliest, is_due, parse_rules, rule_for

NOW = 1_000 * DAY_MS
RULES = parse_rules(
    '[{"days": 30, "do": "delete", "topic": "spam"}, {"days": 90, "disposition": "solved"},'
    ' {"days": 365, "desk": "main"}]'
)


def closed(days_ago: int, **given: Any) -> Closed:
    fields = {"topic": "", "disposition": None, "desk": "main", **given}
    return Closed(number=1, id="c_1", user="lin", closed_at=NOW - days_ago * DAY_MS, **fields)


def test_the_first_rule_that_fits_counts() -> None:
    assert rule_for(RULES, closed(1, topic="spam", disposition="solved")) == RULES[0]
    assert rule_for(RULES, closed(1, disposition="solved")) == RULES[1]
    assert rule_for(RULES, closed(1)) == RULES[2]
    assert rule_for(RULES, closed(1, desk="other")) is None


@pytest.mark.parametrize(("days", "due"), [(29, False), (30, True), (31, True)])
def test_a_conversation_is_due_on_the_day(days: int, due: bool) -> None:
    assert is_due(RULES[0], closed(days), NOW) is due
    assert not is_due(None, closed(days), NOW)


def test_nothing_younger_than_the_shortest_rule_is_looked_at() -> None:
    assert earliest(RULES, NOW) == NOW - 30 * DAY_MS
    assert earliest((), NOW) < 0


@pytest.mark.parametrize(
    "text", ["{}", "[{}]", '[{"days": 0}]', '[{"days": 5, "do": "burn"}]', '[{"days": 5, "x": 1}]']
)
def test_rules_that_cannot_be_read_are_a_fault_of_the_settings(text: str) -> None:
    with pytest.raises(SettingsError, match="CHATSERVER_RETENTION"):
        parse_rules(text)


def test_no_rule_keeps_everything() -> None:
    assert parse_rules("  ") == ()
    assert Rule(days=1).do == "anonymise"
