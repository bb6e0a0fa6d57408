"""Where those who wait stand, and how long it may take."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation.states import Head
from chatserver.core.background import repeat
from chatserver.desk import store
from chatserver.desk.estimate import Rate, estimate_s
from chatserver.desk.ground import Ground
from chatserver.desk.messages import QueuePosition
from chatserver.desk.roster import AgentProfile, Roster

TELL_EVERY_S: Final = 5.0
"""A user hears of a new position at most this often; it is a comfort, not a clock."""


FRESH_MS: Final = 2_000
"""How long what a lane can do is believed: it changes over minutes, and a rush asks for it all the time."""

Service = tuple[Rate, int]
"""The measured rate of a lane, and its agents in service."""


class Positions:
    """Tells the waiting users of this process where they stand."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._told: dict[str, int] = {}
        self._services: dict[tuple[int, str], tuple[int, Service]] = {}  # by lane, with the time of reading
        self.waiting_here: Callable[[], Iterable[Head]] = lambda: ()
        self.tell: Callable[[Head, QueuePosition], None] = lambda head, body: None

    async def look(self, head: Head) -> tuple[int | None, tuple[int, int] | None]:
        """The place of a conversation and its expected wait; tells its user."""
        place = await self._ground.queue.position(head)
        if place is None:
            return None, None
        service = await self._service(head.tier, head.skill)
        if head.parked_at is None:
            self._tell(head, place, service)
        return place, estimate_s(place, *service)

    async def expect(self, tier: int, skill: str) -> tuple[int, tuple[int, int] | None]:
        """How many wait for a tier and skill, and how long one more would wait."""
        lengths = await self._ground.queue.lengths()
        waiting = lengths.get((tier, skill), 0)
        return waiting, estimate_s(waiting + 1, *await self._service(tier, skill))

    async def run(self) -> None:
        """Tell new positions every few seconds, until cancelled."""
        await repeat("positions", self.tell_all, TELL_EVERY_S, RedisError)

    async def tell_all(self) -> None:
        """Tell everybody of this process who waits and whose place has changed."""
        # Whoever has left a message does not stand in line.
        heads = [head for head in self.waiting_here() if head.parked_at is None]
        places = await self._ground.queue.positions(heads)
        lanes = {(head.tier, head.skill) for head in heads}
        services = {lane: await self._service(*lane) for lane in lanes}
        for head, place in zip(heads, places, strict=True):
            if place is not None and self._told.get(head.id) != place:
                self._tell(head, place, services[head.tier, head.skill])
        here = {head.id for head in heads}
        self._told = {id_: place for id_, place in self._told.items() if id_ in here}

    def _tell(self, head: Head, place: int, service: Service) -> None:
        self._told[head.id] = place
        self.tell(head, QueuePosition(head.id, place, estimate_s(place, *service)))

    async def _service(self, tier: int, skill: str) -> Service:
        """The rate of a lane and its agents in service, as they were within the last moments."""
        now = self._ground.log.clock.now()
        seen_at, service = self._services.get((tier, skill), (0, (Rate(0, 0), 0)))
        if not 0 <= now - seen_at < FRESH_MS:
            rate = await self._ground.rates.rate(tier, skill, now)
            count = partial(agents_in_service, roster=self._ground.roster, tier=tier, skill=skill)
            service = rate, await self._ground.log.database.read(count)
            self._services[tier, skill] = now, service
        return service


def agents_in_service(conn: Connection, roster: Roster, tier: int, skill: str) -> int:
    """How many agents take conversations of a lane now."""
    at_work = {one.agent_id for one in store.read_presences(conn) if one.routable}
    return sum(one.id in at_work and serves(one, tier, skill) for one in roster.profiles(conn))


def serves(profile: AgentProfile, tier: int, skill: str) -> bool:
    """Whether an agent may get conversations of a lane."""
    return profile.tier == tier and (not skill or skill in profile.skills)


async def sample_rates(ground: Ground, span_ms: int) -> None:
    """Count the agent time of the last `span_ms` in every lane where somebody waits."""
    for (tier, skill), length in (await ground.queue.lengths()).items():
        if length:
            count = partial(agents_in_service, roster=ground.roster, tier=tier, skill=skill)
            busy_ms = await ground.log.database.read(count) * span_ms
            await ground.rates.count(tier, skill, ground.log.clock.now(), paired=0, busy_ms=busy_ms)
