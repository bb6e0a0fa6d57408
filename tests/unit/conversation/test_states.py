"""`conversation.states`: how each event changes the head, and who is told."""

import pytest

from chatserver.conversation.events import (
    BODIES,
    AgentAssigned,
    AgentLeft,
    Body,
    CallbackClaimed,
    CallbackFinished,
    CallbackRequested,
    ConsultantJoined,
    ConsultantLeft,
    ConsultAsked,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    HandedOff,
    IdleReminded,
    MessagePosted,
    MessageRemoved,
    NoteAdded,
    Queued,
    QueueLeft,
    SupervisorJoined,
    SupervisorLeft,
    TagsChanged,
)
from chatserver.conversation.states import Change, Head, after, fold, parties_of
from tests.unit.conversation.cast import ANNA, BEN, NOW, SUE, USER, head_with, info, served_by

LATER = NOW + 5_000


def test_a_conversation_begins_with_the_bot() -> None:
    head = after(head_with(), ConversationStarted(topic="freeze", locale="en"), NOW)
    assert (head.status, head.topic, head.locale) == ("bot", "freeze", "en")


def test_queueing_remembers_the_first_time_only() -> None:
    queued = Queued(tier=2, priority=1, reason="requested")
    first = after(head_with(), queued, NOW)
    assert (first.status, first.tier, first.priority, first.queued_at) == ("waiting", 2, 1, NOW)
    assert after(after(first, AgentAssigned(agent=info(BEN)), NOW), queued, LATER).queued_at == NOW


def test_an_assigned_agent_serves_in_their_own_tier() -> None:
    waiting = head_with(status="waiting", offer_until=LATER, return_to="a_x")
    head = after(waiting, AgentAssigned(agent=info(BEN)), LATER)
    assert head.served_by(BEN.subject)
    assert (head.tier, head.assigned_at, head.last_agent) == (2, LATER, BEN.subject)
    assert (head.offer_until, head.return_to, head.reply_due) == (None, None, None)


def test_a_handoff_waits_in_the_other_tier_with_its_place_kept() -> None:
    head = after(served_by(ANNA), HandedOff(from_tier=1, to_tier=2, reason="tech"), LATER)
    assert (head.status, head.tier, head.queued_at, head.agent) == ("waiting", 2, NOW, None)
    assert head.handed_off_by == ANNA.subject


def test_whom_an_agent_leaves_waits_again() -> None:
    head = after(served_by(ANNA, reply_due=LATER), AgentLeft(reason="gone"), LATER)
    assert (head.status, head.agent, head.assigned_at, head.reply_due) == ("waiting", None, None, None)
    assert head.queued_at == NOW


def test_a_handoff_of_what_never_waited_waits_from_now_on() -> None:
    reopened = served_by(ANNA, queued_at=None)
    assert after(reopened, HandedOff(from_tier=1, to_tier=2, reason="logs"), LATER).queued_at == LATER


def test_who_leaves_the_queue_is_with_the_bot_and_starts_anew() -> None:
    head = after(head_with(status="waiting", queued_at=NOW), QueueLeft(reason="cancelled"), LATER)
    assert (head.status, head.queued_at) == ("bot", None)


def test_supervisors_come_and_go_once_each() -> None:
    joined = after(served_by(ANNA), SupervisorJoined(agent=info(SUE)), NOW)
    again = after(joined, SupervisorJoined(agent=info(SUE)), NOW)
    assert again.joined == (info(SUE),)
    assert again.joined_by(SUE.subject)
    assert after(again, SupervisorLeft(agent=info(SUE)), NOW).joined == ()


def test_what_is_closed_is_nobodys_and_waits_for_nothing() -> None:
    head = after(served_by(ANNA, reply_due=LATER), ConversationClosed(disposition="solved"), LATER)
    assert not head.is_open
    assert (head.agent, head.queued_at, head.reply_due) == (None, None, None)
    assert (head.closed_at, head.disposition) == (LATER, "solved")


def test_what_is_reopened_is_open_without_an_outcome() -> None:
    closed = head_with(status="closed", closed_at=NOW, disposition="solved")
    head = after(closed, ConversationReopened(disposition="solved"), LATER)
    assert (head.is_open, head.closed_at, head.disposition) == (True, None, None)


