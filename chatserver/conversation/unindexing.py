"""Rewrites the index of search so that nothing of removed messages is left in its files, a slice at a time."""

import asyncio
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, text

from chatserver.core.ports import Database

PAGES: Final = 250
"""Pages of the index that one transaction rewrites: some ten milliseconds, between which others write."""

# Goes on with merging the parts of the index; by a negative number all of them are to become one.
_MERGE: Final = text("INSERT INTO search_messages (search_messages, rank) VALUES ('merge', :pages)")


async def forget_removed(database: Database) -> None:
    """Leave no digest of a word of removed messages in the index.

    SQLite only notes that a message is gone, and keeps its words until parts of the index are merged. PostgreSQL does
    the same until its next vacuum, which it decides upon by itself.
    """
    if database.dialect != "sqlite":
        return
    pages = -PAGES
    while await database.write(partial(_merge, pages=pages)):
        pages = PAGES
        await asyncio.sleep(0)


def _merge(conn: Connection, pages: int) -> bool:
    """Whether there was something to merge: its own row counts as one change."""
    raw: Any = conn.connection.driver_connection
    before = raw.total_changes
    conn.execute(_MERGE, {"pages": pages})
    changes: int = raw.total_changes - before
    return changes > 1
