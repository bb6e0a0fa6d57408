"""What becomes of a conversation whose user does not stay for the answer. Pure."""

from chatserver.conversation.events import MessagePosted, Queued
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import closed


def leave_message(head: Head, said: MessagePosted | None) -> Change:
    """It waits for the next agent, whether the user is there or not; who is served already is just heard."""
    if not head.is_open:
        raise closed()
    spoken = (said,) if said is not None else ()
    if head.status in ("offered", "active") or (head.status == "waiting" and head.parked_at is not None):
        return Change(spoken) if spoken else NO_CHANGE
    waits = Queued(tier=head.tier, priority=head.priority, reason="message")
    return Change((*spoken, waits), {"epoch": head.epoch + 1})
