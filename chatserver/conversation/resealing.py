"""Seals what an earlier version has stored, a few rows at a time, while everybody works."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection, and_, not_, or_, select, update

from chatserver.conversation import store
from chatserver.conversation.appending import chained
from chatserver.conversation.head_rows import columns_of
from chatserver.conversation.tables import conversations, users
from chatserver.core.background import attempt
from chatserver.core.ports import Database
from chatserver.core.sealing import MARK, seal_text

AT_ONCE: Final = 20
"""Conversations, or ten times as many names, looked up at a time; each conversation has its own transaction."""

PAUSE_S: Final = 0.2
"""Between two lots: who serves comes first."""

log = structlog.get_logger(__name__)


class Resealer:
    """Goes once through all conversations and users, and ends; safe to run on several processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.sealed = 0

    async def run(self) -> None:
        """Seal until nothing is left; what the storage refuses is tried again."""
        await self._until_done("sealing what was stored before", self._conversations)
        await self._until_done("sealing names stored before", self._names)
        await self._until_done("sealing names of staff stored before", self._staff)
        if self.sealed:
            log.info("sealed_what_was_stored_before", rows=self.sealed)

    async def _until_done(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        done = False
        while not done:
            done = await attempt(name, work)
            await asyncio.sleep(PAUSE_S)

    async def _conversations(self) -> None:
        after = 0
        while found := await self._database.read(partial(_unsealed, after=after)):
            for _, id_ in found:
                await self._database.write(partial(_seal, id_=id_), lane=id_)
                self.sealed += 1
            after = found[-1][0]
            await asyncio.sleep(PAUSE_S)

    async def _staff(self) -> None:
        after = 0
        while found := await self._database.read(partial(_with_plain_staff, after=after)):
            for _, id_ in found:
                await self._database.write(partial(_seal_staff, id_=id_), lane=id_)
                self.sealed += 1
            after = found[-1][0]
            await asyncio.sleep(PAUSE_S)

    async def _names(self) -> None:
        while done := await self._database.write(_seal_names):
            self.sealed += done
            await asyncio.sleep(PAUSE_S)


def _unsealed(conn: Connection, after: int) -> list[tuple[int, str]]:
    table = conversations.c
    unsealed = (table.number > after, table.public_chain.is_(None), table.public_head > 0)
    found = select(table.number, table.id).where(*unsealed).order_by(table.number).limit(AT_ONCE)
    return [(row.number, row.id) for row in conn.execute(found)]


def _seal(conn: Connection, id_: str) -> None:
    head = store.read_head(conn, id_, lock=True)
    if head is not None:
        chained(conn, head)


_MARK_IN_JSON: Final = "\\u0001"


def _with_plain_staff(conn: Connection, after: int) -> list[tuple[int, str]]:
    table = conversations.c
    plain = or_(
        table.agent_name.not_like(f"{MARK}%"),
        *(
            and_(one != "[]", not_(one.contains(_MARK_IN_JSON, autoescape=True)))
            for one in (table.joined, table.consultants)
        ),
    )
    found = select(table.number, table.id).where(table.number > after, plain).order_by(table.number).limit(AT_ONCE)
    return [(row.number, row.id) for row in conn.execute(found)]


def _seal_staff(conn: Connection, id_: str) -> None:
    head = store.read_head(conn, id_, lock=True)
    if head is not None:
        named = columns_of(conn, {name: getattr(head, name) for name in ("agent", "joined", "consultants")})
        conn.execute(update(conversations).where(conversations.c.number == head.number).values(**named))


def _seal_names(conn: Connection) -> int:
    plain = (users.c.name != "", users.c.name.not_like(f"{MARK}%"))
    rows = conn.execute(select(users.c.id, users.c.name).where(*plain).limit(10 * AT_ONCE).with_for_update()).all()
    for row in rows:
        sealed = seal_text(conn, row.id, f"name|{row.id}", row.name)
        conn.execute(update(users).where(users.c.id == row.id).values(name=sealed))
    return len(rows)
