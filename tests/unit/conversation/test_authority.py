"""`conversation.authority`: who may do what with whose conversation."""

import pytest

from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.states import Head
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from tests.unit.conversation.cast import (
    ADMIN,
    ANNA,
    AUDITOR,
    BEN,
    BOT,
    STRANGER,
    SUE,
    USER,
    head_with,
    info,
    served_by,
)


def refusal(actor: Session, action: Action, head: Head | None, party: bool | None = None) -> str:
    """The code with which somebody is refused."""
    with pytest.raises(ChatError) as refused:
        authorize(actor, action, head, party)
    return refused.value.code


# --- who sees what ---


@pytest.mark.parametrize(
    ("session", "party"),
    [(USER, None), (ANNA, True), (ANNA, False), (SUE, None), (AUDITOR, None), (BOT, None)],
)
def test_parties_supervisors_and_auditors_see_a_conversation(session: Session, party: bool | None) -> None:
    head = head_with()
    assert authorize(session, Action.KNOW, head, party) is head


@pytest.mark.parametrize("session", [STRANGER, ANNA, ADMIN])
def test_for_everybody_else_it_does_not_exist(session: Session) -> None:
    assert refusal(session, Action.KNOW, head_with(), None) == "not_found"
    assert refusal(session, Action.KNOW, None, None) == "not_found"


def test_an_agent_called_like_the_user_does_not_see_it() -> None:
    namesake = Session("s", ANNA.role, USER.subject, "")
    assert refusal(namesake, Action.KNOW, head_with(), None) == "not_found"


def test_an_agent_with_an_offer_only_cannot_read() -> None:
    assert refusal(ANNA, Action.READ, head_with(), False) == "not_assigned"
    assert refusal(ANNA, Action.READ, head_with(), None) == "not_found"


@pytest.mark.parametrize(("session", "party"), [(ANNA, True), (USER, None), (SUE, None), (AUDITOR, None)])
def test_whoever_takes_or_took_part_or_watches_reads(session: Session, party: bool | None) -> None:
    authorize(session, Action.READ, head_with(), party)


# --- who may write ---


@pytest.mark.parametrize("status", ["bot", "waiting", "offered", "active"])
def test_a_user_writes_in_every_state_but_closed(status: str) -> None:
    authorize(USER, Action.SPEAK, head_with(status=status))


def test_the_assigned_agent_and_a_joined_supervisor_write() -> None:
    authorize(ANNA, Action.SPEAK, served_by(ANNA))
    authorize(SUE, Action.SPEAK, served_by(ANNA, joined=(info(SUE),)))


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
    assert refusal(session, Action.SPEAK, head) == "not_assigned"


def test_the_bot_writes_while_the_conversation_is_its_own() -> None:
    authorize(BOT, Action.SPEAK, head_with(status="bot"))


@pytest.mark.parametrize("session", [USER, ANNA, SUE, BOT])
def test_closed_comes_before_not_assigned(session: Session) -> None:
    assert refusal(session, Action.SPEAK, head_with(status="closed")) == "closed"


# --- who may do what only agents do ---


def test_only_the_agent_who_serves_it_gives_it_away() -> None:
    assert authorize(ANNA, Action.SERVE, served_by(ANNA)).served_by(ANNA.subject)
    for actor, head in ((BEN, served_by(ANNA)), (SUE, served_by(ANNA, joined=(info(SUE),)))):
        assert refusal(actor, Action.SERVE, head) == "not_assigned"


def test_only_who_handed_off_takes_back() -> None:
    handed_off = head_with(status="waiting", handed_off_by=ANNA.subject)
    authorize(ANNA, Action.TAKE_BACK, handed_off)
    assert refusal(BEN, Action.TAKE_BACK, handed_off) == "not_assigned"


def test_the_last_agent_and_supervisors_reopen_what_is_closed() -> None:
    ended = head_with(status="closed", last_agent=ANNA.subject)
    for actor in (ANNA, SUE):
        authorize(actor, Action.REOPEN, ended)
    assert refusal(BEN, Action.REOPEN, ended) == "not_assigned"


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("actor", [USER, ANNA, SUE, ADMIN, AUDITOR, BOT])
def test_nobody_does_anything_with_what_does_not_exist(actor: Session, action: Action) -> None:
    assert refusal(actor, action, None, True) == "not_found"


@pytest.mark.parametrize("action", [one for one in Action if one not in (Action.KNOW, Action.READ)])
def test_a_stranger_who_got_this_far_is_still_refused(action: Action) -> None:
    for actor in (STRANGER, ADMIN, AUDITOR):
        assert refusal(actor, action, served_by(ANNA)) == "not_assigned"
