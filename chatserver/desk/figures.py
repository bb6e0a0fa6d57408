"""Figures of the desk for operators: who waits, who works, how long it took."""

from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, func, select

from chatserver.conversation.log import Appended
from chatserver.conversation.search import search_pending
from chatserver.conversation.tables import LIVE, conversations
from chatserver.core.distribution import Distribution
from chatserver.core.ports import Clock, Database
from chatserver.desk.sweep import DEAD_AFTER_MS
from chatserver.desk.tables import presence, processes
from chatserver.desk.waiting import Lane

EVERY_S: Final = 10.0
"""Between two looks: often enough for an alarm, and nothing beside a second's messages."""

LANES: Final = 100
"""Lanes told apart at most; skills are names that staff have chosen."""

WAIT_BOUNDS_S: Final = (0.1, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0)
"""From at once to longer than anybody waits."""


class Queued(Struct, frozen=True):
    """How many wait in a lane, and since when (ms since 1970) the first of them."""

    waiting: int
    oldest_at: int


class DeskFigures(Struct, frozen=True):
    """The desk at one instant (`at`, ms since 1970), the same on every process.

    `agents` are those with a link, by status; `seen_at` is the last heartbeat of each process; `unindexed` counts
    messages that a search does not find by its index yet.
    """

    at: int
    lanes: dict[Lane, Queued]
    agents: dict[str, int]
    served: int
    seen_at: dict[str, int]
    unindexed: int


# Both sorted by the index of those who wait: it is all that is read.
_LANES: Final = (
    select(
        conversations.c.tier, conversations.c.skill, func.count().label("waiting"), func.min(conversations.c.queued_at)
    )
    .where(conversations.c.status == "waiting")
    .group_by(conversations.c.tier, conversations.c.skill)
    .limit(LANES)
)
_AGENTS: Final = (
    select(presence.c.status, func.count()).where(presence.c.link_lost_at.is_(None)).group_by(presence.c.status)
)
_SERVED: Final = select(func.count()).where(LIVE)


def read_lanes(conn: Connection, now: int) -> dict[Lane, Queued]:
    """Every lane in which somebody waits."""
    return {(tier, skill): Queued(waiting, oldest or now) for tier, skill, waiting, oldest in conn.execute(_LANES)}


def read_figures(conn: Connection, now: int) -> DeskFigures:
    """The figures as SQL has them, which is true also while Redis is away."""
    return DeskFigures(
        now,
        read_lanes(conn, now),
        {status: count for status, count in conn.execute(_AGENTS)},  # noqa: C416  (rows, not pairs)
        conn.execute(_SERVED).scalar_one(),
        {id_: seen_at for id_, seen_at in conn.execute(select(processes.c.id, processes.c.seen_at))},  # noqa: C416
        conn.execute(select(func.count()).select_from(search_pending)).scalar_one(),
    )


class DeskWatch:
    """Keeps the last figures that were read, and counts how long users waited.

    Every process looks for itself: the one that sweeps may have no page for figures, and changes.
    """

    def __init__(self, database: Database, clock: Clock, process: str) -> None:
        self._database = database
        self.clock = clock
        self.process = process
        self.last: DeskFigures | None = None
        self.waits = Distribution(WAIT_BOUNDS_S)

    async def look(self) -> None:
        """Read the figures anew."""
        now = self.clock.now()
        self.last = await self._database.read(lambda conn: read_figures(conn, now))

    def live(self) -> list[str]:
        """The processes that were alive at the last look."""
        last = self.last
        return [] if last is None else [one for one, at in last.seen_at.items() if last.at - at < DEAD_AFTER_MS]

    def follow(self, appended: Appended) -> None:
        """A subscriber of the log: count who has got an agent for the first time, here and nowhere else."""
        before, head = appended.before, appended.head
        if before is None or before.queued_at is None or before.last_agent is not None or before.status == "active":
            return
        if head.status == "active" and head.assigned_at is not None:
            self.waits.add((head.assigned_at - before.queued_at) / 1_000)
