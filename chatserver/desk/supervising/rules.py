"""What follows when a supervisor steps in. Pure."""

from typing import Any

from chatserver.conversation.events import AgentAssigned, AgentInfo, AgentLeft, Body, ConversationClosed, Queued
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import closed, conflict
from chatserver.desk.rules import Terms


def watch(head: Head, supervisor: str) -> Change:
    """Look without taking part; nobody is told, so it is no event."""
    if not head.is_open:
        raise closed()
    if supervisor in head.watchers:
        return NO_CHANGE
    return Change(fields={"watchers": (*head.watchers, supervisor)})


def unwatch(head: Head, supervisor: str) -> Change:
    """Look no longer."""
    if supervisor not in head.watchers:
        return NO_CHANGE
    return Change(fields={"watchers": tuple(one for one in head.watchers if one != supervisor)})


def reassign_to(head: Head, target: AgentInfo, terms: Terms, now: int) -> Change:
    """Another agent serves it from now on, whoever did before; their first reply is due like any other."""
    if not head.is_open:
        raise closed()
    if head.served_by(target.id):
        return NO_CHANGE
    events = (*_left(head), AgentAssigned(agent=target))
    due = {"reply_due": now + terms.first_reply_ms, "avoid_agent": None, "handed_off_by": None}
    return Change(events, _moved(head, due))


def requeue_for(head: Head, skill: str) -> Change:
    """It waits for an agent with a skill, its place kept; whoever had it comes last."""
    if not head.is_open:
        raise closed()
    if head.status == "waiting" and head.skill == skill:
        return NO_CHANGE
    waits = Queued(tier=head.tier, priority=head.priority, reason="reassigned")
    lost_by = head.agent.id if head.agent else None
    return Change((*_left(head), waits), _moved(head, {"skill": skill, "avoid_agent": lost_by, "return_to": None}))


def move_in_queue(head: Head, priority: int) -> Change:
    """Another place in the queue; it keeps the time since which it waits."""
    if not head.is_open:
        raise closed()
    if head.status != "waiting":
        raise conflict("This conversation does not wait.")
    if head.priority == priority:
        return NO_CHANGE
    return Change((Queued(tier=head.tier, priority=priority, reason="moved"),), _moved(head, {}))


def force_close(head: Head, disposition: str | None) -> Change:
    """The end, whoever serves it; ending it again changes nothing."""
    if not head.is_open:
        return NO_CHANGE
    return Change((ConversationClosed(disposition=disposition),))


def _left(head: Head) -> tuple[Body, ...]:
    return (AgentLeft(reason="transferred"),) if head.status == "active" else ()


def _moved(head: Head, fields: dict[str, Any]) -> dict[str, Any]:
    return {"epoch": head.epoch + 1, **fields}
