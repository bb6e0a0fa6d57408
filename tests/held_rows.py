"""Another session of PostgreSQL that holds something, so that others come to it before any of them can go on."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

WITHIN_S: Final = 10.0
"""More than anybody takes to come to what is held; only a failing test waits for it."""

LOOK_S: Final = 0.01

_WAITING: Final = """SELECT pid, query, pg_blocking_pids(pid) AS blocking FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'"""


class OtherSession:
    """A session within a transaction, which holds what its statements have locked or written."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self._connection = connection

    async def run(self, statement: str) -> None:
        """Execute a statement in the transaction."""
        await self._connection.execute(statement)

    async def waited_for(self, sessions: int = 1) -> None:
        """Return when so many sessions wait for what this one holds, or for one that waits for it."""
        ends = time.monotonic() + WITHIN_S
        while len(waiting := await self._waiting()) < sessions:
            assert time.monotonic() < ends, f"{sessions} should wait, these do: {waiting}"
            await asyncio.sleep(LOOK_S)

    async def _waiting(self) -> list[str]:
        # Else a transaction sees only who was there when it looked first.
        await self._connection.execute("SELECT pg_stat_clear_snapshot()")
        rows = await self._connection.fetch(_WAITING)
        behind = {self._connection.get_server_pid()}
        while more := {row["pid"] for row in rows if row["pid"] not in behind and behind & set(row["blocking"])}:
            behind |= more
        return [row["query"] for row in rows if row["pid"] in behind]


@asynccontextmanager
async def other_session(pg_url: str) -> AsyncIterator[OtherSession]:
    """Another session within a transaction, which is committed at the end; whatever fails meanwhile rolls it back."""
    connection = await asyncpg.connect(pg_url.replace("+asyncpg", ""))
    try:
        await connection.execute("BEGIN")
        yield OtherSession(connection)
        await connection.execute("COMMIT")
    finally:
        await connection.close()
