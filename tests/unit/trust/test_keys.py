"""Secrets that the installation makes for itself."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatserver.settings import Settings
from chatserver.trust.keys import KEY_FILES, derived_key, kept_secret, load_keys


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = load_keys(Settings(data_dir=tmp_path / "data"))
    assert load_keys(Settings(data_dir=tmp_path / "data")) == first
    assert first.secret_key != first.identity_secret
    assert len(first.secret_key) >= 43
    for name in KEY_FILES:
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_secrets_of_the_settings_win_and_nothing_is_kept(tmp_path: Path) -> None:
    keys = load_keys(Settings(data_dir=tmp_path, secret_key="a", identity_secret="b"))
    assert (keys.secret_key, keys.identity_secret) == ("a", "b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["mine", "mine\n", "mine\r\n"])
def test_a_secret_that_somebody_put_there_is_used_and_hidden_from_others(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret_key"
    path.write_text(content, newline="")
    path.chmod(0o644)
    assert kept_secret(path) == "mine"
    assert path.read_bytes() == content.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 44])
def test_a_file_that_a_power_cut_left_empty_is_filled(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret_key"
    path.write_bytes(content)
    made = kept_secret(path)
    assert len(made) == 43
    assert path.read_text() == f"{made}\n"


def test_those_who_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    # The lock belongs to the opened file, so threads contend for it exactly as processes do.
    paths, start = [tmp_path / f"secret_{number}" for number in range(50)], threading.Barrier(4)

    def all_secrets(_: int) -> list[str]:
        found = []
        for path in paths:
            start.wait(timeout=30)
            found.append(kept_secret(path))
        return found

    with ThreadPoolExecutor(4) as threads:
        first, *others = threads.map(all_secrets, range(4))
    assert all(other == first for other in others)
    assert len(set(first)) == len(paths)


def test_keys_for_different_purposes_differ() -> None:
    assert derived_key("secret", "a") == derived_key("secret", "a")
    assert len({derived_key("secret", "a"), derived_key("secret", "b"), derived_key("other", "a")}) == 3
    assert len(derived_key("", "a")) == 32
