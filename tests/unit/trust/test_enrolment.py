"""Reading accounts that are to be added."""

import json
from typing import Any

import pytest

from chatserver.trust.enrolment import EnrolmentRefused, newcomer_of, parse_newcomers

GOOD: dict[str, Any] = {"email": "a@x.io", "name": "An", "tier": 1, "password": "pw"}


def line(**change: Any) -> str:
    return json.dumps({key: value for key, value in {**GOOD, **change}.items() if value is not None})


def test_a_line_is_an_account() -> None:
    full = line(role="supervisor", tier=2, capacity=5, skills=["zh", "fraud"])
    newcomers = parse_newcomers([line(), "", "  \n", full.replace("a@x.io", "b@x.io"), line(email="c@x.io").encode()])
    assert [one.email for one in newcomers] == ["a@x.io", "b@x.io", "c@x.io"]
    assert (newcomers[0].role, newcomers[0].skills) == ("agent", [])
    assert (newcomers[1].role, newcomers[1].tier, newcomers[1].capacity) == ("supervisor", 2, 5)


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "null",
        line(email=None),
        line(name=None),
        line(tier=None),
        line(password=None),
        line(extra=1),
        line(email="nobody"),
        line(email="a@b@c"),
        line(email="a b@x"),
        line(email="a\x00@x"),
        line(name="  "),
        line(name=7),
        line(tier=0),
        line(tier=3),
        line(tier="1"),
        line(tier=True),
        line(role="bot"),
        line(role="user"),
        line(capacity=0),
        line(capacity=1.5),
        line(skills="zh"),
        line(skills=[""]),
        line(skills=["x" * 65]),
        line(password="   "),
        line(password="x" * 1_025),
        b"\xff\xfe{}",
    ],
    ids=str,
)
def test_a_bad_line_is_named_and_nothing_else_is_taken(bad: str | bytes) -> None:
    with pytest.raises(EnrolmentRefused, match=r"^Line 2: "):
        parse_newcomers([line(email="first@x.io"), bad])


def test_an_email_that_stands_twice_is_named_with_both_lines() -> None:
    with pytest.raises(EnrolmentRefused, match=r"^Line 3: .* line 1 "):
        parse_newcomers([line(), line(email="b@x.io"), line(email=" A@X.io ")])


def test_one_newcomer_from_the_command_line_obeys_the_same_rules() -> None:
    assert newcomer_of(GOOD).tier == 1
    for bad in ({**GOOD, "tier": 5}, {**GOOD, "email": "x"}, {**GOOD, "password": " "}):
        with pytest.raises(EnrolmentRefused):
            newcomer_of(bad)
