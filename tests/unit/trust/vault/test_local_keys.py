"""Keys of the settings or of files, through the contract that holds for every key service."""

from pathlib import Path

import pytest

from chatserver.core.sealing import Unreadable, WrongKey
from chatserver.settings import Settings, SettingsError
from chatserver.testing import check_key_service
from chatserver.trust.keys import Keys
from chatserver.trust.vault.envelope import key_of, unwrap, wrap
from chatserver.trust.vault.local_keys import LocalKeys
from chatserver.trust.vault.opening import key_service

KEYS = Keys("the secret key", "the identity secret")


class Forgetful(LocalKeys):
    """A key service that gives back something else."""

    async def unwrap(self, wrapped: bytes) -> bytes:
        return (await super().unwrap(wrapped))[::-1]


def our_kms() -> LocalKeys:
    """What CHATSERVER_KEY_SERVICE may name."""
    return LocalKeys(["of our KMS"])


async def test_local_keys_hold_the_contract() -> None:
    await check_key_service(LocalKeys(["one"]), stranger=LocalKeys(["two"]))


async def test_the_contract_finds_a_service_that_does_not() -> None:
    with pytest.raises(AssertionError, match="must give back"):
        await check_key_service(Forgetful(["one"]))


async def test_the_first_secret_wraps_and_all_unwrap() -> None:
    old, both, new = LocalKeys(["old"]), LocalKeys(["new", "old"]), LocalKeys(["new"])
    assert await both.unwrap(await old.wrap(b"k" * 32)) == b"k" * 32
    assert await new.unwrap(await both.wrap(b"k" * 32)) == b"k" * 32
    with pytest.raises(WrongKey):
        await old.unwrap(await both.wrap(b"k" * 32))


async def test_secrets_come_from_settings_files_or_the_secret_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("in a file\n")
    given = {
        "": KEYS.secret_key,
        "plain": "plain",
        f"@{tmp_path / 'key'}": "in a file",
        " plain , other ": "plain",
    }
    for setting, secret in given.items():
        service = key_service(Settings(master_keys=setting), KEYS)
        assert await service.unwrap(await LocalKeys([secret]).wrap(b"k" * 32)) == b"k" * 32


async def test_a_service_is_found_by_its_path() -> None:
    service = key_service(Settings(key_service=f"{__name__}:our_kms"), KEYS)
    await check_key_service(service, stranger=LocalKeys(["another"]))


@pytest.mark.parametrize("path", ["nothing", "no.such.module:make", f"{__name__}:nobody", ":x"])
def test_a_path_that_leads_nowhere_is_told(path: str) -> None:
    with pytest.raises(SettingsError, match="CHATSERVER_KEY_SERVICE"):
        key_service(Settings(key_service=path), KEYS)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"{}" * 40, b"\x02" + bytes(60)])
def test_what_was_never_sealed_names_no_key(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        key_of(sealed)


def test_a_wrapped_key_opens_as_what_it_is_only() -> None:
    wrapped = wrap(b"m" * 32, b"data key 1", b"k" * 32)
    assert unwrap(b"m" * 32, b"data key 1", wrapped) == b"k" * 32
    with pytest.raises(Unreadable):
        unwrap(b"m" * 32, b"data key 2", wrapped)
