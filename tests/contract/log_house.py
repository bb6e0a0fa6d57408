"""The log on a real database, with a clock that a test can turn and a line in which nobody moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from chatserver.conversation import log as conversation_log
from chatserver.conversation import search, store, users  # noqa: F401 - the search tables belong to the log
from chatserver.conversation.events import Body, By, MessagePosted
from chatserver.conversation.log import Appended, Log, Written
from chatserver.conversation.search import index_rows
from chatserver.conversation.states import Change, Head
from chatserver.conversation.users import User
from chatserver.core.session import Session
from chatserver.infra.sql import OpenDatabase
from tests.unit.conversation.cast import NOW, USER, head_with
from tests.vaults import sealed_database


class Line:
    """Everybody who waits is first."""

    async def position(self, _head: Head) -> int | None:
        """The place from 1."""
        return 1

    def known_skill(self, _conn: Connection, skill: str, _tier: int) -> str:
        """Every skill is known."""
        return skill

    def skill_of(self, _conn: Connection, _topic: str, _now: int) -> str:
        """No topic needs one."""
        return ""

    def is_open(self, _conn: Connection, _tier: int, _skill: str, _now: int) -> bool:
        """Round the clock."""
        return True

    def needs_disposition(self, _conn: Connection, _now: int) -> bool:
        """Closing needs no outcome."""
        return False


@dataclass
class TurnedClock:
    """A clock that a second passes on whenever somebody looks."""

    at: int = NOW

    def now(self) -> int:
        """Milliseconds since 1970."""
        self.at += 1_000
        return self.at


@dataclass
class LogHouse:
    """A database with its tables, the log on it, and short ways to fill it."""

    database: OpenDatabase
    clock: TurnedClock = field(default_factory=TurnedClock)

    def __post_init__(self) -> None:
        self.log = Log(self.database, self.clock)

    async def begin(self, id_: str, session: Session = USER, **fields: Any) -> Head:
        """Store a conversation of a user, with the given head fields."""
        started = {"started_at": self.clock.now(), "user_id": session.subject}
        head = head_with(id=id_, number=0, **(started | fields))

        def unit(conn: Connection) -> Head:
            users.remember_user(conn, User(session.subject, "signed", session.name, session.locale, vip=False), NOW)
            return store.insert_head(conn, head, {})

        return await self.database.write(unit)

    async def add(self, id_: str, by: By, *bodies: Body, key: str | None = None, **fields: Any) -> Appended:
        """Append events, as the commands do."""

        def unit(conn: Connection) -> Written[Appended]:
            head = store.read_head(conn, id_, lock=True)
            assert head is not None
            appended = conversation_log.append(conn, head, Change(bodies, fields), by, self.clock.now(), key=key)
            index_rows(conn, [(head.number, appended.rows)])
            return Written(appended, (appended,))

        return await self.log.write(unit, lane=id_)

    async def say(self, id_: str, text: str, session: Session = USER, key: str | None = None) -> Appended:
        """Append a message."""
        return await self.add(id_, conversation_log.by_session(session), MessagePosted(text=text), key=key)

    async def know(self, id_: str, session: Session, *, assigned: bool) -> None:
        """Let an agent know of a conversation."""

        def unit(conn: Connection) -> None:
            head = store.read_head(conn, id_)
            assert head is not None
            store.remember_party(conn, head, session.subject, assigned=assigned, now=NOW)

        await self.database.write(unit)

    async def head(self, id_: str) -> Head:
        """A head as it is stored."""
        found = await self.database.read(lambda conn: store.read_head(conn, id_))
        assert found is not None
        return found


@asynccontextmanager
async def log_house(database_url: str) -> AsyncIterator[LogHouse]:
    """A log on an empty database."""
    async with sealed_database(database_url, make_tables=True) as database:
        yield LogHouse(database)
