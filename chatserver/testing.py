"""Contracts as tests: what you put in place of a part of the product holds what the product needs of it.

from chatserver.testing import check_key_service

async def test_our_kms() -> None:
    await check_key_service(OurKms())
"""

import secrets

from chatserver.core.ports import KeyService
from chatserver.core.sealing import WrongKey

__all__ = ["check_key_service"]


async def check_key_service(service: KeyService, *, stranger: KeyService | None = None) -> None:
    """Fail unless a key service keeps master keys as the product needs it.

    `stranger` is a service of the same kind with another key. Raises `AssertionError` with what is wrong.
    """
    keys = [secrets.token_bytes(32) for _ in range(3)]
    wrapped = [await service.wrap(key) for key in keys]
    for key, hidden in zip(keys, wrapped, strict=True):
        assert key not in hidden, "a wrapped key must not hold the key"
        assert await service.unwrap(hidden) == key, "unwrap must give back what was wrapped"
    again = await service.wrap(keys[0])
    assert again != wrapped[0], "wrapping twice must not show that it is the same key"
    assert await service.unwrap(wrapped[0]) == await service.unwrap(again), "both forms must stay good"
    for place in (0, len(again) // 2, len(again) - 1):
        damaged = again[:place] + bytes([again[place] ^ 1]) + again[place + 1 :]
        await _refused(service, damaged, f"byte {place} of {len(again)} was changed")
    await _refused(service, b"", "nothing was given")
    if stranger is not None:
        await _refused(stranger, again, "another service has wrapped it")


async def _refused(service: KeyService, wrapped: bytes, why: str) -> None:
    try:
        await service.unwrap(wrapped)
    except WrongKey:
        return
    raise AssertionError(f"unwrap must raise WrongKey: {why}")
