"""New keys in place of old ones while everybody works; what was sealed before stays readable."""

import asyncio
import secrets
import time
from functools import partial
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, update

from chatserver.conversation.tables import conversations
from chatserver.core.ports import Database, KeyService
from chatserver.trust.vault import store
from chatserver.trust.vault.envelope import KEY_BYTES
from chatserver.trust.vault.vault import LOOK_EVERY_S, DataVault

REWRAPPED_AT_ONCE: Final = 500
"""Data keys in one transaction, some 10 ms in which nobody else can write to SQLite."""

LEARNT_S: Final = 2 * LOOK_EVERY_S + 1
"""After this every running process knows a new master key; only then anything is wrapped with it."""


class Rotated(Struct, frozen=True):
    """The new master key, how many data keys it wraps now, and how many seal nothing new any more."""

    master: int
    rewrapped: int
    retired: int


async def rotate(
    vault: DataVault, keys: KeyService, database: Database, *, new_data_keys: bool, learnt_s: float = LEARNT_S
) -> Rotated:
    """Make a master key, put every data key under it, forget the old ones; may be begun again when it was cut short.

    The master keys are wrapped anew first: after a change of the service's own key, or of the first secret of
    the settings, the earlier one is not needed any more. With `new_data_keys` every user gets a new data key too.
    Raises `ChatError`, and `IntegrityError` when somebody else does the same right now.
    """
    for row in await database.read(store.read_masters):
        wrapped = await keys.wrap(await keys.unwrap(bytes(row.wrapped)))
        await database.write(partial(store.replace_master, number=row.number, wrapped=wrapped))
    newest = max(row.number for row in await database.read(store.read_masters)) + 1
    wrapped = await keys.wrap(secrets.token_bytes(KEY_BYTES))
    now = time.time_ns() // 1_000_000
    await database.write(partial(store.insert_master, number=newest, wrapped=wrapped, now=now))
    await asyncio.sleep(learnt_s)
    await vault.learn_masters(database)
    rewrapped = 0
    while done := await database.write(partial(_rewrap_some, vault=vault, master=newest)):
        rewrapped += done
    await database.write(partial(store.drop_unused_masters, newest=newest))
    await vault.learn_masters(database)
    retired = await database.write(partial(_retire, now=now)) if new_data_keys else 0
    return Rotated(newest, rewrapped, retired)


def _rewrap_some(conn: Connection, vault: DataVault, master: int) -> int:
    rows: list[dict[str, Any]] = [
        {
            "b_id": row.id,
            "b_master": master,
            "b_wrapped": vault.rewrap(row.id, row.master, master, bytes(row.wrapped)),
        }
        for row in store.read_stale_keys(conn, master, REWRAPPED_AT_ONCE)
    ]
    if rows:
        store.rewrap_keys(conn, rows)
    return len(rows)


def _retire(conn: Connection, now: int) -> int:
    """What is written from now on is sealed with data keys that are made then."""
    conn.execute(update(conversations).where(conversations.c.data_key.is_not(None)).values(data_key=None))
    return store.retire_keys(conn, now)
