"""Brings the index in Redis in step with SQL: in full when it was lost, by difference otherwise."""

from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from chatserver.conversation.states import Head
from chatserver.conversation.users import read_user
from chatserver.desk import store
from chatserver.desk.ground import Ground
from chatserver.desk.pairing import Pairing
from chatserver.desk.queue import TIERS

CHUNK: Final = 1_000
"""Conversations entered at a time, so that no single write to Redis grows too long."""

log = structlog.get_logger(__name__)


class Rebuild:
    """Rebuilds the index; `rebuild-queue` does by hand what the sweep does by itself."""

    def __init__(self, ground: Ground, pairing: Pairing) -> None:
        self._ground = ground
        self._pairing = pairing

    async def check(self, *, thorough: bool) -> None:
        """Rebuild a lost index; when `thorough`, mend what differs and free forgotten slots."""
        if not await self._ground.queue.is_known():
            await self.rebuild()
        elif thorough:
            await self._release_forgotten()
            await self._refresh_agents()
            await self._mend()

    async def rebuild(self) -> int:
        """Throw the index away and build it from SQL. Returns how many wait."""
        await self._ground.queue.clear()
        heads = await self._ground.log.database.read(store.waiting_heads)
        await self._enter(heads)
        agents = await self._refresh_agents()
        await self._ground.queue.mark_built(self._ground.log.clock.now())
        self._pairing.kick()
        log.info("index_rebuilt", waiting=len(heads), agents=agents)
        return len(heads)

    async def _enter(self, heads: list[Head]) -> None:
        def last_agents(conn: Connection, part: list[Head]) -> list[tuple[Head, str | None]]:
            users = [read_user(conn, head.user_id) for head in part]
            return [(head, user.last_agent if user else None) for head, user in zip(part, users, strict=True)]

        for start in range(0, len(heads), CHUNK):
            read = partial(last_agents, part=heads[start : start + CHUNK])
            entries = await self._ground.log.database.read(read)
            await self._ground.queue.enter_many(entries)

    async def _refresh_agents(self) -> int:
        """Set every agent anew; a refresh that Redis missed must not keep somebody idle or overloaded."""
        agents = await self._ground.log.database.read(store.read_presences)
        for presence in agents:
            await self._pairing.refresh(presence.agent_id)
        return len(agents)

    async def _release_forgotten(self) -> None:
        for _, agent in (forgotten := await self._ground.queue.expired_holds(self._ground.log.clock.now())):
            log.info("hold_expired", agent=agent)
        for conversation, agent in forgotten:
            await self._pairing.refresh(agent, release=conversation)

    async def _mend(self) -> None:
        """Enter who is missing; whoever is there without waiting is dropped when picked."""
        lengths = await self._ground.queue.lengths()
        if await self._ground.log.database.read(store.count_waiting) == sum(lengths.values()):
            return
        known: set[str] = set()
        for tier in TIERS:
            for skill in await self._ground.queue.lanes(tier):
                known |= set(await self._ground.queue.members(tier, skill))
        waiting = await self._ground.log.database.read(store.waiting_heads)
        missing = [head for head in waiting if head.id not in known]
        if missing:
            log.info("index_mended", missing=len(missing))
            await self._enter(missing)
        self._pairing.kick()
