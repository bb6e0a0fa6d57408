"""When an idle conversation is reminded, laid aside, closed."""

from typing import Any

import pytest

from chatserver.conversation.events import AgentLeft, Body, ConversationClosed, IdleReminded
from chatserver.desk.catalogue.kinds import Routing
from chatserver.desk.idle.rules import idle_step, shortest_s
from tests.unit.conversation.cast import ANNA, NOW, head_with, served_by

ROUTING = Routing(remind_after_s=60, park_after_s=300, close_after_s=900, close_bot_after_s=3_600)


def after(seconds: int, **fields: Any) -> tuple[Body, ...]:
    head = served_by(ANNA, **{"agent_wrote_at": NOW, "user_wrote_at": NOW - 1} | fields)
    return idle_step(head, ROUTING, NOW + seconds * 1_000).events


def test_a_silent_user_is_reminded_once_then_laid_aside_then_closed() -> None:
    assert after(59) == ()
    assert after(60) == (IdleReminded(),)
    assert after(120, reminded_at=NOW + 60_000) == ()
    assert after(300) == (AgentLeft(reason="parked"),)
    assert after(900) == (ConversationClosed(disposition="idle"),)


def test_nobody_is_hurried_who_waits_for_the_agent() -> None:
    assert after(10_000, user_wrote_at=NOW + 1) == ()
    assert after(10_000, agent_wrote_at=None) == ()


@pytest.mark.parametrize("status", ["waiting", "offered", "closed"])
def test_whoever_waits_or_is_gone_is_left_alone(status: str) -> None:
    head = head_with(status=status, agent_wrote_at=NOW, user_wrote_at=NOW - 1)
    assert idle_step(head, ROUTING, NOW + 10**9).events == ()


def test_what_only_the_bot_has_is_closed_after_its_own_time() -> None:
    head = head_with(user_wrote_at=NOW + 1_000)
    assert idle_step(head, ROUTING, NOW + 3_600_000).events == ()
    assert idle_step(head, ROUTING, NOW + 3_601_000).events == (ConversationClosed(disposition="idle"),)


def test_what_was_laid_aside_is_closed_when_nobody_comes_back() -> None:
    head = head_with(parked_at=NOW, agent_wrote_at=NOW - 300_000)
    assert idle_step(head, ROUTING, NOW + 899_000).events == ()
    assert idle_step(head, ROUTING, NOW + 900_000).events == (ConversationClosed(disposition="idle"),)


def test_nothing_is_due_where_nothing_is_set() -> None:
    head = served_by(ANNA, agent_wrote_at=NOW, user_wrote_at=NOW - 1)
    assert idle_step(head, Routing(), NOW + 10**12).events == ()
    assert (shortest_s(Routing()), shortest_s(ROUTING)) == (0, 60)
