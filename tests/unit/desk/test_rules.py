"""`desk.rules`: who gets whom, and what follows for the conversation."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET

from chatserver.conversation.events import (
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    ConversationReopened,
    HandedOff,
    NoteAdded,
    Queued,
    QueueLeft,
    SupervisorJoined,
    SupervisorLeft,
)
from chatserver.conversation.states import NO_CHANGE, Change, Head, fold
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk import rules
from chatserver.desk.rules import PRIORITIES, PRIORITY_BOOST_MS, REOPEN_WITHIN_MS, Terms
from tests.unit.conversation.cast import ANNA, BEN, NOW, SUE, head_with, info, served_by

OPEN = ("bot", "waiting", "offered", "active")
DIRECT = Terms(direct=True, offer_ms=20_000, first_reply_ms=60_000)
BY_OFFER = Terms(direct=False, offer_ms=20_000, first_reply_ms=60_000)
CARA = AgentInfo("a_cara", "Cara", 1)


def waiting(**fields: Any) -> Head:
    return head_with(**({"status": "waiting", "queued_at": NOW - 5_000, "epoch": 4} | fields))


def offered(to: Session, **fields: Any) -> Head:
    ringing = {"status": "offered", "agent": info(to), "offer_until": NOW + 20_000}
    return waiting(**(ringing | fields))


def closed(**fields: Any) -> Head:
    return head_with(**({"status": "closed", "closed_at": NOW - 1_000, "epoch": 4} | fields))


def any_head(status: str) -> Head:
    """A conversation in a status, with the agent that belongs to it."""
    return {"offered": offered(ANNA), "active": served_by(ANNA), "closed": closed()}.get(status) or head_with(
        status=status
    )


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ChatError) as refused:
        call()
    return refused.value.code


def after(head: Head, change: Change) -> Head:
    return fold(head, change, NOW)


# --- the place in the queue ---


def test_who_came_first_is_served_first() -> None:
    assert rules.score(NOW, 0) < rules.score(NOW + 1, 0)


def test_a_priority_is_worth_a_finite_wait_so_that_age_always_wins() -> None:
    assert rules.score(NOW, 1) == rules.score(NOW - PRIORITY_BOOST_MS, 0)
    assert rules.score(NOW - PRIORITY_BOOST_MS - 1, min(PRIORITIES)) < rules.score(NOW, max(PRIORITIES))


# --- asking for an agent, and no longer ---


@pytest.mark.parametrize(("given", "told"), [(UNSET, "requested"), ("fraud", "fraud"), ("", "requested")])
def test_asking_for_an_agent_queues_with_the_reason(given: Any, told: str) -> None:
    head = head_with(tier=1, priority=1)
    change = rules.request_agent(head, given)
    assert change.events == (Queued(tier=1, priority=1, reason=told),)
    assert (after(head, change).status, after(head, change).queued_at) == ("waiting", NOW)


@pytest.mark.parametrize("status", ["waiting", "offered", "active"])
def test_asking_twice_never_queues_twice(status: str) -> None:
    assert rules.request_agent(any_head(status), "again") == NO_CHANGE


def test_a_closed_conversation_cannot_be_queued_or_left() -> None:
    assert refusal(lambda: rules.request_agent(closed(), UNSET)) == "closed"
    assert refusal(lambda: rules.cancel_waiting(closed())) == "closed"


@pytest.mark.parametrize("status", ["waiting", "offered"])
def test_who_cancels_is_with_the_bot_and_a_late_agent_is_fenced_off(status: str) -> None:
    head = any_head(status)
    change = rules.cancel_waiting(head)
    left = after(head, change)
    assert change.events == (QueueLeft(reason="cancelled"),)
    assert (left.status, left.epoch, left.agent, left.queued_at) == ("bot", head.epoch + 1, None, None)


def test_cancelling_without_waiting_changes_nothing_and_with_an_agent_it_is_too_late() -> None:
    assert rules.cancel_waiting(head_with()) == NO_CHANGE
    assert refusal(lambda: rules.cancel_waiting(served_by(ANNA))) == "conflict"


@pytest.mark.parametrize("head", [waiting(user_left_at=1), offered(ANNA, user_left_at=1)])
def test_who_stays_away_leaves_the_queue(head: Head) -> None:
    change = rules.abandon(head)
    left = after(head, change)
    assert change.events == (QueueLeft(reason="abandoned"),)
    assert (left.status, left.epoch, left.user_left_at) == ("bot", head.epoch + 1, None)


@pytest.mark.parametrize("status", ["bot", "active", "closed"])
def test_only_a_queue_can_be_abandoned(status: str) -> None:
    assert rules.abandon(any_head(status)) == NO_CHANGE


# --- pairing ---


def test_a_direct_pairing_is_an_assignment_that_awaits_a_first_reply() -> None:
    head = waiting(avoid_agent="a_other")
    change = rules.assign(head, info(ANNA), DIRECT, NOW)
    paired = after(head, change)
    assert change.events == (AgentAssigned(agent=info(ANNA)),)
    assert paired.served_by(ANNA.subject)
    assert (paired.epoch, paired.reply_due, paired.avoid_agent) == (5, NOW + 60_000, None)


def test_a_pairing_by_offer_rings_and_is_no_event() -> None:
    head = waiting(avoid_agent="a_other")
    change = rules.assign(head, info(ANNA), BY_OFFER, NOW)
    ringing = after(head, change)
    assert change.events == ()
    assert ringing.offered_to(ANNA.subject)
    assert (ringing.epoch, ringing.offer_until, ringing.avoid_agent) == (5, NOW + 20_000, "a_other")


def test_an_offer_is_taken_with_its_epoch_and_awaits_a_first_reply() -> None:
    head = offered(ANNA, return_to="a_cara", avoid_agent="a_ben")
    change = rules.accept(head, info(ANNA), 4, BY_OFFER, NOW)
    taken = after(head, change)
    assert change.events == (AgentAssigned(agent=info(ANNA)),)
    assert (taken.epoch, taken.reply_due, taken.offer_until) == (4, NOW + 60_000, None)
    assert (taken.return_to, taken.avoid_agent) == (None, None)


def test_taking_again_what_one_has_won_changes_nothing() -> None:
    assert rules.accept(served_by(ANNA, epoch=4), info(ANNA), 4, BY_OFFER, NOW) == NO_CHANGE


@pytest.mark.parametrize(
    "head",
    [
        offered(ANNA, epoch=5),
        offered(ANNA, epoch=3),
        offered(BEN),
        offered(ANNA, offer_until=NOW),
        waiting(),
        served_by(BEN, epoch=4),
        served_by(ANNA, epoch=5),
        closed(),
    ],
)
def test_what_is_not_the_present_offer_is_expired(head: Head) -> None:
    assert refusal(lambda: rules.accept(head, info(ANNA), 4, BY_OFFER, NOW)) == "offer_expired"


def test_an_offer_can_be_taken_until_its_last_moment() -> None:
    head = offered(ANNA, offer_until=NOW + 1)
    assert rules.accept(head, info(ANNA), 4, BY_OFFER, NOW).events


@pytest.mark.parametrize("head", [offered(BEN), offered(ANNA, epoch=5), served_by(ANNA, epoch=4), waiting()])
def test_only_the_present_offer_can_be_declined(head: Head) -> None:
    assert refusal(lambda: rules.check_offer(head, ANNA.subject, 4)) == "offer_expired"
    rules.check_offer(offered(ANNA), ANNA.subject, 4)


def test_a_refused_offer_goes_back_to_the_queue_and_to_somebody_else_first() -> None:
    head = offered(ANNA, return_to="a_gone", user_left_at=NOW - 9)
    change = rules.unring(head, None)
    back = after(head, change)
    assert change.events == ()
    assert (back.status, back.agent, back.offer_until, back.return_to) == ("waiting", None, None, None)
    assert (back.epoch, back.avoid_agent, back.queued_at) == (5, ANNA.subject, head.queued_at)
    assert back.user_left_at == NOW - 9


def test_a_refused_transfer_goes_back_to_its_sender() -> None:
    head = offered(ANNA, return_to=CARA.id)
    change = rules.unring(head, CARA)
    back = after(head, change)
    assert change.events == (AgentAssigned(agent=CARA),)
    assert (back.status, back.agent, back.epoch, back.return_to) == ("active", CARA, 5, None)


# --- losing an agent ---


@pytest.mark.parametrize("reason", ["gone", "no_reply"])
def test_a_lost_agent_leaves_the_user_in_front_with_the_first_time(reason: Any) -> None:
    head = served_by(ANNA, epoch=7, queued_at=NOW - 90_000, reply_due=NOW, handed_off_by="a_cara", priority=1)
    change = rules.requeue(head, reason, NOW)
    back = after(head, change)
    assert change.events == (AgentLeft(reason=reason), Queued(tier=1, priority=1, reason=reason))
    assert (back.status, back.queued_at, back.epoch, back.agent) == ("waiting", NOW - 90_000, 8, None)
    assert (back.avoid_agent, back.reply_due, back.handed_off_by) == (ANNA.subject, None, None)


WAITING_ANEW: list[Callable[[Head], Change]] = [
    lambda head: rules.requeue(head, "gone", NOW),
    lambda head: rules.hand_off(head, ANNA, 2, "logs", "", NOW),
    lambda head: rules.transfer_to_skill(head, ANNA, "", NOW),
    lambda head: rules.transfer_to_agent(head, ANNA, CARA, "", DIRECT, NOW),
]


@pytest.mark.parametrize("decide", WAITING_ANEW)
@pytest.mark.parametrize(("before", "now"), [(None, None), (NOW - 999_000, NOW)])
def test_having_been_away_while_served_is_no_reason_to_leave_the_queue(
    decide: Callable[[Head], Change], before: int | None, now: int | None
) -> None:
    head = served_by(ANNA, user_left_at=before)
    assert after(head, decide(head)).user_left_at == now


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
