"""The queue in Redis: who waits, who is free, and the slots held while SQL decides.

An index that can be rebuilt from SQL at any time; nothing in it is the only copy. All keys of a
desk carry its hash tag, so that its scripts stay atomic on a cluster.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.cluster import RedisCluster

from chatserver.conversation.states import Head
from chatserver.desk.rules import score

HOLD_MS: Final = 10_000
"""A slot held longer than this belongs to a process that died between Redis and SQL."""

PAIRS_AT_ONCE: Final = 50
"""Pairs of one round: they share a transaction, so that first come stays first served."""

PAGE: Final = 1_000
"""Entries of a lane read at a time: a millisecond of the event loop."""

TIERS: Final = (1, 2)
LUA: Final = Path(__file__).parent / "lua"


class Pair(Struct, frozen=True):
    """A conversation and an agent that the index has brought together, and why this agent."""

    conversation: str
    agent: str
    skill: str
    why: str


class AgentState(Struct, frozen=True):
    """What the index knows of an agent; `routable` means available and linked."""

    load: int
    capacity: int
    tier: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    idle_since: int
    routable: bool
    ticket: int


class Wish(Struct, frozen=True, omit_defaults=True):
    """What matters when an agent is chosen for a conversation."""

    language: str | None = None
    avoid: str | None = None
    last: str | None = None


def wish_of(head: Head, last_agent: str | None) -> Wish:
    """What matters when an agent is chosen for this conversation."""
    return Wish(head.locale[:2], head.avoid_agent, last_agent)


class Entry(Struct, frozen=True):
    """Somebody who waits, as the index knows them; the lower the `place`, the sooner."""

    conversation: str
    tier: int
    skill: str
    place: int
    wish: Wish


def entry_of(head: Head, last_agent: str | None) -> Entry:
    """The entry of a waiting conversation whose user was last served by that agent."""
    assert head.queued_at is not None
    return Entry(head.id, head.tier, head.skill, score(head.queued_at, head.priority), wish_of(head, last_agent))


class Queue:
    """The waiting lanes (tier and skill) and the free agents of one desk."""

    def __init__(self, redis: "Redis | RedisCluster", desk: str) -> None:
        self._redis: Any = redis
        self._tag = f"{{{desk}}}"
        self._reserve = self._script("reserve")
        self._agent = self._script("agent")
        self._ticket = self._script("ticket")
        self._expired = self._script("expired")

    def _script(self, name: str) -> Any:
        return self._redis.register_script((LUA / f"{name}.lua").read_text())

    def _key(self, *parts: object) -> str:
        return ":".join((self._tag, *(str(part) for part in parts)))

    def _lane(self, tier: int, skill: str) -> str:
        return self._key("waiting", tier, skill)

    async def enter(self, head: Head, last_agent: str | None) -> None:
        """Let a conversation wait in its lane; doing it again changes nothing."""
        await self.enter_many([entry_of(head, last_agent)])

    async def enter_many(self, entries: Iterable[Entry]) -> None:
        """Let many conversations wait, in one go."""
        lanes: dict[tuple[int, str], dict[str, int]] = {}
        wishes: dict[str, bytes] = {}
        for one in entries:
            lanes.setdefault((one.tier, one.skill), {})[one.conversation] = one.place
            wishes[one.conversation] = msgspec.json.encode(one.wish)
        if not wishes:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for (tier, skill), places in lanes.items():
            pipeline.zadd(self._lane(tier, skill), places)
            pipeline.sadd(self._key("lanes", tier), skill)
        pipeline.hset(self._key("wishes"), mapping=wishes)
        await pipeline.execute()

    async def leave(self, head: Head) -> None:
        """Take a conversation out of its lane; `head` is how it waited."""
        await self.drop(head.tier, head.skill, [head.id])

    async def position(self, head: Head) -> int | None:
        """The place from 1 in its lane; None when it is not there (any more)."""
        rank = await self._redis.zrank(self._lane(head.tier, head.skill), head.id)
        return None if rank is None else rank + 1

    async def positions(self, heads: Iterable[Head]) -> list[int | None]:
        """The places of many, in one go."""
        pipeline = self._redis.pipeline(transaction=False)
        for head in heads:
            pipeline.zrank(self._lane(head.tier, head.skill), head.id)
        return [None if rank is None else rank + 1 for rank in await pipeline.execute()]

    async def lanes(self, tier: int) -> list[str]:
        """The skills of the lanes in which somebody waits or waited."""
        names = await self._redis.smembers(self._key("lanes", tier))
        return sorted(name.decode() for name in names)

    async def lengths(self) -> dict[tuple[int, str], int]:
        """How many wait in each lane."""
        found = {}
        for tier in TIERS:
            for skill in await self.lanes(tier):
                found[tier, skill] = await self._redis.zcard(self._lane(tier, skill))
        return found

    async def members(self, tier: int, skill: str) -> dict[str, int]:
        """Who waits in a lane, with their scores; read in pages, so that a long one holds nobody up."""
        found: dict[str, int] = {}
        page = [("", 0.0)] * PAGE
        start = 0
        while len(page) == PAGE:
            page = await self._redis.zrange(self._lane(tier, skill), start, start + PAGE - 1, withscores=True)
            found |= {member.decode(): int(place) for member, place in page}
            start += PAGE
        return found

    async def drop(self, tier: int, skill: str, conversations: Iterable[str]) -> None:
        """Take conversations out of a lane in which they do not wait."""
        gone = tuple(conversations)
        if gone:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.zrem(self._lane(tier, skill), *gone)
            pipeline.hdel(self._key("wishes"), *gone)
            await pipeline.execute()

    async def reserve(self, tier: int) -> list[Pair]:
        """Bring waiting conversations and free agents together and hold the slots."""
        skills = await self.lanes(tier)
        if not skills:
            return []
        shared = [self._key("free", tier), self._key("agents"), self._key("wishes")]
        shared += [self._key("held"), self._key("holds"), self._key("built")]
        keys = [*shared, *(self._lane(tier, skill) for skill in skills)]
        found = await self._reserve(keys=keys, args=[PAIRS_AT_ONCE, HOLD_MS, *skills])
        return [Pair(*(part.decode() for part in pair)) for pair in found]

    async def ticket(self) -> int:
        """Drawn before SQL is read, so that an older reading cannot overwrite a newer one."""
        return int(await self._ticket(keys=[self._key("ticket")]))

    async def set_agent(self, agent: str, state: AgentState, *, release: str = "") -> None:
        """Set an agent from SQL; `release` is a conversation whose held slot is decided."""
        other = 3 - state.tier
        keys = [self._key("free", state.tier), self._key("free", other), self._key("agents")]
        keys += [self._key("held"), self._key("holds")]
        packed = msgspec.json.encode(state)
        await self._agent(keys=keys, args=[agent, packed, release])

    async def agents(self) -> dict[str, AgentState]:
        """All agents that the index knows."""
        found = await self._redis.hgetall(self._key("agents"))
        return {name.decode(): msgspec.json.decode(packed, type=AgentState) for name, packed in found.items()}

    async def expired_holds(self) -> list[tuple[str, str]]:
        """Conversations and agents whose hold ended without a decision."""
        ended = await self._expired(keys=[self._key("held")])
        return [tuple(member.decode().split(" ", 1)) for member in ended]

    async def clear(self) -> None:
        """Forget everything, before a rebuild."""
        keys = [self._lane(tier, skill) for tier in TIERS for skill in await self.lanes(tier)]
        keys += [self._key("free", tier) for tier in TIERS]
        keys += [self._key("lanes", tier) for tier in TIERS]
        keys += [self._key(name) for name in ("built", "agents", "wishes", "held", "holds")]
        await self._redis.delete(*keys)

    async def lease(self, name: str, holder: str, ttl_ms: int) -> bool:
        """Whether this process may do a job alone for the next `ttl_ms`."""
        key = self._key("lease", name)
        if await self._redis.set(key, holder, nx=True, px=ttl_ms):
            return True
        return bool(await self._redis.get(key) == holder.encode())

    async def is_leased(self, name: str) -> bool:
        """Whether somebody does a job, or has just done it."""
        return bool(await self._redis.exists(self._key("lease", name)))

    async def prolong(self, name: str, ttl_ms: int) -> None:
        """Keep a job that is ours for another `ttl_ms`; 0 gives it back."""
        await self._redis.pexpire(self._key("lease", name), ttl_ms)

    async def is_known(self) -> bool:
        """Whether the index stands; False after Redis was lost or flushed."""
        return bool(await self._redis.exists(self._key("built")))

    async def mark_built(self, now: int) -> None:
        """Remember that the index was built from SQL."""
        await self._redis.set(self._key("built"), now)
