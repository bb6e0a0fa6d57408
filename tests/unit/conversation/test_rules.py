"""`conversation.rules`: what parties may do, and what follows."""

from collections.abc import Callable

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from chatserver.conversation import rules
from chatserver.conversation.events import (
    ConversationClosed,
    ConversationRated,
    ConversationStarted,
    MessagePosted,
    NoteAdded,
    Queued,
)
from chatserver.conversation.messages import RateConversation
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from tests.unit.conversation.cast import (
    ANNA,
    BEN,
    BOT,
    NOW,
    SUE,
    USER,
    head_with,
    info,
    served_by,
)

QUEUED = Queued(tier=1, priority=0, reason="requested")


def refusal(call: Callable[[], object]) -> str:
    """The code with which a rule refuses."""
    with pytest.raises(ChatError) as refused:
        call()
    return refused.value.code


# --- what may be written ---


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u2060", "\u3000", "\ufeff"])
def test_a_text_in_which_nothing_is_seen_is_refused_unless_files_come_with_it(text: str) -> None:
    with pytest.raises(ChatError) as refused:
        rules.check_text(text)
    assert (refused.value.code, refused.value.field) == ("invalid", "text")
    rules.check_text(text, attachments=True)


@pytest.mark.parametrize("text", [".", "0", "🙂", "\u202ex", "好"])
def test_a_text_in_which_something_is_seen_passes(text: str) -> None:
    rules.check_text(text)


# --- what follows ---


def test_a_start_is_the_beginning_the_first_words_and_the_queue() -> None:
    change = rules.start("freeze", "zh-CN", MessagePosted(text="你好"), QUEUED)
    begun = ConversationStarted(topic="freeze", locale="zh-CN")
    assert change.events == (begun, MessagePosted(text="你好"), QUEUED)


def test_a_start_without_anything_is_the_beginning_alone() -> None:
    assert rules.start(UNSET, "en", None, None).events == (ConversationStarted(topic="", locale="en"),)


def test_a_second_start_goes_on_in_the_open_conversation() -> None:
    assert rules.go_on(head_with(), MessagePosted(text="more"), None).events == (MessagePosted(text="more"),)
    assert rules.go_on(head_with(), None, QUEUED).events == (QUEUED,)


@pytest.mark.parametrize("status", ["waiting", "offered", "active"])
def test_asking_twice_never_queues_twice(status: str) -> None:
    assert rules.go_on(head_with(status=status), None, QUEUED).events == ()


def test_a_message_is_what_was_said() -> None:
    message = MessagePosted(text="hello", reply_to="c_1-1")
    assert rules.say(head_with(), USER, message, NOW).events == (message,)


def test_a_note_is_for_those_who_serve() -> None:
    assert rules.note(served_by(ANNA), ANNA, NoteAdded(text="vip")).events == (NoteAdded(text="vip"),)
    assert refusal(lambda: rules.note(served_by(ANNA), BEN, NoteAdded(text="vip"))) == "not_assigned"


@pytest.mark.parametrize(
    "act",
    [
        lambda head, session: rules.say(head, session, MessagePosted(text="x"), NOW),
        lambda head, session: rules.note(head, session, NoteAdded(text="x")),
        lambda head, session: rules.read_up_to(head, session, 1),
        rules.typing,
    ],
)
def test_whatever_the_agent_does_first_stops_the_reply_clock(act: Callable[[Head, Session], Change]) -> None:
    head = served_by(ANNA, reply_due=NOW + 60_000, public_head=1, joined=(info(SUE),))
    assert act(head, ANNA).fields["reply_due"] is None
    assert "reply_due" not in act(head, SUE).fields
    assert "reply_due" not in act(head, USER).fields


def test_reading_moves_the_readers_own_cursor_and_never_back() -> None:
    head = served_by(ANNA, public_head=9, user_read=4, agent_read=5)
    assert rules.read_up_to(head, USER, 6).fields == {"user_read": 6, "user_delivered": 6}
    assert rules.read_up_to(head, ANNA, 6).fields == {"agent_read": 6, "agent_delivered": 6}
    assert rules.read_up_to(replace(head, user_delivered=8), USER, 6).fields == {"user_read": 6}
    assert rules.read_up_to(replace(head, user_delivered=4), USER, 4).fields == {}
    assert rules.read_up_to(head, USER, 0).fields == {}


