"""A copy of the database while it is in use, and the way back; both databases, one shape of folder.

A backup is one consistent instant: whatever was acknowledged before it began is in it. It holds what
the database holds but the keys of the vault, which go into a file apart, and the bytes of attachments.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

import chatserver
from chatserver.infra.backup import postgres, sqlite
from chatserver.infra.backup.attachments import archive, bring_back
from chatserver.infra.backup.contents import BackupRefused
from chatserver.infra.backup.folder import FORMAT, Kind, Manifest, describe, new_folder, read_backup, write_manifest
from chatserver.infra.backup.keys import default_folder, find_keys, put_keys, read_keys, write_keys
from chatserver.infra.sql import open_database
from chatserver.infra.sql.urls import normalised

__all__ = ["BackupRefused", "Manifest", "back_up", "restore"]

KEPT_DAYS: Final = 30
"""A file of keys is deleted by the first backup after this many days, unless told otherwise."""

_KINDS: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def back_up(
    url: str, folder: Path, keys: Path | None = None, days: int = KEPT_DAYS, attachments: Path | None = None
) -> Manifest:
    """Write a backup of the database into a new folder, whole or not at all, and its keys into a file in `keys`.

    `attachments` is the folder in which their bytes are kept, if it is one.

    Raises `BackupRefused` with a line for the operator, `OSError`, and what the database raises.
    """
    parsed = normalised(url)
    kind: Kind = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
    with new_folder(folder) as draft:
        taken_at = time.time_ns() // 1_000_000
        if kind == "sqlite":
            contents = await asyncio.to_thread(sqlite.copy_out, parsed, draft)
        else:
            contents = await postgres.copy_out(parsed, draft)
        if attachments is not None:  # after the rows, so that none of these is without its bytes
            await asyncio.to_thread(archive, attachments, draft)
        files = await asyncio.to_thread(describe, draft)
        # Read after the copy: a key that is in use in it cannot be missing.
        tables = await _keys_of(url)
        made_by = f"chatserver {chatserver.__version__}"
        manifest = Manifest(FORMAT, made_by, kind, taken_at, contents, files, sealed=bool(tables.get("data_keys")))
        await asyncio.to_thread(write_keys, keys or default_folder(folder), tables, taken_at, days)
        write_manifest(draft, manifest)
    return manifest


async def _keys_of(url: str) -> dict[str, list[dict[str, Any]]]:
    async with open_database(url) as database:
        return await database.read(read_keys)


async def restore(
    url: str,
    folder: Path,
    settle: Callable[[Connection], None],
    keys: Path | None = None,
    attachments: Path | None = None,
) -> Manifest:
    """Fill an empty database from a backup, all or nothing, and bring it to this version's tables.

    The bytes of attachments go into the folder `attachments`.

    `keys` is their file, or a folder of which the newest file is taken. `settle` runs last in the same
    transaction. Raises `BackupRefused` with a line for the operator when the folder is no whole backup, its keys
    are not there or the database has something in it, `OSError`, and what the database raises.
    """
    parsed = normalised(url)
    manifest = await asyncio.to_thread(read_backup, folder)
    if manifest.database != parsed.get_backend_name():
        there = _KINDS[manifest.database]
        raise BackupRefused(f"This is a backup of {there}; DATABASE_URL names {_KINDS[parsed.get_backend_name()]}.")
    found = await asyncio.to_thread(find_keys, keys or default_folder(folder)) if manifest.sealed else None

    def finish(conn: Connection) -> None:
        if found is not None:
            put_keys(conn, found)
        settle(conn)

    if manifest.database == "sqlite":
        await asyncio.to_thread(sqlite.copy_in, parsed, folder, manifest.contents, finish)
    else:
        await postgres.copy_in(parsed, folder, manifest.contents, finish)
    if attachments is not None:
        await asyncio.to_thread(bring_back, folder, attachments)
    return manifest
