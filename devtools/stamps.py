"""What was set up already: a step is done again only when its sources changed or it did not finish."""

import contextlib
import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from devtools.programs import ROOT, VENV, say

STAMPS = VENV / ".stamps"


def digest(paths: "Iterable[Path]", *words: str) -> str:
    """Hash of words and of the names and contents of files, in any order given."""
    sums = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        sums.update(f"{path.relative_to(ROOT)}\0".encode())
        sums.update(path.read_bytes())
    return sums.hexdigest()


def is_done(step: str, stamp: str) -> bool:
    """Whether a step was finished with exactly this stamp."""
    file = STAMPS / step
    return file.exists() and file.read_text() == stamp


@contextlib.contextmanager
def doing(step: str, stamp: str, text: str) -> "Iterator[None]":
    """Do a step and remember that it was finished; a step that failed or was cut off is done again."""
    say(f"{text} …")
    started = time.monotonic()
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).unlink(missing_ok=True)
    yield
    (STAMPS / step).write_text(stamp)
    say(f"{text}: {time.monotonic() - started:.1f} s")


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Hold a lock while setting up, so that two calls at once do not write into the same folder."""
    import fcntl  # noqa: PLC0415 - not on Windows, where `main` says what to do instead.

    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
