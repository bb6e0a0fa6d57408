"""Looks for idle conversations, as a part of the sweep that one process does at a time."""

from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from chatserver.conversation import store
from chatserver.conversation.log import SYSTEM, Written, append
from chatserver.conversation.states import NO_CHANGE, Head
from chatserver.conversation.tables import conversations
from chatserver.desk.callbacks.store import is_promised
from chatserver.desk.catalogue.store import read_routing
from chatserver.desk.decisions import store_decision
from chatserver.desk.ground import Ground
from chatserver.desk.idle.rules import idle_step, shortest_s

AT_ONCE: Final = 200
"""Conversations in one sweep; the rest come with the next, in ten seconds."""


class IdleSweep:
    """Reminds, lays aside and closes by rule."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def sweep(self) -> None:
        """Do what is due now."""
        now = self._ground.log.clock.now()
        for head in await self._ground.log.database.read(lambda conn: idle_heads(conn, now)):
            await self._step(head, now)

    async def _step(self, head: Head, now: int) -> None:
        def unit(conn: Connection) -> Written[None]:
            locked = store.read_head(conn, head.id, lock=True)
            change = idle_step(locked, read_routing(conn), now) if locked is not None else NO_CHANGE
            if locked is None or change == NO_CHANGE:
                return Written(None)
            appended = append(conn, locked, change, SYSTEM, now)
            if appended.head.status != locked.status:
                agent = locked.agent.id if locked.agent else None
                store_decision(conn, appended.head, now, "left", "idle", agent_id=agent)
            return Written(None, (appended,))

        await self._ground.log.write(unit)


def idle_heads(conn: Connection, now: int) -> list[Head]:
    """Conversations for which something may be due, the longest idle first."""
    routing = read_routing(conn)
    after_s = shortest_s(routing)
    if not after_s:
        return []
    table, before = conversations.c, now - after_s * 1_000
    unanswered = and_(
        table.status == "active",
        table.agent_wrote_at <= before,
        table.agent_wrote_at > func.coalesce(table.user_wrote_at, 0),
    )
    alone = and_(
        table.status == "bot",
        table.started_at <= before,
        func.coalesce(table.user_wrote_at, 0) <= before,
        ~is_promised(table.number),
    )
    query = select(conversations).where(or_(unanswered, alone)).order_by(table.started_at).limit(AT_ONCE)
    return [head for head in store.select_heads(conn, query) if idle_step(head, routing, now) != NO_CHANGE]
