"""`desk.rules`: handing off, taking back, transferring, joining, reopening."""

from typing import Any

import pytest

from chatserver.conversation.events import (
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    ConversationReopened,
    HandedOff,
    NoteAdded,
    Queued,
    SupervisorJoined,
    SupervisorLeft,
)
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk import rules
from chatserver.desk.rules import REOPEN_WITHIN_MS
from tests.unit.conversation.cast import ANNA, BEN, NOW, SUE, head_with, info, served_by
from tests.unit.desk.states import DIRECT, after, any_head, closed, offered, refusal, waiting

CARA = AgentInfo("a_cara", "Cara", 1)
OPEN = ("bot", "waiting", "offered", "active")


# --- handing off and taking back ---


@pytest.mark.parametrize(("note", "notes"), [("", ()), ("seen the logs", (NoteAdded(text="seen the logs"),))])
def test_a_handoff_waits_at_the_other_tier_with_its_place_and_note(note: str, notes: tuple[Any, ...]) -> None:
    head = served_by(ANNA, epoch=2, queued_at=NOW - 60_000, avoid_agent="a_ben", reply_due=NOW)
    change = rules.hand_off(head, ANNA, 2, "needs logs", note, NOW)
    handed = after(head, change)
    assert change.events == (HandedOff(from_tier=1, to_tier=2, reason="needs logs"), *notes)
    assert (handed.status, handed.tier, handed.epoch, handed.queued_at) == ("waiting", 2, 3, NOW - 60_000)
    assert (handed.handed_off_by, handed.agent, handed.avoid_agent) == (ANNA.subject, None, None)
    assert handed.reply_due is None


@pytest.mark.parametrize(
    "head",
    [
        waiting(tier=2, handed_off_by=ANNA.subject),
        offered(BEN, tier=2, handed_off_by=ANNA.subject),
        served_by(BEN, handed_off_by=ANNA.subject),
    ],
)
def test_a_handoff_repeated_by_the_same_agent_changes_nothing(head: Head) -> None:
    assert rules.hand_off(head, ANNA, 2, "needs logs", "", NOW) == NO_CHANGE


def test_a_handoff_needs_another_tier_and_a_conversation_of_one_s_own() -> None:
    with pytest.raises(ChatError) as refused:
        rules.hand_off(served_by(ANNA), ANNA, 1, "same", "", NOW)
    assert (refused.value.code, refused.value.field) == ("invalid", "to_tier")
    assert refusal(lambda: rules.hand_off(closed(), ANNA, 2, "late", "", NOW)) == "closed"


@pytest.mark.parametrize("head", [served_by(BEN), offered(ANNA), waiting(), head_with()])
def test_only_the_assigned_agent_hands_off(head: Head) -> None:
    assert refusal(lambda: rules.hand_off(head, ANNA, 2, "not mine", "", NOW)) == "not_assigned"


@pytest.mark.parametrize("status", ["waiting", "offered"])
def test_who_handed_off_takes_it_back_while_nobody_serves_it(status: str) -> None:
    ringing = {"agent": info(BEN), "offer_until": NOW + 1, "return_to": "a_x"} if status == "offered" else {}
    head = waiting(status=status, tier=2, handed_off_by=ANNA.subject, **ringing)
    change = rules.take_back(head, ANNA, info(ANNA), active=2, limit=3)
    back = after(head, change)
    assert change.events == (AgentAssigned(agent=info(ANNA)),)
    assert back.served_by(ANNA.subject)
    assert (back.tier, back.epoch, back.handed_off_by, back.offer_until, back.return_to) == (1, 5, None, None, None)


def test_taking_back_what_one_serves_changes_nothing() -> None:
    assert rules.take_back(served_by(ANNA), ANNA, info(ANNA), 3, 3) == NO_CHANGE


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (closed(handed_off_by=ANNA.subject), "closed"),
        (waiting(tier=2), "not_assigned"),
        (waiting(tier=2, handed_off_by=BEN.subject), "not_assigned"),
        (served_by(BEN, handed_off_by=ANNA.subject), "conflict"),
        (waiting(tier=2, handed_off_by=ANNA.subject), "capacity"),
    ],
)
def test_taking_back_is_refused(head: Head, code: str) -> None:
    assert refusal(lambda: rules.take_back(head, ANNA, info(ANNA), active=3, limit=3)) == code


# --- transfers ---


def test_a_transfer_to_a_skill_queues_with_the_first_time_and_somebody_else_first() -> None:
    head = served_by(ANNA, epoch=2, queued_at=NOW - 60_000)
    change = rules.transfer_to_skill(head, ANNA, "knows kyc", NOW)
    moved = after(head, change)
    assert change.events == (
        AgentLeft(reason="transferred"),
        Queued(tier=1, priority=0, reason="transferred"),
        NoteAdded(text="knows kyc"),
    )
    assert (moved.status, moved.epoch, moved.queued_at) == ("waiting", 3, NOW - 60_000)
    assert moved.avoid_agent == ANNA.subject


