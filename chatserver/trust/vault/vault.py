"""The vault at work: finds the data key of a row or an owner, seals and opens."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection
from sqlalchemy.engine import Transaction
from sqlalchemy.exc import IntegrityError

from chatserver.core.errors import retry
from chatserver.core.ports import Database, KeyService
from chatserver.core.sealing import Erased, Unreadable
from chatserver.trust.vault import store
from chatserver.trust.vault.envelope import KEY_BYTES, key_of, open_sealed, seal, unwrap, wrap

CACHED_KEYS: Final = 2_000
"""Data keys in memory, some 200 bytes each: far more users than talk on a process at a time. A cipher that is ready for
use holds 2.6 kB and is made anew in less than a microsecond."""

LOOK_EVERY_S: Final = 5.0
"""A key that another process destroys, or a master key that it makes, is known here after this long."""

_LOOK_BACK_MS: Final = 60_000
"""Clocks of processes may differ by this much."""

SEARCH_KEY: Final = 1
"""The one data key whose id is fixed: every process must find the same one."""

CACHED_WORDS: Final = 10_000
"""Digests of words in memory, some 200 bytes each."""

WORD_BYTES: Final = 6
"""Of the digest of a word: among a million different words two share one with a chance of 1 : 500."""


class _Fresh(NamedTuple):
    """A key that is not kept in memory before its transaction has ended, as it may never have been."""

    transaction: Transaction
    key: bytes


class DataVault:
    """Implements `core.ports.Vault` on the tables of the vault; safe to use from several threads."""

    def __init__(self, keys: KeyService) -> None:
        self._keys = keys
        self._masters: dict[int, bytes] = {}
        self._wrapped: dict[int, bytes] = {}
        self._search_key = b""
        self._blinded = _blinding(b"")
        self._known: dict[int, bytes] = {}
        self._fresh: dict[int, _Fresh] = {}
        self._adding = threading.Lock()
        self.unwrapped = 0
        """Data keys that were read and unwrapped: those that were not in memory."""
        self.unreadable = 0
        """Sealed bytes that did not open: damaged, or moved from where they belong."""

    # --- beginning and keeping up ---

    @property
    def ready(self) -> bool:
        """Whether the master keys are known."""
        return bool(self._masters and self._search_key)

    async def begin(self, database: Database) -> None:
        """Learn the master keys; make the first one in a new database. Raises `ChatError` and `WrongKey`."""
        if not await database.read(store.read_masters):
            wrapped = await self._keys.wrap(secrets.token_bytes(KEY_BYTES))
            with suppress(IntegrityError):  # another process was first, and its key is as good
                await database.write(lambda conn: store.insert_master(conn, 1, wrapped, _now()))
        await self.learn_masters(database)

    async def learn_masters(self, database: Database) -> None:
        """Unwrap the master keys that are new, forget those that are gone."""
        wrapped = {row.number: bytes(row.wrapped) for row in await database.read(store.read_masters)}
        if wrapped != self._wrapped:
            self._masters = {number: await self._keys.unwrap(one) for number, one in wrapped.items()}
            self._wrapped = wrapped
            self._known.clear()  # after a restore an id may stand for another key
            await self._learn_search_key(database)

    async def _learn_search_key(self, database: Database) -> None:
        def unit(conn: Connection) -> None:
            if store.read_key(conn, SEARCH_KEY) is None:
                self._make_key(conn, ":search", SEARCH_KEY)

        if await database.read(lambda conn: store.read_key(conn, SEARCH_KEY)) is None:
            with suppress(IntegrityError):  # the same
                await database.write(unit)
        self._search_key = await database.read(lambda conn: self._unwrapped(conn, SEARCH_KEY))
        self._blinded = _blinding(self._search_key)

    async def look(self, database: Database) -> None:
        """What others did: new master keys, destroyed data keys."""
        if not self.ready:
            return await self.begin(database)
        await self.learn_masters(database)
        since = _now() - _LOOK_BACK_MS
        for id_ in await database.read(lambda conn: store.read_destroyed(conn, since)):
            self._known.pop(id_, None)
        return None

    # --- core.ports.Vault ---

    def key_for(self, conn: Connection, owner: str) -> int:
        """The id of the data key that seals what is new of an owner; made if there is none."""
        return store.read_present_key(conn, owner) or self._make_key(conn, owner, secrets.randbits(62) + 2)

    def seal(self, conn: Connection, owner: str, bound: str, data: bytes) -> bytes:
        """Bytes that only this vault can open, and only as what they are `bound` to."""
        return self.seal_with(conn, self.key_for(conn, owner), bound.encode(), data)

    def seal_with(self, conn: Connection, key: int, bound: bytes, data: bytes) -> bytes:
        """The same with a data key that the caller knows. Raises `Erased`."""
        return seal(self._cipher(conn, key), key, bound, data)

    def open(self, conn: Connection, bound: str | bytes, sealed: bytes) -> bytes:
        """What was sealed. Raises `Erased` and `Unreadable`."""
        try:
            cipher = self._cipher(conn, key_of(sealed))
            return open_sealed(cipher, bound.encode() if isinstance(bound, str) else bound, sealed)
        except Unreadable:
            self.unreadable += 1
            raise

    def blind(self, words: Iterable[str]) -> list[str]:
        """What stands for each word in an index."""
        if not self._search_key:
            raise retry()
        return list(map(self._blinded, words))

    def destroy(self, conn: Connection, owner: str) -> int:
        """Erase everything that was ever sealed for an owner, wherever copies of it are; returns how many keys."""
        ids = store.destroy_keys(conn, owner, _now())
        for id_ in ids:
            self._known.pop(id_, None)
        return len(ids)

    @property
    def remembered(self) -> int:
        """How many data keys are in memory."""
        return len(self._known)

    # --- data keys ---

    def _make_key(self, conn: Connection, owner: str, id_: int) -> int:
        master = self.newest_master()
        key = secrets.token_bytes(KEY_BYTES)
        store.insert_key(conn, id_, owner, master, wrap(self._masters[master], _label(id_), key), _now())
        # SQLAlchemy knows of a transaction only once it has executed something in it.
        self._add_fresh(id_, _Fresh(conn.get_transaction() or conn.begin(), key))
        return id_

    def newest_master(self) -> int:
        """The number of the master key that wraps what is new."""
        if not self._masters:
            raise retry()
        return max(self._masters)

    def _cipher(self, conn: Connection, id_: int) -> AESGCM:
        known = self._known.get(id_)
        if known is not None:
            return AESGCM(known)
        fresh = self._fresh.get(id_)
        if fresh is not None and fresh.transaction is conn.get_transaction():
            return AESGCM(fresh.key)
        key = self._unwrapped(conn, id_)
        if fresh is None or not fresh.transaction.is_active:
            self._keep(id_, key)
        return AESGCM(key)

    def _unwrapped(self, conn: Connection, id_: int) -> bytes:
        row = store.read_key(conn, id_)
        if row is None:
            raise Unreadable
        if row.wrapped is None:
            raise Erased
        master = self._masters.get(row.master)
        if master is None:
            raise retry()  # another process has just made it; the next look will find it
        self.unwrapped += 1
        return unwrap(master, _label(id_), bytes(row.wrapped))

    def rewrap(self, id_: int, old: int, new: int, wrapped: bytes) -> bytes:
        """A data key under another master key."""
        return wrap(self._masters[new], _label(id_), unwrap(self._masters[old], _label(id_), wrapped))

    def _add_fresh(self, id_: int, fresh: "_Fresh") -> None:
        with self._adding:
            for old in [one for one, known in self._fresh.items() if not known.transaction.is_active]:
                del self._fresh[old]
            self._fresh[id_] = fresh

    def _keep(self, id_: int, key: bytes) -> None:
        with self._adding:
            if len(self._known) >= CACHED_KEYS:
                self._known.pop(next(iter(self._known)), None)
            self._known[id_] = key


def _blinding(key: bytes) -> Callable[[str], str]:
    """The digest of a word; most words of a chat are the same few thousand."""

    @lru_cache(CACHED_WORDS)
    def blinded(word: str) -> str:
        return hashlib.blake2b(word.encode(), key=key, digest_size=WORD_BYTES).hexdigest()

    return blinded


def _label(id_: int) -> bytes:
    return b"data key %d" % id_


def _now() -> int:
    return time.time_ns() // 1_000_000
