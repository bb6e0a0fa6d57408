"""When an idle conversation is reminded, laid aside or closed. Pure."""

from chatserver.conversation.events import AgentLeft, ConversationClosed, IdleReminded
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.desk.catalogue.kinds import Routing

IDLE = "idle"
"""The outcome of what was closed because nobody answered."""


def idle_step(head: Head, routing: Routing, now: int) -> Change:
    """What is to be done now with a conversation in which somebody is waited for; the last step that is due."""
    if head.status == "active":
        return _of_served(head, routing, now)
    if head.status == "bot":
        return _of_left_alone(head, routing, now)
    return NO_CHANGE


def _of_served(head: Head, routing: Routing, now: int) -> Change:
    """The agent has answered and the user has not."""
    said_at = head.agent_wrote_at
    if said_at is None or said_at <= (head.user_wrote_at or 0):
        return NO_CHANGE
    silent_s = (now - said_at) / 1_000
    if _is_due(routing.close_after_s, silent_s):
        return Change((ConversationClosed(disposition=IDLE),))
    if _is_due(routing.park_after_s, silent_s):
        return Change((AgentLeft(reason="parked"),), {"epoch": head.epoch + 1})
    if head.reminded_at is None and _is_due(routing.remind_after_s, silent_s):
        return Change((IdleReminded(),))
    return NO_CHANGE


def _of_left_alone(head: Head, routing: Routing, now: int) -> Change:
    """Nobody but the bot has it, or it was laid aside."""
    last = max(head.started_at, head.user_wrote_at or 0, head.agent_wrote_at or 0, head.parked_at or 0)
    after_s = routing.close_after_s if head.parked_at is not None else routing.close_bot_after_s
    return Change((ConversationClosed(disposition=IDLE),)) if _is_due(after_s, (now - last) / 1_000) else NO_CHANGE


def _is_due(after_s: int, silent_s: float) -> bool:
    return after_s > 0 and silent_s >= after_s


def shortest_s(routing: Routing) -> int:
    """The shortest time after which anything is due; 0 when nothing ever is."""
    times = (routing.remind_after_s, routing.park_after_s, routing.close_after_s, routing.close_bot_after_s)
    return min((after_s for after_s in times if after_s > 0), default=0)
