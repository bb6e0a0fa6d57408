"""The comparison finds every kind of damage, and nothing where there is none."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chatserver.loadtest.check import Findings, Page, Sent, check


def row(seq: int, text: str, role: str = "user", type_: str = "message_posted", **more: Any) -> dict[str, Any]:
    by = {"role": role, "id": role, "name": role}
    return {"seq": seq, "id": f"m{seq}", "type": type_, "by": by, "text": text, **more}


def sent(seq: int | None, text: str, by: str = "user") -> Sent:
    return Sent(by, text, 0.0, f"m{seq}" if seq else None, seq)


TALK = [sent(2, "a"), sent(4, "b", "agent"), sent(5, "c")]


def log() -> Page:
    return [
        row(1, "", "system", "conversation_started"),
        row(2, "a"),
        row(3, "Hello, I am the bot.", "bot"),
        row(4, "b", "agent"),
        row(5, "c"),
    ]


def without(seq: int) -> Page:
    """The log with a message gone and the numbers closed up behind it."""
    rest = [one for one in log() if one["seq"] != seq]
    return [{**one, "seq": number} for number, one in enumerate(rest, 1)]


def test_what_was_kept_everywhere_is_clean() -> None:
    found = check(TALK, [log(), log()], [log(), log()[:3]])
    assert found == Findings()
    assert found.clean


def test_a_message_missing_on_one_side_is_lost() -> None:
    found = check(TALK, [log(), without(4)])
    assert found.lost == 1
    assert found.differing == 1
    assert not found.clean


def test_a_message_missing_on_both_sides_is_lost_once() -> None:
    assert check(TALK, [without(4), without(4)]).lost == 1


def test_a_message_that_stands_there_twice_is_duplicated() -> None:
    assert check(TALK, [[*log(), row(6, "c")]]).duplicated == 1


def test_a_message_that_nobody_sent_counts_as_a_duplicate() -> None:
    assert check(TALK, [[*log(), row(6, "never said", "agent")]]).duplicated == 1


def test_two_messages_that_changed_places_are_out_of_order() -> None:
    swapped = log()
    swapped[3], swapped[4] = {**swapped[4], "seq": 4}, {**swapped[3], "seq": 5}
    assert check(TALK, [swapped]).out_of_order == 1


def test_a_changed_text_is_altered_and_a_taken_out_secret_is_not() -> None:
    changed = log()
    changed[1] = row(2, "A")
    assert check(TALK, [changed]).altered == 1
    changed[1] = row(2, "[removed: otp]", removed=["otp"])
    found = check(TALK, [changed])
    assert (found.altered, found.redacted, found.clean) == (0, 1, True)


def test_a_message_under_another_role_is_altered() -> None:
    changed = log()
    changed[1] = row(2, "a", "agent")
    assert check(TALK, [changed]).altered == 1


def test_a_hole_in_the_numbers_is_a_gap() -> None:
    assert check([], [[row(1, "x"), row(3, "y")]]).gaps == 1


def test_a_message_without_an_answer_may_be_there_once_or_not_at_all() -> None:
    unanswered = [*TALK, sent(None, "d")]
    assert check(unanswered, [log()]).clean
    assert check(unanswered, [[*log(), row(6, "d")]]).clean
    assert check(unanswered, [[*log(), row(6, "d"), row(7, "d")]]).duplicated == 1


def test_a_side_that_was_told_something_else_differs() -> None:
    told = log()
    told[2] = row(3, "Another bot.", "bot")
    assert check(TALK, [log()], [told]).differing == 1


@given(st.lists(st.sampled_from(["a", "b"]), max_size=8), st.data())
def test_any_lost_messages_are_counted_whatever_the_texts(texts: list[str], data: st.DataObject) -> None:
    messages = [sent(number, text) for number, text in enumerate(texts, 1)]
    events = [row(number, text) for number, text in enumerate(texts, 1)]
    gone = data.draw(st.sets(st.sampled_from(range(1, len(texts) + 1)))) if texts else set()
    found = check(messages, [[event for event in events if event["seq"] not in gone]])
    assert found.lost == len(gone)
    assert found.duplicated == 0


def test_findings_add_up() -> None:
    total = Findings(lost=1)
    total.add(Findings(lost=2, gaps=1))
    assert total == Findings(lost=3, gaps=1)
