"""The folder of a backup: its files, and a manifest that tells whether they are whole.

It appears under its name only when everything in it is on the disk.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from chatserver.infra.backup.contents import BackupRefused, Contents

FORMAT: Final = 1
"""Counted up when a folder is laid out so that an older version could not read it."""

MANIFEST: Final = "manifest.json"

Kind = Literal["sqlite", "postgresql"]


class File(Struct, frozen=True):
    """The length and the SHA-256 (hex) that a file had when it was written."""

    bytes: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What a backup is: the database it is of, when it began (ms since 1970), what is in it, and its files by name.

    `sealed`: what people wrote in it can only be read with keys that are in a file apart.
    """

    format: int
    made_by: str
    database: Kind
    taken_at: int
    contents: Contents
    files: dict[str, File]
    sealed: bool = False

    @property
    def bytes(self) -> int:
        """The length of all files."""
        return sum(file.bytes for file in self.files.values())


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name at the end; a failure leaves nothing behind."""
    final = folder.absolute()
    if final.exists() and (not final.is_dir() or any(final.iterdir())):
        raise BackupRefused(f"{folder} has something in it. A backup needs a folder of its own.")
    draft = final.with_name(f".{final.name}.{secrets.token_hex(4)}.partial")
    draft.mkdir(mode=0o700, parents=True)
    try:
        yield draft
        for file in draft.iterdir():
            _sync(file)
        _sync(draft)
        draft.rename(final)
        _sync(final.parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def describe(draft: Path) -> dict[str, File]:
    """Every file of a folder, and nobody else may read them."""
    found = {}
    for path in sorted(draft.iterdir()):
        path.chmod(0o600)
        found[path.name] = _file_of(path)
    return found


def write_manifest(draft: Path, manifest: Manifest) -> None:
    """The last file of a backup."""
    path = draft / MANIFEST
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def read_backup(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written; raises `BackupRefused`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupRefused(f"{folder} is no backup: there is no {MANIFEST} in it.")
    raw = path.read_bytes()
    try:
        version = msgspec.json.decode(raw, type=_Version).format
        if version != FORMAT:
            raise BackupRefused(f"{folder} was written in format {version}; this version reads format {FORMAT}.")
        manifest = msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupRefused(f"{path} cannot be read: {error}.") from None
    for name, file in manifest.files.items():
        _check(folder, name, file)
    return manifest


class _Version(Struct, frozen=True):
    """What every format has."""

    format: int


def _check(folder: Path, name: str, written: File) -> None:
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise BackupRefused(f"The file {name} of the backup is missing.")
    if _file_of(path) != written:
        raise BackupRefused(f"{path} is damaged: it is not what was written (length or SHA-256 differ).")


def _file_of(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
