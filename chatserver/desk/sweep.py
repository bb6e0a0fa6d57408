"""The sweep: everything that a clock decides, and everything that a lost hint or process left.

Runs every second in one process at a time; compare-and-set makes a second one harmless.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import structlog
from msgspec import Struct
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.log import SYSTEM, Written, append
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.background import attempt, together
from chatserver.desk import rules, store
from chatserver.desk.acting import bind_new_agent
from chatserver.desk.decisions import store_decision
from chatserver.desk.ground import Ground
from chatserver.desk.pairing import Pairing
from chatserver.desk.positions import sample_rates
from chatserver.desk.presence import PresenceDesk
from chatserver.desk.rebuild import Rebuild
from chatserver.desk.service import unring

EVERY_S: Final = 1.0
"""Between two sweeps: an offer may ring this much longer than it should."""

LEASE_MS: Final = 3_000
"""A process that sweeps does so alone for this long."""

HEAVY_EVERY_S: Final = 10.0
"""Between two sweeps that compare the whole index with SQL, by whichever process."""

SWEEP_OF_ALL: Final = "sweep of all"
"""The lease that says that one has been lately."""

BEAT_EVERY_S: Final = 10.0
"""Between two heartbeats of this process at most."""

HERE_AT_ONCE: Final = 500
"""Users asked about in one query of a heartbeat."""

DEAD_AFTER_MS: Final = 30_000
"""A process not heard of for this long is dead: three heartbeats."""

TELL_LOSS_MS: Final = 15_000
"""Users hear that their agent's link is lost after this long; shorter losses heal unseen."""


log = structlog.get_logger(__name__)


class Clocks(Struct, frozen=True):
    """The clocks of the sweep, in milliseconds."""

    agent_gone_ms: int
    user_gone_ms: int


