"""Text files without secrets: what lets somebody in is taken out, and whatever the shield knows."""

import asyncio
from typing import Final

from chatserver.conversation.attachments.credentials import without_credentials
from chatserver.core.ports import Shield

BLOCK: Final = 16_000
"""Characters that the shield looks at in one go: a hundredth of a second in which nothing else runs."""

CARRIED_LINES: Final = 26
"""Lines that are looked at again with the next block: a phrase of 24 words may stand on a line each."""


async def without_secrets(text: str, shield: Shield) -> str:
    """The text of a file as it may be kept. Runs beside the event loop, a block at a time."""
    text = await asyncio.to_thread(without_credentials, text)
    kept: list[str] = []
    carried = ""
    for block in _blocks(text):
        cleaned = (await asyncio.to_thread(shield.clean, carried + block)).text
        lines = cleaned.splitlines(keepends=True)
        kept += lines[:-CARRIED_LINES]
        carried = "".join(lines[-CARRIED_LINES:])
    return "".join([*kept, carried])


def _blocks(text: str) -> list[str]:
    """Whole lines, about `BLOCK` characters of them at a time; a line that is longer is cut."""
    blocks: list[str] = []
    current = ""
    for line in text.splitlines(keepends=True):
        for start in range(0, len(line), BLOCK):
            current += line[start : start + BLOCK]
            if len(current) >= BLOCK:
                blocks.append(current)
                current = ""
    return [*blocks, current] if current else blocks
