"""The log at work: append in one transaction, tell everybody after the commit."""

from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.conversation import store
from chatserver.conversation.appending import record
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import By, Recorded
from chatserver.conversation.states import Change, Head
from chatserver.core.ports import Clock, Database
from chatserver.core.session import Role, Session

T = TypeVar("T")

SYSTEM = By("system", None, "")
"""Who it is when the desk itself acts."""


class Appended(Struct, frozen=True):
    """What was committed: the head before and after, and the rows between.

    `before` is None for a new conversation; `rows` may be empty when only the head changed.
    """

    before: Head | None
    head: Head
    rows: list[Recorded]
    by: By


class Written(Struct, Generic[T], frozen=True):
    """What a writing unit hands back: its result, and what it appended, if anything."""

    result: T
    appended: tuple[Appended, ...] = ()


Subscriber = Callable[[Appended], None]


class Log:
    """Appends to conversations and calls subscribers after each commit, in commit order."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call `subscriber` with everything that is appended from now on. It must not block."""
        self._subscribers.append(subscriber)

    async def write(self, unit: Callable[[Connection], Written[T]], *, lane: str = "") -> T:
        """Run a unit, tell the subscribers what it appended, return its result."""
        written = await self.database.write(unit, lane=lane, then=self._tell)
        return written.result

    async def latest(self, head: Head) -> Head:
        """The head as it stands by now."""
        return await self.database.read(lambda conn: store.read_head(conn, head.id)) or head

    def _tell(self, written: Written[T]) -> None:
        for appended in written.appended:
            for subscriber in self._subscribers:
                subscriber(appended)


def by_session(session: Session) -> By:
    """The author of what a session does, as events name them."""
    if session.role is Role.BOT:
        return By("bot", None, session.name)
    role = "user" if session.is_user else "agent"
    return By(role, session.subject, session.name)  # type: ignore[arg-type]


def head_for(conn: Connection, session: Session, action: Action, conversation: str, *, lock: bool = True) -> Head:
    """The head of a conversation that this session may know or read; else what `authorize` raises."""
    return visible(conn, session, action, store.read_head(conn, conversation, lock=lock))


def visible(conn: Connection, session: Session, action: Action, head: Head | None) -> Head:
    """The same for a head that was read."""
    party = None
    if head is not None and session.role is Role.AGENT:
        # Whoever serves it now is asked about at every message, and known from the head.
        party = head.served_by(session.subject) or store.read_party(conn, head.number, session.subject)
    return authorize(session, action, head, party)


def append(conn: Connection, head: Head, change: Change, by: By, now: int, *, key: str | None = None) -> Appended:
    """Store a decided change and say what was committed."""
    moved, rows = record(conn, head, change, by, now, key=key)
    return Appended(head, moved, rows, by)
