"""Events in any order become a log in order, each once."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, json

from chatserver.client.events import Durable, read_durable
from chatserver.client.log import ConversationLog, ThreadLog
from chatserver.conversation.messages import Heads
from tests.unit.client.scripted_server import message


def event(seq: int) -> Durable:
    return read_durable(Raw(json.encode(message(seq))), "message_posted")


@given(st.lists(st.integers(1, 12)))
def test_whatever_comes_in_whatever_order_leaves_in_order_and_once(numbers: list[int]) -> None:
    log = ThreadLog()
    released = [fresh.seq for number in numbers for fresh in log.add(event(number))]
    assert released == list(range(1, len(released) + 1))
    assert [known.seq for known in log.events] == released
    heard = set(numbers)
    assert log.last + 1 not in heard
    assert log.behind == (log.last < max(heard, default=0))
    assert log.repeated == len(numbers) - len(heard)


def test_an_early_event_shows_the_gap_and_waits_for_it() -> None:
    log = ThreadLog()
    assert log.add(event(2)) == []
    assert log.behind
    assert log.gaps == 1
    assert [fresh.seq for fresh in log.add(event(1))] == [1, 2]
    assert not log.behind


def test_a_head_further_on_means_behind() -> None:
    log = ConversationLog("c1")
    log.heard_of(Heads(public=3))
    assert log.behind() == ["public"]
    log.heard_of(Heads(public=3, internal=1))
    assert log.behind() == ["public", "internal"]


def test_a_lower_head_changes_nothing() -> None:
    log = ThreadLog()
    log.heard_of(5)
    log.heard_of(2)
    assert log.head == 5


def test_the_log_itself_has_the_last_word_on_its_end() -> None:
    log = ThreadLog()
    log.add(event(1))
    log.heard_of(9)
    log.reaches(1)
    assert not log.behind


def test_an_early_event_outweighs_a_page_that_ended_before_it() -> None:
    log = ThreadLog()
    log.add(event(3))
    log.reaches(1)
    assert log.behind


def test_the_view_is_what_a_screen_would_show() -> None:
    log = ConversationLog("c1")
    log.public.add(event(1))
    assert [shown.text for shown in log.view().messages] == ["text 1"]
