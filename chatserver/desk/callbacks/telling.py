"""What the log of a conversation learns of a call that is worked on."""

from typing import Any

from sqlalchemy import Connection, Row

from chatserver.conversation import store
from chatserver.conversation.events import Body, CallbackClaimed
from chatserver.conversation.log import Appended, append, by_session
from chatserver.conversation.states import Change
from chatserver.core.session import Session


def tell_log(conn: Connection, session: Session, row: Row[Any], body: Body | None, now: int) -> tuple[Appended, ...]:
    """Append what an agent did with a call; whoever claims it may read the conversation from then on."""
    head = store.read_head(conn, row.conversation_id, lock=True) if body is not None else None
    if body is None or head is None:
        return ()
    if isinstance(body, CallbackClaimed):
        store.remember_party(conn, head, session.subject, assigned=True, now=now)
    return (append(conn, head, Change((body,)), by_session(session), now),)
