"""The keys of the vault in a file apart from the backups that they open, kept for a stated number of days.

Whoever has a backup has nothing without them. A key that is destroyed is in no later file, so when the
last earlier one is gone nobody can read that user in any backup any more.
"""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, LargeBinary, delete, insert, inspect, select

from chatserver.infra.backup.contents import KEYS, BackupRefused
from chatserver.trust.vault.tables import data_keys, master_keys

FOLDER: Final = "chatserver-keys"
"""Where they go when nothing else is said: beside the folders of the backups."""

FORMAT: Final = 1

DAY_MS: Final = 86_400_000

_TABLES: Final = {table.name: table for table in (master_keys, data_keys)}


class KeyFile(Struct, frozen=True):
    """The tables of keys with binary columns in base 64; instants are milliseconds since 1970."""

    format: int
    taken_at: int
    delete_after: int
    tables: dict[str, list[dict[str, Any]]]


def default_folder(backup: Path) -> Path:
    """Where the keys of a backup are, unless told otherwise."""
    return backup.absolute().parent / FOLDER


def read_keys(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """The rows of the tables of keys, ready for JSON; wrapped as they are."""
    there = KEYS & set(inspect(conn).get_table_names())  # a database of an earlier version has none
    return {name: [_plain(row._mapping) for row in conn.execute(select(_TABLES[name]))] for name in there}


def _plain(row: Any) -> dict[str, Any]:
    return {name: b64encode(value).decode() if isinstance(value, bytes) else value for name, value in row.items()}


def write_keys(folder: Path, tables: dict[str, list[dict[str, Any]]], taken_at: int, days: int) -> Path:
    """Write a file of keys that only its owner can read, and delete those whose days are over."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = KeyFile(FORMAT, taken_at, taken_at + days * DAY_MS, tables)
    path = folder / f"keys-{taken_at}.json"
    draft = path.with_suffix(".partial")
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(msgspec.json.encode(written) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    for old in folder.glob("keys-*.json"):
        if _decoded(old).delete_after < taken_at:
            old.unlink()
    return path


def find_keys(given: Path) -> KeyFile:
    """The keys of a file, or the newest of a folder: what was destroyed since a backup stays destroyed."""
    files = sorted(given.glob("keys-*.json"), key=lambda one: _decoded(one).taken_at) if given.is_dir() else [given]
    if not files or not files[-1].is_file():
        raise BackupRefused(
            f"There are no keys at {given}: what people wrote in this backup cannot be read without them. "
            "Give the folder or file of keys with --keys."
        )
    return _decoded(files[-1])


def _decoded(path: Path) -> KeyFile:
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeyFile)
    except msgspec.MsgspecError as error:
        raise BackupRefused(f"{path} is no file of keys: {error}.") from None


def put_keys(conn: Connection, keys: KeyFile) -> None:
    """Put keys in place of those that whoever opened the empty database has made."""
    for name in sorted(KEYS):
        table = _TABLES[name]
        binary = {column.name for column in table.c if isinstance(column.type, LargeBinary)}
        conn.execute(delete(table))
        rows = [
            {key: b64decode(value) if key in binary and value is not None else value for key, value in row.items()}
            for row in keys.tables.get(name, [])
        ]
        if rows:
            conn.execute(insert(table), rows)
