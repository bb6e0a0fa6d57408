"""Brings the index in Redis in step with SQL: in full when it was lost, by difference otherwise."""

import secrets
from functools import partial
from typing import Final

import structlog
from msgspec.structs import replace

from chatserver.desk.ground import Ground
from chatserver.desk.pairing import Pairing, read_agents
from chatserver.desk.queue import TIERS, AgentState, Entry
from chatserver.desk.waiting import waiting_entries, waiting_places

CHUNK: Final = 1_000
"""Conversations entered at a time, so that no single write to Redis grows too long."""

LEASE_MS: Final = 10_000
"""Who rebuilds is let alone for this long after each chunk: two at once would throw away each other's work."""

log = structlog.get_logger(__name__)


class Rebuild:
    """Rebuilds the index; `rebuild-queue` does by hand what the sweep does by itself."""

    def __init__(self, ground: Ground, pairing: Pairing) -> None:
        self._ground = ground
        self._pairing = pairing
        self._holder = secrets.token_hex(8)

    async def check(self, *, thorough: bool) -> None:
        """Rebuild a lost index, free slots that a dead process held; when `thorough`, mend what differs."""
        if not await self._ground.queue.is_known():
            if await self._ground.queue.lease("rebuild", self._holder, LEASE_MS):
                await self.rebuild()
            return
        await self._release_forgotten()
        if thorough:
            await self._correct_agents()
            await self._mend()

    async def rebuild(self) -> int:
        """Throw the index away and build it from SQL. Returns how many wait."""
        await self._ground.queue.lease("rebuild", self._holder, LEASE_MS)
        await self._ground.queue.clear()
        entries = await self._ground.log.database.read(waiting_entries)
        await self._enter(entries)
        agents = await self._correct_agents()
        await self._ground.queue.mark_built(self._ground.log.clock.now())
        await self._ground.queue.prolong("rebuild", 0)
        self._pairing.kick()
        log.info("index_rebuilt", waiting=len(entries), agents=agents)
        return len(entries)

    async def _enter(self, entries: list[Entry]) -> None:
        for start in range(0, len(entries), CHUNK):
            await self._ground.queue.enter_many(entries[start : start + CHUNK])
            await self._ground.queue.prolong("rebuild", LEASE_MS)

    async def _release_forgotten(self) -> None:
        for conversation, agent in await self._ground.queue.expired_holds():
            log.info("hold_expired", agent=agent)
            await self._pairing.refresh(agent, release=conversation)

    async def _correct_agents(self) -> int:
        """Set every agent whom the index has wrong; a refresh that was missed must not keep somebody idle."""
        index = await self._ground.queue.agents()
        truth = await self._ground.log.database.read(lambda conn: read_agents(conn, self._ground.roster))
        wrong = [name for name in truth.keys() | index.keys() if not _same(index.get(name), truth.get(name))]
        for name in wrong:
            await self._pairing.refresh(name)
        return len(wrong)

    async def _mend(self) -> None:
        """Enter who is missing, drop who does not wait, and pair, whatever was missed."""
        known = {
            (tier, skill): await self._ground.queue.members(tier, skill)
            for tier in TIERS
            for skill in await self._ground.queue.lanes(tier)
        }
        waiting = await self._ground.log.database.read(waiting_places)
        wrong: set[str] = set()
        for lane in known.keys() | waiting.keys():
            there, truth = known.get(lane, {}), waiting.get(lane, {})
            extra = there.keys() - truth.keys()
            await self._ground.queue.drop(*lane, extra)
            wrong |= extra | {one for one, place in truth.items() if there.get(one) != place}
        if wrong:
            # Read anew: meanwhile some of them may have come back, or gone.
            entries = await self._read(sorted(wrong))
            log.info("index_mended", wrong=len(wrong), waiting=len(entries))
            await self._enter(entries)
        self._pairing.kick()

    async def _read(self, conversations: list[str]) -> list[Entry]:
        entries: list[Entry] = []
        for start in range(0, len(conversations), CHUNK):
            part = conversations[start : start + CHUNK]
            entries += await self._ground.log.database.read(partial(waiting_entries, among=part))
        return entries


def _same(known: AgentState | None, truth: AgentState | None) -> bool:
    """Whether the index knows what SQL says, which names only those who may be given conversations."""
    if known is None or truth is None:
        return truth is None and (known is None or not known.routable)
    return replace(known, ticket=0) == replace(truth, ticket=0)
