"""Shows the board: over HTTP to who asks, and to the supervisors of this process whenever it has changed."""

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from chatserver.core.audit import Audited
from chatserver.core.background import repeat
from chatserver.core.routes import Request, route
from chatserver.core.session import STAFF, Role
from chatserver.desk.board.messages import Board
from chatserver.desk.board.store import read_board
from chatserver.desk.ground import Ground
from chatserver.desk.hours.store import day_began

WATCHERS: Final = STAFF - {Role.AGENT}
"""Supervisors, administrators and auditors; it shows no word of any conversation."""

TELL_EVERY_S: Final = 2.0
"""Quick enough to act upon, and slow enough to be read."""

FRESH_MS: Final = 1_000
"""However many ask, it is read from SQL once a second."""


class BoardDesk:
    """The route of the board, and its passing event."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._last: Board | None = None
        self._told: tuple[bytes, frozenset[str]] = (b"", frozenset())
        self.watchers: Callable[[], set[str]] = set
        self.tell: Callable[[str, Board], None] = lambda identity, board: None

    @route("GET", "/api/v1/board", result=Board, roles=WATCHERS, audited=Audited.ONCE)
    async def board(self, request: Request) -> Board:
        """The live board: queue with ages, agents with state and load, today's figures by the hour."""
        return await self.look()

    async def look(self) -> Board:
        """The board as it was within the last second."""
        now = self._ground.log.clock.now()
        if self._last is None or not 0 <= now - self._last.at < FRESH_MS:

            def query(conn: Connection) -> Board:
                return read_board(conn, self._ground.roster, day_began(conn, now), now)

            self._last = await self._ground.log.database.read(query)
        return self._last

    async def run(self) -> None:
        """Tell the supervisors of this process what has changed, until cancelled."""
        await repeat("board", self.tell_all, TELL_EVERY_S)

    async def tell_all(self) -> None:
        """Tell the board if somebody here looks at it and it is not what it was."""
        here = self.watchers()
        if not here:
            self._told = b"", frozenset()
            return
        board = await self.look()
        shown = msgspec.json.encode(replace(board, at=0)), frozenset(here)
        for identity in here if shown[0] != self._told[0] else here - self._told[1]:
            self.tell(identity, board)
        self._told = shown
