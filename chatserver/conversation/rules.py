"""What parties may do in a conversation, and what follows. Pure: no clock, no random, no I/O."""

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
from chatserver.core.errors import conflict, invalid
from chatserver.core.session import Session
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


def say(head: Head, session: Session, message: MessagePosted) -> Change:
    """A message; an agent's first one is the sign of life that stops the reply clock."""
    authorize(session, Action.SPEAK, head)
    return Change((message,), _sign_of_life(head, session))


def note(head: Head, session: Session, added: NoteAdded) -> Change:
    """A note of an agent."""
    authorize(session, Action.SPEAK, head)
    return Change((added,), _sign_of_life(head, session))


def read_up_to(head: Head, session: Session, seq: int) -> Change:
    """Everything up to `seq` was seen; lower than before changes nothing."""
    if seq > head.public_head:
        raise invalid("seq", f"The last event is {head.public_head}.")
    if not head.is_open:
        return NO_CHANGE
    authorize(session, Action.SPEAK, head)
    cursor = "user_read" if session.is_user else "agent_read"
    moved = {cursor: seq} if seq > getattr(head, cursor) else {}
    return Change(fields={**moved, **_sign_of_life(head, session)})


def typing(head: Head, session: Session) -> Change:
    """Typing keeps nothing, but an agent who types is there."""
    authorize(session, Action.SPEAK, head)
    return Change(fields=_sign_of_life(head, session))


def _sign_of_life(head: Head, session: Session) -> dict[str, None]:
    due = head.reply_due is not None and head.served_by(session.subject) and not session.is_user
    return {"reply_due": None} if due else {}


def close(head: Head, session: Session, disposition: str | UnsetType) -> Change:
    """The end; ending it again changes nothing."""
    if not head.is_open:
        return NO_CHANGE
    authorize(session, Action.SPEAK, head)
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
