"""Pictures of every view of both faces: `python3 dev.py screenshots [FACE] [--look zh-light-phone] [--to FOLDER]`.

A face is a story: an async generator that goes through the product as people do and stops at each moment that is worth
a picture. Another view is another `yield` in `widget_story.py` or `console_story.py`.
"""

import argparse
import asyncio
import io
import sys
import tempfile
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, expect

from tests import services
from tests.mail_server import mail_server
from tests.screenshots.console_story import console_story
from tests.screenshots.scene import SIZES, Look, Scene, Shot, Story
from tests.screenshots.widget_story import widget_story
from tests.serving import serving

STORIES: Final[dict[str, Story]] = {"widget": widget_story, "console": console_story}
LOOKS: Final = tuple(Look(*one) for one in product(("zh-CN", "en"), ("light", "dark"), SIZES))
FOLDER: Final = Path(__file__).parent.parent.parent / "docs" / "screenshots"

SETTLE_MS: Final = 400
"""Words, pictures and parts of a page that arrive last."""

OURS: Final = {"official_domains": "tidepurse.com", "official_names": "Tidepurse,潮汐钱包"}
"""What the demo's links are measured by."""

expect.set_options(timeout=20_000)

WIDEST_PX: Final = 1_280
QUALITY: Final = 72


async def tell(story: Story, look: Look, browser: Browser, save: "Album") -> None:
    """Go through a story once, in one look, with a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            post = await stack.enter_async_context(mail_server())
            desk = {"smtp_url": post.url, "mail_from": "support@tidepurse.com", **OURS}
            served = await stack.enter_async_context(serving(Path(folder), "", demo=True, **desk))
            async for shot in story(Scene(look, served, browser, stack)):
                await save.take(shot, look)


class Album:
    """A folder of pictures, small enough to live beside the code."""

    def __init__(self, folder: Path, face: str) -> None:
        self._folder = folder
        self._face = face
        self.pictures: list[Path] = []

    async def take(self, shot: Shot, look: Look) -> None:
        """One picture, as WebP."""
        await shot.page.wait_for_timeout(SETTLE_MS)
        seen = await shot.page.screenshot(animations="disabled")
        picture = Image.open(io.BytesIO(seen)).convert("RGB")
        picture.thumbnail((WIDEST_PX, WIDEST_PX), Image.Resampling.LANCZOS)
        path = self._folder / f"{self._face}-{shot.name}-{look}.webp"
        picture.save(path, "WEBP", quality=QUALITY, method=6)
        self.pictures.append(path)
        print(path.name, f"{path.stat().st_size // 1_000} kB", flush=True)  # noqa: T201  (progress of a long command)


COVER: Final = (
    "02-start-zh-light-phone",
    "08-talking-zh-light-phone",
    "06-waiting-en-dark-phone",
    "11-survey-en-dark-phone",
)
"""The moments of the widget that stand side by side in the README."""

COVER_HEIGHT_PX: Final = 900
EDGE_PX: Final = 24


def cover(folder: Path, to: Path) -> None:
    """Put the best pictures of the widget side by side."""
    taken = [Image.open(folder / f"widget-{name}.webp") for name in COVER]
    shots = [one.resize((round(one.width * COVER_HEIGHT_PX / one.height), COVER_HEIGHT_PX)) for one in taken]
    width = sum(one.width + EDGE_PX for one in shots) + EDGE_PX
    sheet = Image.new("RGB", (width, COVER_HEIGHT_PX + 2 * EDGE_PX), "#ebe9e1")
    left = EDGE_PX
    for one in shots:
        sheet.paste(one, (left, EDGE_PX))
        left += one.width + EDGE_PX
    sheet.save(to, "WEBP", quality=QUALITY, method=6)


async def main(arguments: list[str]) -> int:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(prog="python3 dev.py screenshots", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("face", nargs="*", choices=[*STORIES, []], help="both when left out")
    parser.add_argument("--look", action="append", choices=[str(look) for look in LOOKS], help="all when left out")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where the pictures go")
    parser.add_argument("--cover", type=Path, help="put the widget's best side by side into this file")
    given = parser.parse_args(arguments)
    given.to.mkdir(parents=True, exist_ok=True)
    async with services.chromium() as browser:
        for face in given.face or STORIES:
            album = Album(given.to, face)
            for look in LOOKS:
                if not given.look or str(look) in given.look:
                    await tell(STORIES[face], look, browser, album)
    if given.cover:
        cover(given.to, given.cover)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
