"""What is written with a key: appended once, however often it is sent."""

from collections.abc import Callable

from sqlalchemy import Connection

from chatserver.conversation import store
from chatserver.conversation.authority import Action
from chatserver.conversation.events import Recorded
from chatserver.conversation.guard import Held, empty
from chatserver.conversation.log import Log, Written, append, by_session, head_for
from chatserver.conversation.messages import Posted
from chatserver.conversation.search import index_rows
from chatserver.conversation.states import Change, Head
from chatserver.core.session import Session

Decide = Callable[[Connection, Head], tuple[Change, Held | None]]
"""The change to append, and what the guard found in earlier messages."""


class Posting:
    """Appends what a sender writes; the same key again gives the first result."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def post(self, session: Session, conversation: str, key: str, decide: Decide) -> Posted:
        """Append what `decide` makes of it, or find what the key stands for."""
        now = self._log.clock.now()

        def unit(conn: Connection) -> Written[tuple[Recorded, bool]]:
            head = head_for(conn, session, Action.KNOW, conversation)
            seen = store.read_by_key(conn, head, session.identity, key)
            if seen is not None:
                return Written((seen, True))
            change, held = decide(conn, head)
            appended = append(conn, head, change, by_session(session), now, key=key)
            index_rows(conn, head.number, appended.rows)
            also = empty(conn, appended.head, held, now)
            return Written((appended.rows[0], False), (appended, *also))

        row, duplicate = await self._log.write(unit, lane=conversation)
        return Posted(row.id, row.seq, row.at, duplicate)