class Sweep:
    """Offers, first replies, absent agents and users, dead processes, the index."""

    def __init__(
        self, ground: Ground, pairing: Pairing, presence: PresenceDesk, rebuild: Rebuild, clocks: Clocks
    ) -> None:
        self._ground = ground
        self._pairing = pairing
        self._presence = presence
        self._rebuild = rebuild
        self._clocks = clocks
        self._process = presence.process
        self._redis_was_away = False
        self._swept_all_at = float("-inf")  # by the clock of the loop
        # A user whom another process takes for gone must be claimed in time.
        self._beat_every_s = min(BEAT_EVERY_S, clocks.user_gone_ms / 3_000)
        self.users_here: Callable[[], list[str]] = list
        self.may_judge: Callable[[], bool] = lambda: True
        """Whether the clock may be trusted: else nobody is late, and nobody dead."""
        self.seldom: dict[str, Callable[[], Awaitable[None]]] = {}
        """What other parts of the desk want swept every ten seconds, by name."""

    async def run(self) -> None:
        """Say that this process lives, and sweep, until cancelled. Sweeps wait for Redis, no heartbeat for a sweep."""
        await together(self._beats(), self._sweeps())

    async def _beats(self) -> None:
        while True:
            await attempt("heartbeat", self.beat)
            await asyncio.sleep(self._beat_every_s)

    async def _sweeps(self) -> None:
        while True:
            await attempt("links", self._presence.link_again)
            await attempt("goodbyes", self._presence.say_owed_goodbyes)
            is_alone, heavy = await self._turn()
            if is_alone:
                is_mended = await self.sweep(heavy=heavy)
                if heavy:
                    self._swept_all_at = asyncio.get_running_loop().time()
                if heavy and is_mended:
                    await attempt("sweep", self._say_swept_all, RedisError)
            await asyncio.sleep(EVERY_S)

    async def _turn(self) -> tuple[bool, bool]:
        """Whether this process sweeps now, and everything: whoever sweeps does that when nobody has lately.

        Not each process by a count of its own: the lease goes from one to the other, and counts would miss it by
        chance for half a minute. Redis that was away may be another one, which missed the last writes.
        """
        queue = self._ground.queue
        try:
            is_alone = await queue.lease("sweep", self._process, LEASE_MS)
            return is_alone, is_alone and (self._redis_was_away or not await queue.is_leased(SWEEP_OF_ALL))
        except (RedisError, OSError):
            self._redis_was_away = True
            return True, asyncio.get_running_loop().time() - self._swept_all_at >= HEAVY_EVERY_S

    async def _say_swept_all(self) -> None:
        await self._ground.queue.lease(SWEEP_OF_ALL, self._process, int(HEAVY_EVERY_S * 1_000))
        self._redis_was_away = False

    async def beat(self) -> None:
        """This process lives, and so do the users who have a socket in it."""
        now, missed = self._ground.log.clock.now(), await self._missed_users()

        def unit(conn: Connection) -> bool:
            for user in missed:
                store.mark_user(conn, user, None)
            return store.beat(conn, self._process, now)

        if not await self._ground.log.database.write(unit):
            self._presence.lose_links()

    async def _missed_users(self) -> list[str]:
        """Users with a socket here whom another process takes for gone."""
        users = self.users_here()
        missed: list[str] = []
        for start in range(0, len(users), HERE_AT_ONCE):
            some = users[start : start + HERE_AT_ONCE]
            missed += await self._ground.log.database.read(partial(store.left_among, users=some))
        return missed

    async def sweep(self, *, heavy: bool = False) -> bool:
        """One pass; `heavy` adds what is done every ten seconds only. Returns whether the index was looked at."""
        judging: dict[str, Callable[[], Awaitable[None]]] = {
            "offers": self._missed_offers,
            "first replies": self._missed_replies,
            "absent users": self._absent_users,
            "lost agents": self._lost_agents,
            "wrap-ups": self._ended_wrap_ups,
            "dead processes": self._dead_processes,
        }
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            **(judging if self.may_judge() else {}),
            "rates": partial(sample_rates, self._ground, int(EVERY_S * 1_000)),
            "index": partial(self._rebuild.check, thorough=heavy),
        }
        if heavy:
            steps |= {"ghosts": self._ghosts, **self.seldom}
        done = {name: await attempt(f"sweep of {name}", step, RedisError) for name, step in steps.items()}
        return done["index"]

    async def _missed_offers(self) -> None:
        now = self._ground.log.clock.now()
        await self._each(lambda conn: store.due_offers(conn, now), self._missed)

    async def _missed_replies(self) -> None:
        now = self._ground.log.clock.now()
        await self._each(lambda conn: store.due_replies(conn, now), self._no_reply)

    async def _absent_users(self) -> None:
        left_before = self._ground.log.clock.now() - self._clocks.user_gone_ms
        await self._each(lambda conn: store.deserted(conn, left_before), self._abandoned)

    async def _each(self, find: Callable[[Connection], list[Head]], step: Any) -> None:
        for head in await self._ground.log.database.read(find):
            await step(head)

    async def _missed(self, head: Head) -> None:
        def decide(conn: Connection, now_head: Head, now: int) -> Change | None:
            late = now_head.offer_until is not None and now_head.offer_until <= now
            if now_head.status != "offered" or now_head.epoch != head.epoch or not late:
                return None
            assert now_head.agent is not None
            _count_miss(conn, now_head.agent.id)
            return unring(conn, self._ground.roster, now_head)

        await self._act(head, decide, "missed")

    async def _no_reply(self, head: Head) -> None:
        def decide(conn: Connection, now_head: Head, now: int) -> Change | None:
            late = now_head.reply_due is not None and now_head.reply_due <= now
            if now_head.status != "active" or now_head.epoch != head.epoch or not late:
                return None
            assert now_head.agent is not None
            _count_miss(conn, now_head.agent.id)
            return rules.requeue(now_head, "no_reply", now)

        await self._act(head, decide, "no_reply")

    async def _abandoned(self, head: Head) -> None:
        def decide(_: Connection, now_head: Head, now: int) -> Change | None:
            left_at = now_head.user_left_at
            if left_at is None or left_at > now - self._clocks.user_gone_ms:
                return None
            return rules.abandon(now_head)

        await self._act(head, decide, "left", "abandoned")

    async def _act(self, head: Head, decide: Any, action: str, reason: str = "") -> None:
        now = self._ground.log.clock.now()
        agent = head.agent.id if head.agent else None

        def unit(conn: Connection) -> Written[bool]:
            locked = log_store.read_head(conn, head.id, lock=True)
            change: Change | None = decide(conn, locked, now) if locked is not None else None
            if locked is None or change in (None, NO_CHANGE):
                return Written(False)
            appended = append(conn, locked, change, SYSTEM, now)
            bind_new_agent(conn, appended, now)
            store_decision(conn, appended.head, now, action, reason, agent_id=agent)
            return Written(True, (appended,))

        acted = await self._ground.log.write(unit)
        if acted and agent is not None:
            await self._after_loss(agent)

    async def _after_loss(self, agent: str) -> None:
        """Two misses in a row made the agent away: the index and everybody else learn of it."""
        state = await self._ground.log.database.read(lambda conn: store.read_presence(conn, agent))
        await attempt("index", partial(self._pairing.refresh, agent), RedisError)
        if state is not None and state.status == "away" and state.link_lost_at is None:
            await self._presence.tell(agent, "away")

    async def _lost_agents(self) -> None:
        now = self._ground.log.clock.now()
        tell_ms = min(TELL_LOSS_MS, self._clocks.agent_gone_ms)
        lost = await self._ground.log.database.read(lambda conn: store.lost_links(conn, now - tell_ms))
        for presence in lost:
            if not presence.loss_told:
                await self._tell_loss(presence.agent_id)
            assert presence.link_lost_at is not None
            if presence.link_lost_at <= now - self._clocks.agent_gone_ms:
                await self._agent_gone(presence.agent_id)

    async def _tell_loss(self, agent: str) -> None:
        if await self._ground.log.database.write(partial(store.keep_loss_told, agent=agent)):
            await self._presence.tell(agent, "offline", users=True)

    async def _agent_gone(self, agent: str) -> None:
        """The agent does not come back: offline, and everybody they served waits in front."""

        def decide(conn: Connection, head: Head, now: int) -> Change | None:
            state = store.read_presence(conn, agent)
            if state is None or state.link_lost_at is None:
                return None
            if head.offered_to(agent):
                return unring(conn, self._ground.roster, head)
            return rules.requeue(head, "gone", now) if head.served_by(agent) else None

        for head in await self._ground.log.database.read(lambda conn: store.served_heads(conn, agent)):
            await self._act(head, decide, "gone")
        await self._ground.log.database.write(lambda conn: _set_offline(conn, agent))
        await attempt("index", partial(self._pairing.refresh, agent), RedisError)

    async def _ghosts(self) -> None:
        """Agents whom nothing holds any more, whatever forgot to say so."""
        now = self._ground.log.clock.now()

        def unit(conn: Connection, agent: str) -> bool:
            store.read_presence(conn, agent, lock=True)
            return store.lose_link(conn, agent, now)

        for agent in await self._ground.log.database.read(store.ghosts):
            if await self._ground.log.database.write(partial(unit, agent=agent)):
                log.warning("ghost_found", agent=agent)
                await attempt("index", partial(self._pairing.refresh, agent), RedisError)

    async def _ended_wrap_ups(self) -> None:
        """Who had the time to finish what was closed takes conversations again."""
        now = self._ground.log.clock.now()
        for agent in await self._ground.log.database.read(lambda conn: store.due_wrap_ups(conn, now)):
            if not await self._ground.log.database.write(partial(store.end_wrap_up, agent=agent, now=now)):
                continue
            await attempt("index", partial(self._pairing.refresh, agent), RedisError)
            self._presence.tell_wrap_up(agent, 0)

    async def _dead_processes(self) -> None:
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> set[str]:
            agents: set[str] = set()
            for process in store.dead_processes(conn, now - DEAD_AFTER_MS):
                agents.update(store.bury(conn, process, now))
                store.mark_all_users_left(conn, now)
            return agents

        dead = await self._ground.log.database.read(lambda conn: store.dead_processes(conn, now - DEAD_AFTER_MS))
        if dead:
            for agent in await self._ground.log.database.write(unit):
                await attempt("index", partial(self._pairing.refresh, agent), RedisError)


def _count_miss(conn: Connection, agent: str) -> None:
    state = store.read_presence(conn, agent, lock=True)
    if state is None:
        return
    misses = state.misses + 1
    away = misses >= rules.MISSES_TO_AWAY and state.status == "available"
    fields: dict[str, Any] = {"misses": 0, "status": "away"} if away else {"misses": misses}
    store.save_presence(conn, agent, **fields)


def _set_offline(conn: Connection, agent: str) -> None:
    state = store.read_presence(conn, agent, lock=True)
    if state is not None and state.link_lost_at is not None:
        store.save_presence(conn, agent, status="offline")
