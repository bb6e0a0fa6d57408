"""Puts the desk together; what a server and a worker both need."""

import secrets
from typing import Any

from chatserver.conversation.log import Log
from chatserver.core.ports import Hub
from chatserver.desk.catalogue.recent import Recent
from chatserver.desk.consulting.store import forget_ended
from chatserver.desk.estimate import Rates
from chatserver.desk.follower import Follower
from chatserver.desk.ground import Ground
from chatserver.desk.idle.sweep import IdleSweep
from chatserver.desk.line import Line
from chatserver.desk.pairing import Pairing
from chatserver.desk.positions import Positions
from chatserver.desk.presence import PresenceDesk
from chatserver.desk.queue import Queue
from chatserver.desk.rebuild import Rebuild
from chatserver.desk.roster import Roster
from chatserver.desk.rules import Terms
from chatserver.desk.sweep import Clocks, Sweep


class DeskRooms:
    """Every part of one desk in one process, on a log, a Redis client, a roster and a hub."""

    def __init__(self, log: Log, redis: Any, desk: str, roster: Roster, hub: Hub) -> None:
        self.log = log
        self.hub = hub
        self.desk = desk
        self.redis = redis
        self.ground = Ground(log, Queue(redis, desk), Rates(redis, desk), roster)

    def furnish(self, terms: Terms, clocks: Clocks) -> "DeskRooms":
        """Make the parts, with these terms of assignment and these clocks."""
        ground = self.ground
        process = f"p_{secrets.token_hex(8)}"
        self.terms = terms
        self.pairing = Pairing(ground, terms)
        self.positions = Positions(ground)
        self.follower = Follower(ground, self.hub, self.pairing, self.positions)
        self.recent = Recent()
        self.line = Line(ground.queue, ground.roster, self.follower, self.recent)
        self.presence = PresenceDesk(ground, self.hub, self.pairing, process)
        self.rebuild = Rebuild(ground, self.pairing)
        self.sweep = Sweep(ground, self.pairing, self.presence, self.rebuild, clocks)
        self.sweep.seldom = {"idle": IdleSweep(ground).sweep, "questions": self._forget_questions}
        return self

    async def _forget_questions(self) -> None:
        await self.log.database.write(forget_ended)
