"""A program that runs as our child and never longer than we do, even when we are killed."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None]:
    """What a child runs before its program, so that the kernel kills it when the starting thread ends (Linux)."""
    libc, parent = ctypes.CDLL(None), os.getpid()

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # The parent may have died before the line above took effect.
        if os.getppid() != parent:
            os._exit(1)

    return arrange


async def start_watchdog(pid: int) -> asyncio.subprocess.Process:
    """Start a process that kills `pid` when this one ends: it reads from a pipe that only this one holds open."""
    return await asyncio.create_subprocess_exec(
        "/bin/sh",
        "-c",
        'read -r _; kill -KILL "$1"',
        "sh",
        str(pid),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Child:
    """A running program: `child = await Child.start([...])`, later `await child.stop()`.

    Start it in a thread that lives as long as the program should.
    """

    def __init__(self, process: asyncio.subprocess.Process, watchdog: asyncio.subprocess.Process | None) -> None:
        self._process = process
        self._watchdog = watchdog

    @classmethod
    async def start(cls, command: Sequence[str], pass_fds: Sequence[int] = ()) -> "Child":
        """Start a program without input or output; it inherits the open files `pass_fds`. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in a terminal is for us alone: we drain before we stop what we need for that.
            start_new_session=True,
            pass_fds=pass_fds,
            preexec_fn=die_with_parent() if sys.platform == "linux" else None,
        )
        return cls(process, None if sys.platform == "linux" else await start_watchdog(process.pid))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether the program is known to run no more."""
        return self._process.returncode is not None

    async def wait(self) -> int:
        """Wait until the program ended and return its exit code, negative for a signal."""
        code = await self._process.wait()
        if self._watchdog and self._watchdog.returncode is None:
            self._watchdog.kill()
            await self._watchdog.wait()
        return code

    async def stop(self, timeout_s: float) -> None:
        """End the program: by SIGTERM, and by SIGKILL when that takes longer than `timeout_s`."""
        if not self.has_ended:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), timeout_s)
            except TimeoutError:
                self._process.kill()
        await self.wait()
