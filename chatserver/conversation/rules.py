"""What parties may do in a conversation, and what follows. Pure: no clock, no random, no I/O."""

from typing import Any

from msgspec import UNSET, UnsetType

from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import (
    Body,
    ConversationClosed,
    ConversationRated,
    ConversationStarted,
    MessagePosted,
    NoteAdded,
    Queued,
)
from chatserver.conversation.messages import RateConversation
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.errors import closed, conflict, invalid
from chatserver.core.session import Role, Session
from chatserver.core.text import is_blank

PREVIEW_LENGTH = 200
"""Code points of the last message that an offer shows."""


def check_text(text: str, *, attachments: bool = False) -> None:
    """Raise `invalid` for a text in which nothing can be seen."""
    if is_blank(text) and not attachments:
        raise invalid("text", "Write something first: the text is blank.")


def start(topic: str | UnsetType, locale: str, said: MessagePosted | None, queued: Queued | None) -> Change:
    """A new conversation: started, the first message if there is one, queued if asked."""
    events: list[Body] = [ConversationStarted(topic=topic or "", locale=locale)]
    if said is not None:
        events.append(said)
    if queued is not None:
        events.append(queued)
    return Change(tuple(events))


def go_on(head: Head, said: MessagePosted | None, queued: Queued | None) -> Change:
    """Starting beside an open conversation goes on in that one, and never queues twice."""
    events: list[Body] = [] if said is None else [said]
    if queued is not None and head.status == "bot":
        events.append(queued)
    return Change(tuple(events))


def say(head: Head, session: Session, message: MessagePosted, now: int) -> Change:
    """A message; an agent's first one is the sign of life that stops the reply clock.

    A user who writes where nobody serves any more waits again; whoever had them last comes first.
    """
    authorize(session, Action.SPEAK, head)
    fields = {**_sign_of_life(head, session), **wrote(head, session, now)}
    if session.is_user and head.status == "bot" and head.parked_at is not None:
        waits = Queued(tier=head.tier, priority=head.priority, reason="returned")
        return Change((message, waits), fields | {"parked_at": None, "epoch": head.epoch + 1})
    return Change((message,), fields)


def released(head: Head, author: Session, message: MessagePosted, now: int) -> Change:
    """A message of an agent that a second person lets out, though its author may have left meanwhile."""
    if not head.is_open:
        raise closed()
    return Change((message,), wrote(head, author, now))


def wrote(head: Head, session: Session, now: int) -> dict[str, Any]:
    """Who wrote last, and when: idle conversations are found by it, and the first answer is timed."""
    if session.is_user:
        return {"user_wrote_at": now, "reminded_at": None}
    if session.role is Role.BOT:
        return {}
    first = {"first_reply_at": now} if head.first_reply_at is None else {}
    return {"agent_wrote_at": now, **first}


def note(head: Head, session: Session, added: NoteAdded) -> Change:
    """A note of an agent: of whoever serves or joined, or is asked for advice."""
    authorize(session, Action.NOTE, head)
    return Change((added,), _sign_of_life(head, session))


def whisper(head: Head, text: str) -> Change:
    """A supervisor's note for the agent who serves now."""
    if not head.is_open:
        raise closed()
    if head.status != "active" or head.agent is None:
        raise conflict("Nobody serves this conversation now.")
    return Change((NoteAdded(text=text, to=head.agent),))


def read_up_to(head: Head, session: Session, seq: int) -> Change:
    """Everything up to `seq` was seen; lower than before changes nothing."""
    if seq > head.public_head:
        raise invalid("seq", f"The last event is {head.public_head}.")
    if not head.is_open:
        return NO_CHANGE
    authorize(session, Action.SPEAK, head)
    side = "user" if session.is_user else "agent"
    moved = _marked(head, f"{side}_read", seq) | _marked(head, f"{side}_delivered", seq)
    return Change(fields={**moved, **_sign_of_life(head, session)})


def delivered_up_to(head: Head, session: Session, seq: int) -> Change:
    """Everything up to `seq` has arrived; that is no sign of life, since nobody need be there."""
    if seq > head.public_head:
        raise invalid("seq", f"The last event is {head.public_head}.")
    if not head.is_open:
        return NO_CHANGE
    authorize(session, Action.SPEAK, head)
    return Change(fields=_marked(head, "user_delivered" if session.is_user else "agent_delivered", seq))


def _marked(head: Head, mark: str, seq: int) -> dict[str, Any]:
    return {mark: seq} if seq > getattr(head, mark) else {}


def typing(head: Head, session: Session) -> Change:
    """Typing keeps nothing, but an agent who types is there."""
    authorize(session, Action.SPEAK, head)
    return Change(fields=_sign_of_life(head, session))


def _sign_of_life(head: Head, session: Session) -> dict[str, None]:
    due = head.reply_due is not None and head.served_by(session.subject) and not session.is_user
    return {"reply_due": None} if due else {}


def close(head: Head, session: Session, disposition: str | UnsetType, *, needs_disposition: bool = False) -> Change:
    """The end; ending it again changes nothing. Where the desk wants an outcome, agents name one."""
    if not head.is_open:
        return NO_CHANGE
    authorize(session, Action.SPEAK, head)
    if needs_disposition and disposition is UNSET:
        raise invalid("disposition", "Choose an outcome before you close the conversation.")
    code = None if disposition is UNSET else disposition
    return Change((ConversationClosed(disposition=code),))


def rate(head: Head, command: RateConversation) -> Change:
    """The user's judgement; only of what has ended."""
    if head.is_open:
        raise conflict("A conversation can be rated once it is closed.")
    rating = ConversationRated(
        score=command.score,
        solved=command.solved,
        attitude=command.attitude,
        professionalism=command.professionalism,
        comment=command.comment,
    )
    return Change((rating,))


def preview_of(text: str) -> str:
    """The beginning of a message, for an offer."""
    return text if len(text) <= PREVIEW_LENGTH else text[: PREVIEW_LENGTH - 1] + "…"
