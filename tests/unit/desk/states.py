"""Conversations in every state that a rule of the desk can meet."""

from collections.abc import Callable
from typing import Any

import pytest

from chatserver.conversation.states import Change, Head, fold
from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk.rules import Terms
from tests.unit.conversation.cast import ANNA, NOW, head_with, info, served_by

DIRECT = Terms(direct=True, offer_ms=20_000, first_reply_ms=60_000)
BY_OFFER = Terms(direct=False, offer_ms=20_000, first_reply_ms=60_000)


def waiting(**fields: Any) -> Head:
    return head_with(**({"status": "waiting", "queued_at": NOW - 5_000, "epoch": 4} | fields))


def offered(to: Session, **fields: Any) -> Head:
    ringing = {"status": "offered", "agent": info(to), "offer_until": NOW + 20_000}
    return waiting(**(ringing | fields))


def closed(**fields: Any) -> Head:
    return head_with(**({"status": "closed", "closed_at": NOW - 1_000, "epoch": 4} | fields))


def any_head(status: str) -> Head:
    """A conversation in a status, with the agent that belongs to it."""
    return {"offered": offered(ANNA), "active": served_by(ANNA), "closed": closed()}.get(status) or head_with(
        status=status
    )


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ChatError) as refused:
        call()
    return refused.value.code


def after(head: Head, change: Change) -> Head:
    return fold(head, change, NOW)
