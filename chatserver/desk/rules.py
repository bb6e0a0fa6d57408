"""Who gets whom, and what follows. Pure: `now`, ids and counts come in as arguments."""

from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType

from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import (
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    Body,
    ConversationReopened,
    HandedOff,
    NoteAdded,
    Queued,
    QueueLeft,
    SupervisorJoined,
    SupervisorLeft,
)
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import ChatError, capacity, closed, conflict, forbidden, invalid
from chatserver.core.session import Session
from chatserver.desk.messages import Transfer

PRIORITY_BOOST_MS: Final = 300_000
"""One level of priority is worth five minutes of waiting: finite, so that age always wins."""

PRIORITIES: Final = (0, 1, 2, 3)
"""Everybody, users whom the host app calls VIP, and what a supervisor moves before them."""

MISSES_TO_AWAY: Final = 2
"""Missed offers or first replies in a row after which an agent is set away."""

REOPEN_WITHIN_MS: Final = 24 * 3_600_000
"""A closed conversation can be reopened for a day."""


class Terms(Struct, frozen=True):
    """How assignments are made: `direct` or by offer, the clocks that start with them, and how often agents hand on
    one conversation before a supervisor decides (0: no limit).
    """

    direct: bool
    offer_ms: int
    first_reply_ms: int
    hand_ons: int = 0


def score(queued_at: int, priority: int) -> int:
    """The place in the queue: the lower, the sooner. Milliseconds since 1970 minus the boost."""
    return queued_at - priority * PRIORITY_BOOST_MS


def request_agent(head: Head, reason: str | UnsetType) -> Change:
    """Queue for an agent; in every other state the present one stands. Who has left a message waits in person now."""
    if not head.is_open:
        raise closed()
    if head.status != "bot":
        return NO_CHANGE if head.parked_at is None else Change(fields={"parked_at": None})
    return Change((_queued(head, reason or "requested"),), {} if head.parked_at is None else {"parked_at": None})


def cancel_waiting(head: Head) -> Change:
    """Leave the queue, or take back the wish while an offer rings."""
    if not head.is_open:
        raise closed()
    if head.status == "active":
        raise conflict("An agent is already with you.")
    if head.status == "bot":
        return NO_CHANGE
    return Change((QueueLeft(reason="cancelled"),), _moved(head))


def abandon(head: Head) -> Change:
    """The user went away while waiting."""
    if head.status not in ("waiting", "offered"):
        return NO_CHANGE
    return Change((QueueLeft(reason="abandoned"),), _moved(head, user_left_at=None))


def assign(head: Head, agent: AgentInfo, terms: Terms, now: int) -> Change:
    """Pair a waiting conversation with an agent: an assignment at once, or an offer."""
    if terms.direct:
        due = {"reply_due": now + terms.first_reply_ms}
        return Change((AgentAssigned(agent=agent),), _moved(head, **due, **_CALM))
    return offer(head, agent, terms, now)


def offer(head: Head, agent: AgentInfo, terms: Terms, now: int) -> Change:
    """Let it ring at an agent. Not an event: the log is the same whether it is taken or not."""
    ringing = {"status": "offered", "agent": agent, "offer_until": now + terms.offer_ms}
    return Change(fields=_moved(head, **ringing))


_CALM: Final[dict[str, Any]] = {"avoid_agent": None}


def accept(head: Head, agent: AgentInfo, epoch: int, terms: Terms, now: int) -> Change:
    """Take an offer; taking again what one has won changes nothing."""
    if head.served_by(agent.id) and head.epoch == epoch:
        return NO_CHANGE
    check_offer(head, agent.id, epoch)
    if head.offer_until is not None and head.offer_until <= now:
        raise offer_expired()
    fields = {"reply_due": now + terms.first_reply_ms, **_CALM}
    return Change((AgentAssigned(agent=agent),), fields)


def check_offer(head: Head, agent: str, epoch: int) -> None:
    """Raise `offer_expired` unless this very offer stands."""
    if not head.offered_to(agent) or head.epoch != epoch:
        raise offer_expired()


def offer_expired() -> ChatError:
    """The offer is not, or no longer, the present one of this agent."""
    return ChatError("offer_expired", "This offer no longer stands; the user was not lost.")


def unring(head: Head, sender: AgentInfo | None) -> Change:
    """An offer was declined or missed: back to the sender of a transfer, else to the queue."""
    if sender is not None:
        return Change((AgentAssigned(agent=sender),), _moved(head))
    missed_by = head.agent.id if head.agent else None
    back = {"status": "waiting", "agent": None, "offer_until": None, "return_to": None}
    return Change(fields=_moved(head, **back, avoid_agent=missed_by))


def requeue(head: Head, reason: Any, now: int) -> Change:
    """The agent is gone or silent: back to the queue with the original time."""
    lost_by = head.agent.id if head.agent else None
    events: tuple[Body, ...] = (AgentLeft(reason=reason), _queued(head, reason))
    return Change(events, _waits_anew(head, now, avoid_agent=lost_by))


