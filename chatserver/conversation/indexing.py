"""Keeps the search index close behind the log, so that a search finds little left to do."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final

from chatserver.conversation.log import Appended
from chatserver.conversation.search import CATCH_UP_MESSAGES, Place, index_everything, index_fresh, oldest_noted
from chatserver.core.background import attempt, repeat, together
from chatserver.core.ports import Database

CALM_S: Final = 1.0
"""Messages gather this long, or until they are a batch: many in one transaction cost a quarter of one in each."""

KEPT: Final = 5_000
"""Bodies that are kept for it meanwhile; the others are read again, when they are found to be left."""

LEFT_S: Final = 10.0
"""Each process indexes what it has stored itself, which it need not read; what is still there after this is left."""


class Indexer:
    """Indexes what has been written; subscribe `notice` to the log and keep `run` running."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[Place, bytes] = {}
        self._enough = asyncio.Event()  # a batch is together
        self._wanted = asyncio.Event()
        self._oldest: Place | None = None
        self._has_looked = False

    def notice(self, appended: Appended) -> None:
        """Remember that there is a message to index."""
        for row in appended.rows:
            if row.type == "message_posted" and len(self._fresh) < KEPT:
                self._fresh[appended.head.number, row.seq] = row.body
                self._wanted.set()
        if len(self._fresh) >= CATCH_UP_MESSAGES:
            self._enough.set()

    async def run(self) -> None:
        """Index until cancelled."""
        await together(self._index_fresh_always(), repeat("indexing what was left", self._index_left, LEFT_S))

    async def _index_fresh_always(self) -> None:
        while True:
            await self._wanted.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(CALM_S):
                    await self._enough.wait()
            self._wanted.clear()
            self._enough.clear()
            fresh, self._fresh = self._fresh, {}
            await attempt("indexing", partial(self._index_fresh, fresh))

    async def _index_fresh(self, fresh: dict[Place, bytes]) -> None:
        """What this process has stored; what fails is left."""
        places = sorted(fresh)
        for start in range(0, len(places), CATCH_UP_MESSAGES):
            some = {place: fresh[place] for place in places[start : start + CATCH_UP_MESSAGES]}
            await self._database.write(partial(index_fresh, fresh=some))

    async def _index_left(self) -> None:
        """What a process that is gone has left, or was too much to keep: the oldest is the same as last time."""
        oldest = await self._database.read(oldest_noted)
        if oldest is not None and (oldest == self._oldest or not self._has_looked):
            await index_everything(self._database)
        self._oldest, self._has_looked = oldest, True
