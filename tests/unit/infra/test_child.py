"""Children end with us, by the kernel's or by the watchdog's hand."""

import asyncio
import os
import select
import signal
import subprocess
import sys

import pytest

from chatserver.infra.child import Child

PARENT_WITH_WATCHDOG = """
import asyncio, sys
from chatserver.infra.child import start_watchdog

async def main():
    sleeper = await asyncio.create_subprocess_exec("sleep", "600", start_new_session=True)
    watchdog = await start_watchdog(sleeper.pid)
    print(sleeper.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_stopping_is_polite_first() -> None:
    child = await Child.start(["sleep", "600"])
    await child.stop(timeout_s=10)
    assert child.has_ended
    assert await child.wait() == -signal.SIGTERM


async def test_one_that_does_not_listen_is_killed() -> None:
    deaf, told = os.pipe()
    code = f"import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); os.write({told}, b'.'); signal.pause()"
    child = await Child.start([sys.executable, "-c", code], pass_fds=[told])
    await asyncio.to_thread(os.read, deaf, 1)
    await child.stop(timeout_s=0.05)
    assert await child.wait() == -signal.SIGKILL
    os.close(deaf)
    os.close(told)


async def test_stopping_one_that_ended_by_itself_is_nothing() -> None:
    child = await Child.start(["true"])
    assert await child.wait() == 0
    await child.stop(timeout_s=1)


async def test_the_terminal_does_not_interrupt_it() -> None:
    child = await Child.start(["sleep", "600"])
    assert os.getpgid(child.pid) != os.getpgid(0)
    await child.stop(timeout_s=10)


async def test_a_program_that_is_missing_is_an_error() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        await Child.start(["/no-such-program"])


def test_the_watchdog_kills_when_its_starter_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT_WITH_WATCHDOG], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        sleeper = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    poll = select.poll()
    poll.register(sleeper, select.POLLIN)
    assert poll.poll(5000)
    os.close(sleeper)
