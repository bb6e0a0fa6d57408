"""Pairing: the index brings users and agents together, SQL decides.

Anything that could make a pair possible calls `kick`; any process may. The pairs of one round
share a transaction, so that nobody is assigned before somebody who came first.
"""

import asyncio
from typing import Final

from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.log import Written
from chatserver.conversation.states import Head
from chatserver.conversation.users import read_user
from chatserver.core.background import attempt
from chatserver.core.errors import ChatError
from chatserver.desk import rules, store
from chatserver.desk.ground import Ground
from chatserver.desk.matching import Waiting, match
from chatserver.desk.queue import PAIRS_AT_ONCE, TIERS, AgentState, Pair, wish_of
from chatserver.desk.roster import AgentProfile, Roster
from chatserver.desk.verdicts import Verdict, decide_pairs
from chatserver.desk.waiting import front_of_lanes

RETRY_S: Final = 1.0
"""How long to wait before trying again after Redis or SQL refused."""

WAITED_MS: Final = 1_000
"""Who was paired sooner did not wait."""


class Pairing:
    """Runs rounds of pairing while there is something to pair."""

    def __init__(self, ground: Ground, terms: rules.Terms) -> None:
        self._ground = ground
        self._terms = terms
        self._wake = asyncio.Event()

    def kick(self) -> None:
        """Something may be possible now."""
        self._wake.set()

    async def run(self) -> None:
        """Pair whenever kicked, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            if not await attempt("pairing", self.pair_all, RedisError):
                await attempt("pairing without Redis", self.pair_all_from_sql)
                self._wake.set()
                await asyncio.sleep(RETRY_S)

    async def pair_all_from_sql(self) -> None:
        """Pair from SQL alone until nobody fits anybody."""
        while await self.pair_from_sql():
            continue

    async def pair_from_sql(self) -> bool:
        """One round without the index: slower, but nobody waits for Redis. True if somebody was paired."""

        def query(conn: Connection) -> list[Pair]:
            return match(read_waiting(conn), read_agents(conn, self._ground.roster), PAIRS_AT_ONCE)

        pairs = await self._ground.log.database.read(query)
        verdicts = await self._decide(pairs) if pairs else []
        return any(verdict.served is not None for verdict in verdicts)

    async def pair_all(self) -> None:
        """Pair until nobody fits anybody."""
        for tier in TIERS:
            while await self._round(tier):
                continue

    async def _round(self, tier: int) -> bool:
        """Pair whoever the index brings together. True if another round may find more.

        It may whatever SQL said, since the index has learned of it: who does not wait is forgotten,
        who cannot take anybody is not free any more.
        """
        pairs = await self._ground.queue.reserve(tier)
        if not pairs:
            return False
        try:
            verdicts = await self._decide(pairs)
        except ChatError:
            await self._give_back(pairs)
            raise
        await asyncio.gather(*map(self._settle, verdicts))
        return True

    async def _decide(self, pairs: list[Pair]) -> list[Verdict]:
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> Written[list[Verdict]]:
            return decide_pairs(conn, self._ground.roster, pairs, self._terms, now)

        return await self._ground.log.write(unit)

    async def _settle(self, verdict: Verdict) -> None:
        served = verdict.served
        if verdict.left is not None:
            await self.enter(verdict.left)
        if verdict.outcome == "overtaken" and served is not None and served.before is not None:
            await self._ground.queue.leave(served.before)
        await self.refresh(verdict.pair.agent, release=verdict.pair.conversation)
        if served is not None:
            await self._count(served.head)

    async def _count(self, head: Head) -> None:
        """Only those who had to wait tell how fast the desk is."""
        now = self._ground.log.clock.now()
        if head.queued_at is not None and now - head.queued_at >= WAITED_MS:
            await self._ground.rates.count(head.tier, head.skill, now, paired=1, busy_ms=0)

    async def _give_back(self, pairs: list[Pair]) -> None:
        """SQL could not decide: everybody goes back to where they were."""

        def query(conn: Connection) -> list[Head | None]:
            return [log_store.read_head(conn, pair.conversation) for pair in pairs]

        for pair, head in zip(pairs, await self._ground.log.database.read(query), strict=True):
            await self._settle(Verdict(pair, "refused", _if_waiting(head)))

    async def enter(self, head: Head) -> None:
        """Let a conversation wait in the index."""

        def query(conn: Connection) -> str | None:
            user = read_user(conn, head.user_id)
            return user.last_agent if user else None

        await self._ground.queue.enter(head, await self._ground.log.database.read(query))

    async def refresh(self, agent: str, *, release: str = "") -> None:
        """Bring the index in step with SQL for one agent; frees a held slot if one is named."""
        ticket = await self._ground.queue.ticket()

        def query(conn: Connection) -> AgentState:
            return agent_state(conn, self._ground.roster, agent, ticket)

        state = await self._ground.log.database.read(query)
        await self._ground.queue.set_agent(agent, state, release=release)
        if state.routable and state.load < state.capacity:
            self.kick()


def _if_waiting(head: Head | None) -> Head | None:
    return head if head is not None and head.status == "waiting" else None


def agent_state(conn: Connection, roster: Roster, agent: str, ticket: int) -> AgentState:
    """What SQL says of an agent, for the index."""
    profile = roster.profile(conn, agent)
    presence = store.read_presence(conn, agent)
    if profile is None or presence is None:
        return AgentState(0, 0, 1, (), (), 0, False, ticket)
    return _state_of(profile, presence, log_store.count_live(conn, agent), ticket)


def read_agents(conn: Connection, roster: Roster) -> dict[str, AgentState]:
    """What SQL says of every agent who could be given a conversation."""
    presences = {one.agent_id: one for one in store.read_presences(conn) if one.routable}
    profiles = [one for one in roster.profiles(conn) if one.id in presences]
    loads = store.count_live_by_agent(conn)
    return {one.id: _state_of(one, presences[one.id], loads.get(one.id, 0), 0) for one in profiles}


def read_waiting(conn: Connection) -> list[Waiting]:
    """Those at the head of each lane, with what matters for their agent."""
    front = front_of_lanes(conn, PAIRS_AT_ONCE)
    return [Waiting(head, wish_of(head, last_agent)) for head, last_agent in front]


def _state_of(profile: AgentProfile, presence: store.Presence, load: int, ticket: int) -> AgentState:
    return AgentState(
        load,
        store.limit_of(presence, profile.capacity),
        profile.tier,
        profile.skills,
        profile.languages,
        presence.idle_since,
        presence.routable,
        ticket,
    )
