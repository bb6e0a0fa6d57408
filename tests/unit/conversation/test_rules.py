"""`conversation.rules`: what parties may do, and what follows."""

from collections.abc import Callable

import pytest
from msgspec import UNSET

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
    ADMIN,
    ANNA,
    AUDITOR,
    BEN,
    BOT,
    NOW,
    STRANGER,
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


# --- who sees what ---


@pytest.mark.parametrize(
    ("session", "party"),
    [(USER, None), (ANNA, True), (ANNA, False), (SUE, None), (AUDITOR, None), (BOT, None)],
)
def test_parties_supervisors_and_auditors_see_a_conversation(session: Session, party: bool | None) -> None:
    head = head_with()
    assert rules.check_visible(head, session, party) is head


@pytest.mark.parametrize("session", [STRANGER, ANNA, ADMIN])
def test_for_everybody_else_it_does_not_exist(session: Session) -> None:
    assert refusal(lambda: rules.check_visible(head_with(), session, None)) == "not_found"
    assert refusal(lambda: rules.check_visible(None, session, None)) == "not_found"


def test_an_agent_called_like_the_user_does_not_see_it() -> None:
    namesake = Session("s", ANNA.role, USER.subject, "")
    assert refusal(lambda: rules.check_visible(head_with(), namesake, None)) == "not_found"


def test_an_agent_with_an_offer_only_cannot_read() -> None:
    assert refusal(lambda: rules.check_readable(head_with(), ANNA, False)) == "not_assigned"
    assert refusal(lambda: rules.check_readable(head_with(), ANNA, None)) == "not_assigned"


@pytest.mark.parametrize(("session", "party"), [(ANNA, True), (USER, None), (SUE, None), (AUDITOR, None)])
def test_whoever_takes_or_took_part_or_watches_reads(session: Session, party: bool | None) -> None:
    rules.check_readable(head_with(), session, party)


# --- who may write ---


@pytest.mark.parametrize("status", ["bot", "waiting", "offered", "active"])
def test_a_user_writes_in_every_state_but_closed(status: str) -> None:
    rules.check_may_write(head_with(status=status), USER)


def test_the_assigned_agent_and_a_joined_supervisor_write() -> None:
    rules.check_may_write(served_by(ANNA), ANNA)
    rules.check_may_write(served_by(ANNA, joined=(info(SUE),)), SUE)


@pytest.mark.parametrize(
    ("head", "session"),
    [
        (served_by(BEN), ANNA),
        (served_by(ANNA), SUE),
        (head_with(status="waiting", handed_off_by=ANNA.subject), ANNA),
        (head_with(status="offered", agent=info(ANNA)), ANNA),
        (head_with(status="waiting"), BOT),
        (served_by(ANNA), BOT),
    ],
)
def test_nobody_else_writes(head: Head, session: Session) -> None:
    assert refusal(lambda: rules.check_may_write(head, session)) == "not_assigned"


def test_the_bot_writes_while_the_conversation_is_its_own() -> None:
    rules.check_may_write(head_with(status="bot"), BOT)


@pytest.mark.parametrize("session", [USER, ANNA, SUE, BOT])
def test_closed_comes_before_not_assigned(session: Session) -> None:
    assert refusal(lambda: rules.check_may_write(head_with(status="closed"), session)) == "closed"


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
    assert rules.say(head_with(), USER, message).events == (message,)


def test_a_note_is_for_those_who_serve() -> None:
    assert rules.note(served_by(ANNA), ANNA, "vip").events == (NoteAdded(text="vip"),)
    assert refusal(lambda: rules.note(served_by(ANNA), BEN, "vip")) == "not_assigned"


@pytest.mark.parametrize(
    "act",
    [
        lambda head, session: rules.say(head, session, MessagePosted(text="x")),
        lambda head, session: rules.note(head, session, "x"),
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
    assert rules.read_up_to(head, USER, 6).fields == {"user_read": 6}
    assert rules.read_up_to(head, ANNA, 6).fields == {"agent_read": 6}
    assert rules.read_up_to(head, USER, 4).fields == {}
    assert rules.read_up_to(head, USER, 0).fields == {}


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
