"""`desk.rules`: the place in the queue, pairing, offers, and what is lost goes back."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET

from chatserver.conversation.events import AgentAssigned, AgentInfo, AgentLeft, Queued, QueueLeft
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.desk import rules
from chatserver.desk.rules import PRIORITIES, PRIORITY_BOOST_MS
from tests.unit.conversation.cast import ANNA, BEN, NOW, head_with, info, served_by
from tests.unit.desk.states import BY_OFFER, DIRECT, after, any_head, closed, offered, refusal, waiting

CARA = AgentInfo("a_cara", "Cara", 1)


# --- the place in the queue ---


def test_who_came_first_is_served_first() -> None:
    assert rules.score(NOW, 0) < rules.score(NOW + 1, 0)


def test_a_priority_is_worth_a_finite_wait_so_that_age_always_wins() -> None:
    assert rules.score(NOW, 1) == rules.score(NOW - PRIORITY_BOOST_MS, 0)
    longest = PRIORITY_BOOST_MS * max(PRIORITIES)
    assert rules.score(NOW - longest - 1, min(PRIORITIES)) < rules.score(NOW, max(PRIORITIES))


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
