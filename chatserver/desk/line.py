"""The waiting line as the log knows it: implements `conversation.views.WaitingLine`."""

import asyncio
from typing import Final

import structlog
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation.states import Head
from chatserver.desk.catalogue.recent import Recent
from chatserver.desk.follower import Follower
from chatserver.desk.queue import Queue
from chatserver.desk.roster import Roster, known_skill

PATIENCE_S: Final = 0.5
"""A position is a comfort; no command waits longer for it."""

log = structlog.get_logger(__name__)


class Line:
    """Where somebody stands, and for which skill they can wait."""

    def __init__(self, queue: Queue, roster: Roster, follower: Follower, recent: Recent) -> None:
        self._queue = queue
        self._roster = roster
        self._follower = follower
        self._recent = recent

    async def position(self, head: Head) -> int | None:
        """The place from 1; None while the index cannot tell, which never holds anybody up."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._follower.settled(head.id)
                return await self._queue.position(head)
        except (RedisError, OSError, TimeoutError) as error:
            log.debug("position_unknown", error=type(error).__name__)
            return None

    def known_skill(self, conn: Connection, skill: str, tier: int) -> str:
        """The skill asked for if an agent of the tier has it, else none."""
        return known_skill(self._roster.profiles(conn), skill, tier) if skill else ""

    def skill_of(self, conn: Connection, topic: str, now: int) -> str:
        """The skill that the desk's own topic of this id needs, empty when it needs none."""
        return self._recent.skill_of(conn, topic, now) if topic else ""

    def is_open(self, conn: Connection, tier: int, skill: str, now: int) -> bool:
        """Whether hours and holidays let anybody wait now."""
        return self._recent.opening(conn, tier, skill, now).open

    def needs_disposition(self, conn: Connection, now: int) -> bool:
        """Whether the desk wants an outcome of everything that agents close."""
        return self._recent.routing(conn, now).disposition_required
