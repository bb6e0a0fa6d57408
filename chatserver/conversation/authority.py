"""Who may do what with whose conversation: the one place that decides it. Pure.

Before it, the registry and the routes have asked the role (`roles=` of a declaration) and the shape; after it come the
state and what else a rule knows. That is the contract's order of checks: role, shape, visible, key seen, closed, not
assigned.
"""

from enum import Enum
from typing import Final

from chatserver.conversation.states import Head
from chatserver.core.errors import closed, not_assigned, not_found
from chatserver.core.session import WARDEN, Role, Session


class Action(Enum):
    """What somebody wants of a conversation."""

    KNOW = "know"
    """That it is there, its state, and how it was routed; the least that every command needs."""
    READ = "read"
    """What was said in it."""
    SPEAK = "speak"
    """Write, type, read on behalf of a side, close: what parties do while it is open."""
    NOTE = "note"
    """Write for colleagues: whoever may speak, and whoever is asked for advice."""
    SERVE = "serve"
    """Hand off, transfer: what only the agent does who serves it now."""
    TAKE_BACK = "take_back"
    """Serve it again, for whoever handed it off."""
    REOPEN = "reopen"
    """Go on with it after its end, for whoever served it last and for supervisors."""


WHILE_OPEN: Final = frozenset({Action.SPEAK, Action.NOTE, Action.SERVE, Action.TAKE_BACK})
"""Refused as `closed` after the end, before anybody is told that it is not theirs."""

SEE_ALL: Final = frozenset({Role.SUPERVISOR, Role.AUDITOR, Role.BOT})
"""Roles that know and read every conversation."""


def authorize(actor: Session, action: Action, conversation: Head | None, party: bool | None = None) -> Head:
    """The conversation, if this session may do that with it.

    `party` tells how an agent came to know of it (`store.read_party`): True if it is or was theirs, False if it was
    only offered, None if neither; only `KNOW` and `READ` look at it. Raises `not_found` for an unknown conversation
    and for one that is not visible to this session alike, then `closed`, then `not_assigned`.
    """
    if conversation is None or (action in (Action.KNOW, Action.READ) and not _knows(actor, conversation, party)):
        raise not_found()
    if action in WHILE_OPEN and not conversation.is_open:
        raise closed()
    if not _may(actor, action, conversation, party):
        raise not_assigned()
    return conversation


def _knows(actor: Session, head: Head, party: bool | None) -> bool:
    if actor.is_user:
        return head.user_id == actor.subject
    if actor.role is Role.AGENT:
        return party is not None
    return actor.role in SEE_ALL


def _may(actor: Session, action: Action, head: Head, party: bool | None) -> bool:  # noqa: PLR0911  (one case an action)
    match action:
        case Action.KNOW:
            return True
        case Action.READ:
            return actor.role is not Role.AGENT or bool(party)
        case Action.SPEAK:
            return takes_part(actor, head)
        case Action.NOTE:
            return takes_part(actor, head) or head.consults(actor.subject)
        case Action.SERVE:
            return head.served_by(actor.subject)
        case Action.TAKE_BACK:
            return head.handed_off_by == actor.subject
        case Action.REOPEN:
            return actor.role is Role.SUPERVISOR or head.last_agent == actor.subject


def takes_part(actor: Session, head: Head) -> bool:
    """Whether this session is a party that may speak: user, assigned agent, joined supervisor.

    The bot is silent once a person is wanted; but who has just given away their recovery phrase must be told at once,
    not when an agent has time.
    """
    if actor.is_user:
        return head.user_id == actor.subject
    if actor.role is Role.BOT:
        return head.status == "bot" or actor.subject == WARDEN
    return head.served_by(actor.subject) or head.joined_by(actor.subject)
