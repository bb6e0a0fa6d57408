"""How late the event loop is: whatever holds it up holds up every socket of the process."""

import asyncio
from typing import Final

from chatserver.core.distribution import LATENCY_BOUNDS_S, Distribution

EVERY_S: Final = 0.25
"""Between two looks: a stall longer than this is always seen."""


class LoopLag:
    """Sleeps again and again and counts by how much it wakes too late."""

    def __init__(self) -> None:
        self.seconds = Distribution(LATENCY_BOUNDS_S)

    async def run(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.seconds.add(max(0.0, loop.time() - due))
