"""The key service that needs nothing else: secrets of the settings or of files."""

import hashlib
from collections.abc import Sequence
from typing import Final

from chatserver.core.sealing import Unreadable, WrongKey
from chatserver.trust.keys import derived_key
from chatserver.trust.vault.envelope import unwrap, wrap

ID_BYTES: Final = 8


class LocalKeys:
    """Wraps with the first of some secrets, unwraps with any of them.

    Two secrets are given while one replaces the other. What is wrapped begins with an id of its
    secret, so that a wrong one is told from a damaged row.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        keys = [derived_key(secret, "master keys") for secret in secrets]
        self._first = keys[0]
        self._keys = {_id_of(key): key for key in keys}

    async def wrap(self, key: bytes) -> bytes:
        """The key under the first secret."""
        mark = _id_of(self._first)
        return mark + wrap(self._first, mark, key)

    async def unwrap(self, wrapped: bytes) -> bytes:
        """The key again. Raises `WrongKey`."""
        mark = wrapped[:ID_BYTES]
        key = self._keys.get(mark)
        if key is None:
            given = ", ".join(one.hex() for one in self._keys)
            raise WrongKey(
                f"This database is encrypted under the key {mark.hex()}; this process was given {given}. Set "
                "CHATSERVER_MASTER_KEYS, or CHATSERVER_SECRET_KEY, to the value with which it was first started."
            )
        try:
            return unwrap(key, mark, wrapped[ID_BYTES:])
        except Unreadable:
            raise WrongKey(f"A master key under the key {mark.hex()} is damaged. Restore the keys.") from None


def _id_of(key: bytes) -> bytes:
    """What tells keys apart and gives nothing of them away."""
    return hashlib.blake2b(key, digest_size=ID_BYTES, person=b"key id").digest()
