"""The counter of the desk: everything that people can ask of it, put together on the rooms behind it."""

from typing import Any

from chatserver.core.ports import Audit, Review, Shield
from chatserver.desk.api import DeskApi
from chatserver.desk.board.service import BoardDesk
from chatserver.desk.callbacks.service import Callbacks
from chatserver.desk.catalogue.api import ADMINISTRATION, READING
from chatserver.desk.consulting.service import Consulting
from chatserver.desk.history.api import HistoryApi
from chatserver.desk.hours.service import HoursDesk
from chatserver.desk.replies.service import Replies, Run
from chatserver.desk.rooms import DeskRooms
from chatserver.desk.service import Desk
from chatserver.desk.supervising.service import Supervising
from chatserver.desk.tagging import Tagging
from chatserver.desk.viewing import ViewingDesk


class Counter:
    """Classes with commands (`commanded`) and with routes (`asked`), and the live `board`."""

    def __init__(self, desk: DeskRooms, shield: Shield, audit: Audit, review: Review) -> None:
        ground, log = desk.ground, desk.log
        self.board = BoardDesk(ground)
        self._replies = Replies(log)
        callbacks = Callbacks(ground, desk.hub, shield)
        desk.sweep.seldom["calls"] = callbacks.sweep
        both = (
            Consulting(ground, desk.hub, desk.line, shield),
            callbacks,
            HoursDesk(ground, desk.recent, desk.positions, shield),
            self._replies,
        )
        self.commanded: tuple[Any, ...] = (
            Desk(log, desk.line, ground.roster, desk.terms),
            desk.presence,
            *both,
            Tagging(log),
            Supervising(ground, desk.line, desk.presence, desk.terms),
            ViewingDesk(log, desk.redis, desk.desk, desk.hub),
        )
        self.asked: tuple[Any, ...] = (
            DeskApi(ground),
            *both,
            HistoryApi(log, ground.roster),
            self.board,
            *(reading(log) for reading in READING),
            *(administration(log, audit, review) for administration in ADMINISTRATION),
        )

    def open(self, run: Run) -> None:
        """Let macros run the commands that people send."""
        self._replies.run = run
