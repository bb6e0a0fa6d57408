"""Where tests keep what they throw away: in memory, where the machine has some to spare.

Databases make and drop hundreds of files for a test, which takes a disk as long as all else in the test does.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

SHARED_MEMORY: Final = Path("/dev/shm")
PREFIX: Final = "chat-tests-"

SPARE_BYTES: Final = 6 << 30
"""All tests together hold less than a quarter of this at a time; the rest is for the programs that they run."""

MACHINE: Final = Path("/proc/meminfo")
CONTROL_GROUP: Final = Path("/sys/fs/cgroup")


def find_memory(place: Path = SHARED_MEMORY, spare: int = SPARE_BYTES) -> Path | None:
    """A file system in memory that has room and lets programs run, or None."""
    try:
        system = os.statvfs(place)
        room = min(system.f_bavail * system.f_frsize, _available_bytes())
    except OSError:  # another system than Linux
        return None
    usable = os.access(place, os.W_OK | os.X_OK) and not system.f_flag & getattr(os, "ST_NOEXEC", 0)
    return place if usable and room >= spare else None


def enter(place: Path) -> Path:
    """Make a folder of this process there the one for temporary files, its children's too."""
    _clear(place)
    folder = place / f"{PREFIX}{os.getpid()}"
    # A database server that refuses to be root reaches its own folder through this one.
    folder.mkdir(mode=0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def open_folder(prefix: str) -> Path:
    """A new folder with a short path that other accounts can reach, which pytest's cannot be."""
    entered = Path(tempfile.gettempdir())
    return Path(tempfile.mkdtemp(prefix=prefix, dir=entered if entered.name.startswith(PREFIX) else "/tmp"))


def _available_bytes() -> int:
    """What programs may still take, of the machine and of what this process's group is allowed."""
    lines = MACHINE.read_text(encoding="ascii").splitlines()
    available = 1024 * int(next(line for line in lines if line.startswith("MemAvailable:")).split()[1])
    try:
        allowed, taken = (int((CONTROL_GROUP / name).read_text("ascii")) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # no such group, or one without a bound
        return available
    return min(available, allowed - taken)


def _clear(place: Path) -> None:
    """Remove what runs that have ended left: those that failed, and those that were killed."""
    for folder in place.glob(f"{PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX)).exists():
            shutil.rmtree(folder, ignore_errors=True)