def test_a_transfer_to_an_agent_rings_there_and_knows_where_to_return() -> None:
    head = served_by(ANNA, epoch=2)
    change = rules.transfer_to_agent(head, ANNA, CARA, "", DIRECT, NOW)
    ringing = after(head, change)
    assert [type(event) for event in change.events] == [AgentLeft, Queued]
    assert ringing.offered_to(CARA.id)
    assert (ringing.epoch, ringing.offer_until, ringing.return_to) == (3, NOW + 20_000, ANNA.subject)


def test_a_note_goes_along_with_a_transfer_to_an_agent() -> None:
    change = rules.transfer_to_agent(served_by(ANNA), ANNA, CARA, "be kind", DIRECT, NOW)
    assert change.events[-1] == NoteAdded(text="be kind")


@pytest.mark.parametrize(
    ("head", "code"),
    [(closed(last_agent=ANNA.subject), "closed"), (served_by(BEN), "not_assigned"), (offered(ANNA), "not_assigned")],
)
def test_only_the_assigned_agent_transfers(head: Head, code: str) -> None:
    assert refusal(lambda: rules.transfer_to_skill(head, ANNA, "", NOW)) == code
    assert refusal(lambda: rules.transfer_to_agent(head, ANNA, CARA, "", DIRECT, NOW)) == code


def test_a_transfer_goes_to_a_colleague_of_the_same_tier() -> None:
    head = served_by(ANNA)
    rules.check_target(head, CARA, ANNA)
    with pytest.raises(ChatError) as refused:
        rules.check_target(head, info(ANNA), ANNA)
    assert (refused.value.code, refused.value.field) == ("invalid", "to_agent")
    assert refusal(lambda: rules.check_target(head, info(BEN), ANNA)) == "conflict"


# --- supervisors ---


@pytest.mark.parametrize("status", OPEN)
def test_a_supervisor_joins_any_open_conversation_once(status: str) -> None:
    head = any_head(status)
    change = rules.join(head, SUE, info(SUE))
    assert change == Change((SupervisorJoined(agent=info(SUE)),))
    assert rules.join(after(head, change), SUE, info(SUE)) == NO_CHANGE


def test_a_supervisor_leaves_once() -> None:
    head = head_with(joined=(info(SUE),))
    change = rules.leave(head, SUE, info(SUE))
    assert change == Change((SupervisorLeft(agent=info(SUE)),))
    assert rules.leave(after(head, change), SUE, info(SUE)) == NO_CHANGE


def test_in_a_closed_conversation_nobody_joins_and_leaving_is_done() -> None:
    assert refusal(lambda: rules.join(closed(), SUE, info(SUE))) == "closed"
    assert rules.leave(closed(joined=(info(SUE),)), SUE, info(SUE)) == NO_CHANGE


# --- reopening ---


def reopen(head: Head, session: Session, *, has_slot: bool = True) -> Change:
    return rules.reopen(head, session, info(session), NOW, has_slot=has_slot)


def test_who_had_it_goes_on_with_it() -> None:
    head = closed(last_agent=ANNA.subject, disposition="solved", user_left_at=1)
    change = reopen(head, ANNA)
    again = after(head, change)
    assert change.events == (ConversationReopened(disposition="solved"), AgentAssigned(agent=info(ANNA)))
    assert again.served_by(ANNA.subject)
    assert (again.epoch, again.closed_at, again.disposition, again.user_left_at) == (5, None, None, None)


def test_reopened_by_a_supervisor_it_waits_for_an_agent() -> None:
    head = closed(last_agent=ANNA.subject)
    change = reopen(head, SUE, has_slot=False)
    again = after(head, change)
    assert change.events == (
        ConversationReopened(disposition=None),
        Queued(tier=1, priority=0, reason="reopened"),
    )
    assert (again.status, again.epoch, again.queued_at) == ("waiting", 5, NOW)


def test_a_supervisor_who_served_it_goes_on_like_any_agent() -> None:
    assert after(closed(), reopen(closed(last_agent=SUE.subject), SUE)).served_by(SUE.subject)


def test_reopening_what_one_serves_already_changes_nothing() -> None:
    assert reopen(served_by(ANNA), ANNA) == NO_CHANGE


@pytest.mark.parametrize(
    ("head", "session", "has_slot", "code"),
    [
        (closed(last_agent=BEN.subject), ANNA, True, "not_assigned"),
        (served_by(BEN), ANNA, True, "not_assigned"),
        (waiting(last_agent=ANNA.subject), ANNA, True, "conflict"),
        (served_by(BEN), SUE, True, "conflict"),
        (closed(last_agent=ANNA.subject, closed_at=NOW - REOPEN_WITHIN_MS - 1), ANNA, True, "conflict"),
        (closed(last_agent=ANNA.subject), ANNA, False, "capacity"),
    ],
)
def test_reopening_is_refused(head: Head, session: Session, has_slot: bool, code: str) -> None:
    assert refusal(lambda: reopen(head, session, has_slot=has_slot)) == code


def test_a_conversation_can_be_reopened_until_the_last_moment_of_its_day() -> None:
    assert reopen(closed(last_agent=ANNA.subject, closed_at=NOW - REOPEN_WITHIN_MS), ANNA).events


@pytest.mark.parametrize("status", ["closed", "waiting", "active"])
def test_an_agent_who_never_had_it_is_told_so_before_anything_else(status: str) -> None:
    assert refusal(lambda: reopen(any_head(status), BEN)) == "not_assigned"
