"""Secrets of the installation: given by the settings, or made once and kept in the data folder."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from chatserver.settings import Settings

KEY_BYTES: Final = 32
"""As long as the digest of the signatures made with it."""

KEY_FILES: Final = ("secret_key", "identity_secret")
"""Files of the data folder that hold secrets; a backup leaves them out."""


class Keys(Struct, frozen=True):
    """`secret_key` signs our own tokens and encrypts, `identity_secret` is shared with the host app."""

    secret_key: str
    identity_secret: str


def load_keys(settings: Settings) -> Keys:
    """The secrets in use; makes and keeps those that are not set. Raises `OSError`."""
    folder = settings.data_dir
    return Keys(
        settings.secret_key or kept_secret(folder / KEY_FILES[0]),
        settings.identity_secret or kept_secret(folder / KEY_FILES[1]),
    )


def kept_secret(path: Path) -> str:
    """The secret in a file that only its owner can read, made if there is none.

    Processes that start at the same time get the same secret: the first one to lock the file fills it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        os.fchmod(file.fileno(), 0o600)
        # After a power cut there may be nothing but zeros; nobody has used that.
        return file.read().strip("\0 \r\n") or _fill(file.fileno(), path.parent)


def _fill(opened: int, folder: Path) -> str:
    secret = secrets.token_urlsafe(KEY_BYTES)
    os.ftruncate(opened, 0)
    os.pwrite(opened, f"{secret}\n".encode(), 0)
    os.fsync(opened)
    listing = os.open(folder, os.O_RDONLY)
    os.fsync(listing)  # a secret that is used must not lose its name in a power cut
    os.close(listing)
    return secret


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose, so that what one use gives away is of no help with another."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
