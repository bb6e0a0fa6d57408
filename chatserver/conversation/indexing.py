"""Keeps the search index close behind the log, so that a search finds little left to do."""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from chatserver.conversation.log import Appended
from chatserver.conversation.search import CATCH_UP_MESSAGES, Place, index_everything
from chatserver.core.errors import ChatError
from chatserver.core.ports import Database

log = structlog.get_logger(__name__)

CALM_S: Final = 1.0
"""Messages gather this long, or until they are a batch: many in one transaction cost a quarter of one in each."""

KEPT: Final = 5_000
"""Bodies that are kept for it meanwhile; the others are read again."""


class Indexer:
    """Indexes what has been written; subscribe `notice` to the log and keep `run` running."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fresh: dict[Place, bytes] = {}
        self._enough = asyncio.Event()  # a batch is together
        self._wanted = asyncio.Event()
        self._wanted.set()  # an earlier process may have left something

    def notice(self, appended: Appended) -> None:
        """Remember that there is a message to index."""
        for row in appended.rows:
            if row.type == "message_posted":
                self._wanted.set()
                if len(self._fresh) < KEPT:
                    self._fresh[appended.head.number, row.seq] = row.body
        if len(self._fresh) >= CATCH_UP_MESSAGES:
            self._enough.set()

    async def run(self) -> None:
        """Index until cancelled; while the storage refuses, try again at the same calm pace."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            self._enough.clear()
            fresh, self._fresh = self._fresh, {}
            try:
                await index_everything(self._database, fresh)
            except ChatError as refusal:
                log.warning("search.index_waits", code=refusal.code)
                self._wanted.set()
                await asyncio.sleep(CALM_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(CALM_S):
                    await self._enough.wait()
