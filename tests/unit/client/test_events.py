"""What the server tells becomes Structs."""

import pytest
from msgspec import Raw, ValidationError, json

from chatserver.client.events import Countdown, is_durable, read_durable, read_passing
from chatserver.conversation.events import MessagePosted
from chatserver.conversation.messages import Heads, TypingEvent
from tests.unit.client.scripted_server import listed, message


def raw(body: object) -> Raw:
    return Raw(json.encode(body))


def test_a_durable_event_has_its_envelope_and_its_body() -> None:
    event = read_durable(raw(message(4, key="k-1")), "message_posted")
    assert (event.type, event.seq, event.by.role, event.key) == ("message_posted", 4, "agent", "k-1")
    assert event.body == MessagePosted(text="text 4")


def test_an_event_of_a_page_carries_its_own_name() -> None:
    [body] = listed(1, 1)
    event = read_durable(raw(body))
    assert event.type == "message_posted"
    assert event.as_dict() == body


def test_an_event_told_equals_the_same_event_in_a_page() -> None:
    [body] = listed(2, 2)
    assert read_durable(raw(message(2)), "message_posted").as_dict() == read_durable(raw(body)).as_dict()


def test_an_envelope_that_breaks_the_contract_is_refused() -> None:
    with pytest.raises(ValidationError):
        read_durable(raw({**message(1), "seq": "one"}), "message_posted")


def test_passing_events_are_typed_by_their_name() -> None:
    by = {"role": "user", "id": "u1", "name": "Ada"}
    typing = read_passing("typing", raw({"conversation": "c1", "on": True, "by": by}))
    assert isinstance(typing.body, TypingEvent)
    assert typing.conversation == "c1"
    assert read_passing("heads", raw({"c1": {"public": 3}})).body == {"c1": Heads(public=3)}
    assert read_passing("auth_expiring", raw({"in_ms": 5})).body == Countdown(5)


def test_a_name_newer_than_this_client_is_passed_on_as_data() -> None:
    event = read_passing("weather", raw({"sun": 1}))
    assert event.body == {"sun": 1}
    assert event.conversation == ""
    assert not is_durable("weather")