def test_what_has_arrived_is_marked_for_each_side_and_stops_no_clock() -> None:
    head = served_by(ANNA, public_head=9, agent_delivered=5, reply_due=NOW)
    assert rules.delivered_up_to(head, USER, 6).fields == {"user_delivered": 6}
    assert rules.delivered_up_to(head, ANNA, 6).fields == {"agent_delivered": 6}
    assert rules.delivered_up_to(head, ANNA, 5).fields == {}
    assert refusal(lambda: rules.delivered_up_to(head, USER, 10)) == "invalid"
    assert refusal(lambda: rules.delivered_up_to(head, BEN, 1)) == "not_assigned"
    assert rules.delivered_up_to(head_with(status="closed", public_head=3), USER, 3) == NO_CHANGE


def test_who_wrote_last_is_known_and_the_first_answer_is_timed_once() -> None:
    head = served_by(ANNA, reminded_at=NOW)
    said = MessagePosted(text="x")
    assert rules.say(head, USER, said, NOW + 1).fields == {"user_wrote_at": NOW + 1, "reminded_at": None}
    assert rules.say(head, ANNA, said, NOW + 1).fields == {"agent_wrote_at": NOW + 1, "first_reply_at": NOW + 1}
    again = rules.say(replace(head, first_reply_at=NOW), ANNA, said, NOW + 1)
    assert again.fields == {"agent_wrote_at": NOW + 1}
    assert "agent_wrote_at" not in rules.say(head_with(), BOT, said, NOW).fields


def test_a_user_who_writes_where_nobody_serves_any_more_waits_again() -> None:
    said = MessagePosted(text="back")
    change = rules.say(head_with(parked_at=NOW, priority=1), USER, said, NOW)
    assert change.events == (said, Queued(tier=1, priority=1, reason="returned"))
    assert (change.fields["parked_at"], change.fields["epoch"]) == (None, 1)
    assert rules.say(head_with(parked_at=NOW), BOT, said, NOW).events == (said,)


def test_whoever_is_asked_for_advice_may_note_but_not_speak() -> None:
    head = served_by(ANNA, consultants=(info(BEN),))
    assert rules.note(head, BEN, NoteAdded(text="x")).events
    assert refusal(lambda: rules.say(head, BEN, MessagePosted(text="x"), NOW)) == "not_assigned"


def test_reading_beyond_the_head_is_invalid_even_when_closed() -> None:
    assert refusal(lambda: rules.read_up_to(served_by(ANNA, public_head=3), USER, 4)) == "invalid"
    assert refusal(lambda: rules.read_up_to(head_with(status="closed", public_head=3), USER, 4)) == "invalid"


def test_reading_and_typing_of_others_is_not_assigned() -> None:
    head = served_by(ANNA, public_head=3)
    assert refusal(lambda: rules.read_up_to(head, BEN, 1)) == "not_assigned"
    assert refusal(lambda: rules.typing(head, BEN)) == "not_assigned"


def test_reading_in_a_closed_conversation_changes_nothing() -> None:
    assert rules.read_up_to(head_with(status="closed", public_head=3), ANNA, 2) == NO_CHANGE


def test_closing_says_with_what_outcome() -> None:
    assert rules.close(served_by(ANNA), ANNA, "solved").events == (ConversationClosed(disposition="solved"),)
    assert rules.close(head_with(), USER, UNSET).events == (ConversationClosed(disposition=None),)


def test_closing_what_is_closed_changes_nothing_and_closing_anothers_is_refused() -> None:
    assert rules.close(head_with(status="closed"), ANNA, "x") == NO_CHANGE
    assert refusal(lambda: rules.close(served_by(ANNA), BEN, UNSET)) == "not_assigned"


def test_only_what_has_ended_is_rated() -> None:
    command = RateConversation(conversation="c_1", score=4, solved=True, comment="好")
    rated = ConversationRated(score=4, solved=True, comment="好")
    assert rules.rate(head_with(status="closed"), command).events == (rated,)
    assert refusal(lambda: rules.rate(served_by(ANNA), command)) == "conflict"


def test_a_preview_is_the_beginning() -> None:
    assert rules.preview_of("short") == "short"
    assert rules.preview_of("长" * 200) == "长" * 200
    long = rules.preview_of("长" * 201)
    assert (len(long), long[-1]) == (200, "…")
