"""A copy of the database while it is in use, and the way back; both databases, one shape of folder.

A backup is one consistent instant: whatever was acknowledged before it began is in it. It holds what
the database holds, and nothing of the data folder beside it: no keys, no Redis.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

import chatserver
from chatserver.infra.backup import postgres, sqlite
from chatserver.infra.backup.contents import BackupRefused
from chatserver.infra.backup.folder import FORMAT, Kind, Manifest, describe, new_folder, read_backup, write_manifest
from chatserver.infra.sql.urls import normalised

__all__ = ["BackupRefused", "Manifest", "back_up", "restore"]

_KINDS: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def back_up(url: str, folder: Path) -> Manifest:
    """Write a backup of the database into a new folder, whole or not at all.

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
        files = await asyncio.to_thread(describe, draft)
        manifest = Manifest(FORMAT, f"chatserver {chatserver.__version__}", kind, taken_at, contents, files)
        write_manifest(draft, manifest)
    return manifest


async def restore(url: str, folder: Path, settle: Callable[[Connection], None]) -> Manifest:
    """Fill an empty database from a backup, all or nothing, and bring it to this version's tables.

    `settle` runs last in the same transaction. Raises `BackupRefused` with a line for the operator when the
    folder is no whole backup or the database has something in it, `OSError`, and what the database raises.
    """
    parsed = normalised(url)
    manifest = await asyncio.to_thread(read_backup, folder)
    if manifest.database != parsed.get_backend_name():
        there = _KINDS[manifest.database]
        raise BackupRefused(f"This is a backup of {there}; DATABASE_URL names {_KINDS[parsed.get_backend_name()]}.")
    if manifest.database == "sqlite":
        await asyncio.to_thread(sqlite.copy_in, parsed, folder, manifest.contents, settle)
    else:
        await postgres.copy_in(parsed, folder, manifest.contents, settle)
    return manifest