def hand_off(head: Head, session: Session, to_tier: int, reason: str, note: str, now: int) -> Change:
    """Give the conversation to the other tier; repeated by the same agent the state stands."""
    if not head.is_open:
        raise closed()
    if head.handed_off_by == session.subject and head.tier == to_tier:
        return NO_CHANGE  # also when a colleague serves it already: the ack may have been lost
    authorize(session, Action.SERVE, head)
    if to_tier == head.tier:
        raise invalid("to_tier", f"The conversation is at tier {to_tier} already.")
    handed = HandedOff(from_tier=head.tier, to_tier=to_tier, reason=reason)
    return Change((handed, *_noted(note)), _waits_anew(head, now, **_CALM))


def check_hand_ons(done: int, terms: Terms) -> None:
    """Raise when agents have passed a user on for so long that somebody else must decide who helps."""
    if terms.hand_ons and done >= terms.hand_ons:
        raise forbidden(f"It was handed on {done} times. Ask a supervisor, who can give it to anybody.")


def take_back(head: Head, session: Session, agent: AgentInfo, active: int, limit: int) -> Change:
    """The agent who handed off serves it again, while nobody else does."""
    if not head.is_open:
        raise closed()
    if head.served_by(session.subject):
        return NO_CHANGE
    authorize(session, Action.TAKE_BACK, head)
    if head.status == "active":
        raise conflict("Another agent serves this conversation now.")
    if active >= limit:
        raise capacity()
    return Change((AgentAssigned(agent=agent),), _moved(head))


def is_transferred(head: Head, session: Session, wanted: Transfer) -> bool:
    """Whether this very transfer stands already: the ack may have been lost."""
    if wanted.to_skill is not UNSET:
        return head.status == "waiting" and (head.avoid_agent, head.skill) == (session.subject, wanted.to_skill)
    return head.return_to == session.subject and head.offered_to(str(wanted.to_agent))


def transfer_to_skill(head: Head, session: Session, note: str, now: int) -> Change:
    """Queue for an agent with a skill, with the original time."""
    authorize(session, Action.SERVE, head)
    events = (*_left(head), *_noted(note))
    return Change(events, _waits_anew(head, now, avoid_agent=session.subject))


def transfer_to_agent(head: Head, session: Session, target: AgentInfo, note: str, terms: Terms, now: int) -> Change:
    """Let it ring at a colleague; refused or unanswered it returns."""
    authorize(session, Action.SERVE, head)
    ringing = {"status": "offered", "agent": target, "offer_until": now + terms.offer_ms}
    events = (*_left(head), *_noted(note))
    return Change(events, _waits_anew(head, now, **ringing, return_to=session.subject))


def check_target(head: Head, target: AgentInfo, session: Session) -> None:
    """Raise unless a transfer to this agent makes sense."""
    if target.id == session.subject:
        raise invalid("to_agent", "You serve this conversation yourself.")
    if target.tier != head.tier:
        raise conflict("That agent is of another tier; hand the conversation off instead.")


def _left(head: Head) -> tuple[Body, Body]:
    return AgentLeft(reason="transferred"), _queued(head, "transferred")


def _noted(note: str) -> tuple[Body, ...]:
    return (NoteAdded(text=note),) if note else ()


def join(head: Head, session: Session, supervisor: AgentInfo) -> Change:
    """A supervisor takes part; joining again changes nothing."""
    if not head.is_open:
        raise closed()
    if head.joined_by(session.subject):
        return NO_CHANGE
    return Change((SupervisorJoined(agent=supervisor),))


def leave(head: Head, session: Session, supervisor: AgentInfo) -> Change:
    """A supervisor stops taking part."""
    if not head.joined_by(session.subject) or not head.is_open:
        return NO_CHANGE
    return Change((SupervisorLeft(agent=supervisor),))


def reopen(head: Head, session: Session, agent: AgentInfo, now: int, *, has_slot: bool) -> Change:
    """Go on with a closed conversation: with the agent who had it, else through the queue."""
    authorize(session, Action.REOPEN, head)
    own = head.last_agent == session.subject
    if head.is_open:
        if head.served_by(session.subject):
            return NO_CHANGE
        raise conflict("The conversation is open.")
    if head.closed_at is not None and now - head.closed_at > REOPEN_WITHIN_MS:
        raise conflict("It was closed more than 24 hours ago; the user can start a new one.")
    reopened = ConversationReopened(disposition=head.disposition)
    if not own:
        return Change((reopened, _queued(head, "reopened")), _moved(head, user_left_at=None))
    if not has_slot:
        raise capacity()
    return Change((reopened, AgentAssigned(agent=agent)), _moved(head, user_left_at=None))


def _queued(head: Head, reason: str) -> Queued:
    return Queued(tier=head.tier, priority=head.priority, reason=reason)


def _waits_anew(head: Head, now: int, **fields: Any) -> dict[str, Any]:
    """A user who is away has as long to come back as one who leaves now: being away before was no waiting."""
    return _moved(head, user_left_at=None if head.user_left_at is None else now, **fields)


def _moved(head: Head, **fields: Any) -> dict[str, Any]:
    """Fields of a change of ownership: the epoch fences off whoever acts on the old one."""
    return {"epoch": head.epoch + 1, **fields}
