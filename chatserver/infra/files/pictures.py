"""Makes pictures anew in a limited process, one for each: implements `core.ports.Pictures`."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from chatserver.core.errors import ChatError, invalid, retry
from chatserver.core.ports import Picture

PROGRAM: Final = Path(__file__).with_name("picture_process.py")

AT_ONCE: Final = 2
"""Pictures being made; more would only slow each other and the sockets down."""

WITHIN_S: Final = 15.0
"""A process that takes longer, its queue included, is ended: the machine is overloaded or the picture a trap."""


class LimitedPictures:
    """Starts the processes, and ends those that take too long."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def remake(self, data: bytes, type_: str) -> Picture:
        """The same picture without metadata."""
        try:
            async with asyncio.timeout(WITHIN_S), self._turns:
                answer = await _run(data, type_)
        except TimeoutError:
            raise retry("The picture could not be looked at in time. Send it again, or a smaller one.") from None
        first, _, made = answer.partition(b"\n")
        words = first.decode("ascii", "replace").split()
        if len(words) == 3:
            return Picture(words[0], int(words[1]), int(words[2]), made)
        if not answer:  # ended by one of its limits
            raise ChatError("too_large", "The picture takes too long to open. Send a screenshot of it.", field="file")
        if words == ["refused", "large"]:
            raise ChatError("too_large", "The picture has too many pixels: 40 million at most.", field="file")
        raise invalid("file", "The picture cannot be opened. Take it again, or send a screenshot of it.")


async def _run(data: bytes, type_: str) -> bytes:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(PROGRAM), type_, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}
    )
    try:
        answer, _ = await process.communicate(data)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return answer
