"""Asks axe what stands in the way of people who do not see, hear or move as others do."""

from pathlib import Path
from typing import Final

from playwright.async_api import Page

SCRIPT: Final = Path(__file__).parent.parent.parent / "web_widget" / "node_modules" / "axe-core" / "axe.min.js"

RUN: Final = """async () => {
  const {violations} = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
    iframes: false,
  });
  return violations.map(({id, impact, nodes}) => ({id, impact, nodes: nodes.map(one => one.html.slice(0, 200))}));
}"""

SERIOUS: Final = ("serious", "critical")


async def serious_faults(page: Page) -> list[str]:
    """What axe finds serious or worse in a page and its frames."""
    found: list[str] = []
    for frame in page.frames:
        if frame.url == "about:blank":
            continue
        await frame.evaluate(SCRIPT.read_text())
        faults = await frame.evaluate(RUN)
        found += [f"{one['id']}: {one['nodes']}" for one in faults if one["impact"] in SERIOUS]
    return found