@pytest.mark.parametrize(
    "body",
    [
        MessagePosted(text="x"),
        NoteAdded(text="x"),
        MessageRemoved(message="c_1-1", removed=["erased"]),
        CallbackRequested(callback="cb_1", from_at=NOW, until_at=LATER, phone_hint="5678"),
        CallbackClaimed(callback="cb_1", agent=info(ANNA)),
        CallbackFinished(callback="cb_1", outcome="reached", again=False),
        ConsultAsked(text="x", tier=2),
    ],
)
def test_what_is_said_changes_no_state(body: Body) -> None:
    head = served_by(ANNA)
    assert after(head, body, LATER) == head


def test_a_judgement_is_known_beside_the_conversation() -> None:
    head = after(head_with(status="closed"), ConversationRated(score=2, solved=False), LATER)
    assert (head.score, head.solved) == (2, False)
    assert after(head, ConversationRated(score=5), LATER).solved is None


def test_whoever_gives_advice_is_told_until_they_leave_or_it_ends() -> None:
    head = after(served_by(ANNA), ConsultantJoined(agent=info(BEN)), LATER)
    assert head.consults(BEN.subject)
    assert f"agent:{BEN.subject}" in parties_of(head)
    assert not after(head, ConsultantLeft(agent=info(BEN)), LATER).consults(BEN.subject)
    assert after(head, ConversationClosed(disposition=None), LATER).consultants == ()


def test_whoever_only_looks_is_told_like_a_party() -> None:
    assert f"agent:{SUE.subject}" in parties_of(served_by(ANNA, watchers=(SUE.subject,)))


def test_what_nobody_waits_for_is_parked_until_an_agent_has_it() -> None:
    left = after(head_with(), Queued(tier=1, priority=0, reason="message"), NOW)
    assert (left.status, left.parked_at) == ("waiting", NOW)
    assert after(left, AgentAssigned(agent=info(ANNA)), LATER).parked_at is None
    idle = after(served_by(ANNA), AgentLeft(reason="parked"), LATER)
    assert (idle.status, idle.parked_at, idle.queued_at, idle.agent) == ("bot", LATER, None, None)


def test_tags_and_reminders_are_kept() -> None:
    assert after(head_with(), TagsChanged(tags=["vip"]), NOW).tags == ("vip",)
    assert after(served_by(ANNA), IdleReminded(), LATER).reminded_at == LATER


def test_every_event_is_known() -> None:
    tested = {name for name in globals() if isinstance(globals()[name], type)}
    assert {body.__name__ for body in BODIES} <= tested


def test_a_change_is_its_events_in_order_and_then_its_fields() -> None:
    change = Change((Queued(tier=1, priority=0, reason="x"), AgentAssigned(agent=info(ANNA))), {"epoch": 7})
    head = fold(head_with(), change, LATER)
    assert head.served_by(ANNA.subject)
    assert (head.epoch, head.queued_at) == (7, LATER)


# --- who is told ---


@pytest.mark.parametrize(
    ("head", "agents"),
    [
        (head_with(), set()),
        (head_with(status="waiting"), set()),
        (head_with(status="offered", agent=info(ANNA)), set()),
        (served_by(ANNA), {ANNA.subject}),
        (served_by(ANNA, joined=(info(SUE),)), {ANNA.subject, SUE.subject}),
        (head_with(status="waiting", handed_off_by=ANNA.subject), {ANNA.subject}),
        (head_with(status="offered", agent=info(BEN), handed_off_by=ANNA.subject), {ANNA.subject}),
        (head_with(status="closed", last_agent=ANNA.subject), {ANNA.subject}),
    ],
)
def test_the_user_and_those_who_serve_are_told(head: Head, agents: set[str]) -> None:
    assert parties_of(head) == {f"user:{USER.subject}", *(f"agent:{agent}" for agent in agents)}


def test_each_thread_has_its_head() -> None:
    head = head_with(public_head=3, internal_head=2)
    assert (head.head_of("public"), head.head_of("internal")) == (3, 2)


def test_an_offer_is_to_one_agent() -> None:
    head = head_with(status="offered", agent=info(ANNA))
    assert head.offered_to(ANNA.subject)
    assert not head.offered_to(BEN.subject)
    assert not head.served_by(ANNA.subject)
