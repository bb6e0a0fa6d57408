"""Makes roots: signs what the logs have come to, stores it, and keeps a copy elsewhere."""

import os
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from chatserver.core.ports import Clock, Database
from chatserver.core.sealing import vault_of
from chatserver.settings import Settings
from chatserver.trust.roots import store
from chatserver.trust.roots.merkle import Leaf, root_of
from chatserver.trust.roots.record import FIRST, Anchor, Root, SignedRoot

CONVERSATIONS_AT_ONCE: Final = 1_000
"""Conversations in one root, some 50 ms in which nobody else can write to SQLite; more make several roots."""

LOOK_FOR_ROOTS_S: Final = 60.0
"""How often a process looks whether a root is due."""

OWNER: Final = ":signing"

log = structlog.get_logger(__name__)


class Signer:
    """Signs a root when one is due; run it on every process, one of them does it."""

    def __init__(self, database: Database, clock: Clock, folder: Path | None, every_s: float) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder
        self._every_ms = round(every_s * 1_000)

    async def look(self) -> None:
        """Sign if the last root is old enough and something was written since."""
        last = await self._database.read(store.read_last_root)
        if last is None or self._clock.now() - last.root.at >= self._every_ms:
            with suppress(IntegrityError):  # another process is at it
                await self.sign()

    async def sign(self) -> SignedRoot | None:
        """Sign everything that was written since the last root; None when there is nothing.

        Raises `IntegrityError` when another process does the same right now.
        """
        await self._make_key()
        signed = None
        while grown := await self._database.read(partial(store.read_grown, after=0, limit=CONVERSATIONS_AT_ONCE)):
            leaves = sorted(leaf for one in grown for leaf in one.leaves)
            signed = await self._database.write(partial(self._unit, leaves=leaves))
            self._keep(Anchor(signed, leaves))
        return signed

    async def sign_now(self) -> None:
        """Sign what is not in a root yet, or leave it to another process that is at it."""
        await self._make_key()
        with suppress(IntegrityError):
            await self.sign()

    def _unit(self, conn: Connection, leaves: list[Leaf]) -> SignedRoot:
        last = store.read_last_root(conn)
        number, before = (last.root.number + 1, last.root.digest) if last is not None else (1, FIRST)
        digest = root_of([leaf.digest for leaf in leaves]).hex()
        root = Root(number, self._clock.now(), len(leaves), digest, before)
        key = store.read_signing_keys(conn)[-1]
        seed = vault_of(conn).open(conn, f"signing|{key.number}", bytes(key.private))
        signature = Ed25519PrivateKey.from_private_bytes(seed).sign(root.signed_bytes)
        signed = SignedRoot(root, signature.hex(), bytes(key.public).hex())
        store.insert_root(conn, signed, key.number, leaves)
        return signed

    async def _make_key(self) -> None:
        if await self._database.read(store.read_signing_keys):
            return
        with suppress(IntegrityError):  # another process was first
            await self._database.write(self._insert_key)

    def _insert_key(self, conn: Connection) -> None:
        seed = secrets.token_bytes(32)
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        private = vault_of(conn).seal(conn, OWNER, "signing|1", seed)
        store.insert_signing_key(conn, 1, public, private, self._clock.now())

    def _keep(self, anchor: Anchor) -> None:
        root = anchor.signed.root
        log.info("root_signed", number=root.number, root=root.root, leaves=root.leaves)
        if self._folder is None:
            return
        try:
            keep(self._folder, anchor)
        except OSError as error:
            log.exception("anchor_not_kept", number=root.number, error=type(error).__name__)


def anchor_folder(settings: Settings) -> Path:
    """Where the anchors of an installation are kept."""
    return Path(settings.anchor_dir) if settings.anchor_dir else settings.data_dir / "anchors"


def keep(folder: Path, anchor: Anchor) -> None:
    """Write an anchor as a file of its own, whole or not at all; one that is there stays as it is."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"root-{anchor.signed.root.number:08}.json"
    draft = folder / f".{path.name}.{secrets.token_hex(4)}"
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(opened, "wb") as file:
        file.write(msgspec.json.encode(anchor) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def read_anchors(folder: Path) -> list[Path]:
    """The files of anchors, oldest first."""
    return sorted(folder.glob("root-*.json"))


def read_anchor(path: Path) -> Anchor | None:
    """The anchor in a file, None when there is something else in it."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Anchor)
    except msgspec.MsgspecError:
        return None
