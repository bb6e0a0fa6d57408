"""Who may ask for what and who decides it; what is odd about somebody's looking."""

from typing import Any

import pytest
from msgspec.structs import replace

from chatserver.core.errors import ChatError
from chatserver.core.session import Role, Session
from chatserver.trust.oversight.rules import (
    DECIDE_WITHIN_MS,
    HOUR_MS,
    Approval,
    Verdict,
    check_request,
    check_use,
    decide,
    judge,
    limit_of,
)

LEAD = Session("s_1", Role.SUPERVISOR, "lead", "Lead", device="aa")
OTHER = Session("s_2", Role.SUPERVISOR, "other", "Other", device="bb")
ADMIN = Session("s_3", Role.ADMIN, "admin", "Admin", device="aa")
ANN = Session("s_4", Role.AGENT, "ann", "Ann", tier=1)
ASKED = Approval(
    id="p_1",
    kind="erase_user",
    object="user:lin",
    reason="asked for it",
    requested_by="agent:lead",
    requested_at=1_000,
    device="aa",
    status="pending",
)


def code(function: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(ChatError) as refused:
        function(*given, **named)
    return refused.value.code


def test_only_some_roles_ask_for_something_and_about_the_right_thing() -> None:
    check_request(LEAD, "erase_user", "user:lin")
    check_request(ADMIN, "break_glass", "conversation:c_1")
    check_request(LEAD, "export_many", "")
    assert code(check_request, ANN, "erase_user", "user:lin") == "forbidden"
    assert code(check_request, LEAD, "break_glass", "conversation:c_1") == "forbidden"
    for kind, about in (("erase_user", "conversation:c_1"), ("erase_user", "user:"), ("export_many", "user:lin")):
        assert code(check_request, LEAD, kind, about) == "invalid"


def test_nobody_decides_what_they_ask_for_and_nobody_twice_or_too_late() -> None:
    assert code(decide, None, OTHER, approve=True, now=2_000) == "not_found"
    assert code(decide, ASKED, LEAD, approve=True, now=2_000) == "forbidden"
    assert code(decide, ASKED, ANN, approve=True, now=2_000) == "forbidden"
    assert code(decide, ASKED, OTHER, approve=True, now=1_001 + DECIDE_WITHIN_MS) == "conflict"
    approved = decide(ASKED, OTHER, approve=True, now=2_000)
    assert (approved.status, approved.decided_by, approved.same_device) == ("approved", "agent:other", False)
    assert code(decide, approved, OTHER, approve=False, now=2_000) == "conflict"
    assert decide(ASKED, OTHER, approve=False, now=2_000).status == "refused"
    assert decide(ASKED, ADMIN, approve=True, now=2_000).same_device


def test_an_approval_is_good_for_who_asked_for_what_was_asked_and_for_a_while() -> None:
    approved = decide(ASKED, OTHER, approve=True, now=2_000)
    check_use(approved, LEAD, "erase_user", "user:lin", 2_000 + DECIDE_WITHIN_MS)
    assert code(check_use, approved, OTHER, "erase_user", "user:lin", 3_000) == "not_found"
    assert code(check_use, None, LEAD, "erase_user", "user:lin", 3_000) == "not_found"
    assert code(check_use, approved, LEAD, "erase_user", "user:may", 3_000) == "conflict"
    assert code(check_use, approved, LEAD, "export_user", "user:lin", 3_000) == "conflict"
    assert code(check_use, approved, LEAD, "erase_user", "user:lin", 2_001 + DECIDE_WITHIN_MS) == "conflict"
    for status in ("pending", "refused", "used"):
        assert code(check_use, replace(approved, status=status), LEAD, "erase_user", "user:lin", 3_000) == "conflict"
    glass = replace(approved, kind="break_glass", object="conversation:c_1")
    check_use(glass, LEAD, "break_glass", "conversation:c_1", 2_000 + HOUR_MS)


def test_a_look_too_many_is_refused_told_of_and_ends_in_suspension() -> None:
    assert judge(place=30, count=30, most=30, refuses=True) == Verdict()
    assert judge(place=31, count=31, most=30, refuses=True) == Verdict(refused=True, alert=True)
    assert judge(place=3, count=31, most=30, refuses=True) == Verdict(alert=True)
    assert judge(place=61, count=61, most=60, refuses=False) == Verdict(alert=True)
    assert judge(place=90, count=90, most=30, refuses=True) == Verdict(refused=True, alert=True, suspend=True)
    assert judge(place=900, count=900, most=0, refuses=True) == Verdict()


def test_who_has_more_to_do_with_may_look_at_more() -> None:
    assert [limit_of(who, "reveals", 1.0) for who in (ANN, replace_tier(2), LEAD)] == [5, 10, 15]
    assert limit_of(ANN, "profiles", 0) == 0


def replace_tier(tier: int) -> Session:
    return Session("s_5", Role.AGENT, "tia", "Tia", tier=tier)
