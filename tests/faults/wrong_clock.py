"""`python -m tests.faults.wrong_clock serve …`: the program, on a machine whose clock somebody sets while it runs.

The file that `WRONG_CLOCK` names holds the seconds by which the clock is wrong; clocks that never jump stay right.
"""

import os
import time
from pathlib import Path

FILE = Path(os.environ["WRONG_CLOCK"])

_right_ns = time.time_ns


def _wrong_ns() -> int:
    return _right_ns() + int(FILE.read_text() or 0) * 1_000_000_000


time.time_ns = _wrong_ns
time.time = lambda: _wrong_ns() / 1e9

from chatserver.cli import main  # noqa: E402  (it takes the clock as it finds it)

main()
