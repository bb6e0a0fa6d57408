"""Breaking the glass: an administrator, to whom no conversation is visible, reads one that somebody else approved."""

from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.api import read_thread
from chatserver.conversation.events import Recorded
from chatserver.conversation.states import Head
from chatserver.core.errors import not_found
from chatserver.core.session import Session
from chatserver.trust.oversight import store
from chatserver.trust.oversight.approvals import Approvals


def read_behind_glass(
    conn: Connection, approvals: Approvals, session: Session, approval: str
) -> tuple[Head, list[Recorded]]:
    """The conversation that the approval names, with its public thread; each reading is noted.

    Raises `not_found` for an unknown approval and somebody else's, `conflict` for one that does not hold now.
    """
    asked = store.read_approval(conn, approval)
    about = asked.object if asked is not None else ""
    approvals.use(conn, session, approval, "break_glass", about)
    head = log_store.read_head(conn, about.removeprefix("conversation:"))
    if head is None:
        raise not_found()
    return head, read_thread(conn, head, "public")
