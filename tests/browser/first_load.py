"""What a newcomer waits for and what it weighs: the wallet page with its loader, and the first tap on support.

Run it with `python3 dev.py frames first-load`. The network is a phone's (1.6 Mbit/s, 150 ms there and
back); the figures are the browser's own, the median of several newcomers.
"""

import asyncio
from statistics import median
from typing import Any, Final

import structlog
from playwright.async_api import Browser, Page, expect

from tests.browser.faces import PHONE, Wallet
from tests.browser.frames import desk

NEWCOMERS: Final = 5

PHONE_NETWORK: Final = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}

PAINTS: Final = """() => new Promise(resolve => {
  const found = {};
  for (const one of performance.getEntriesByType("paint")) found[one.name] = one.startTime;
  new PerformanceObserver((list, observer) => {
    const entries = list.getEntries();
    found.largest = entries[entries.length - 1].startTime;
    observer.disconnect();
    resolve(found);
  }).observe({type: "largest-contentful-paint", buffered: true});
})"""

LONG_TASKS: Final = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += Math.max(0, one.duration - 50); })
    .observe({type: "longtask", buffered: true});
  setTimeout(() => resolve(sum), 300);
})"""


class Scales:
    """Weighs what comes over the network."""

    def __init__(self) -> None:
        self.taken = 0.0

    async def watch(self, page: Page) -> None:
        """Count every byte that arrives, and let the network be a phone's."""
        session = await page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", self._finished)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", PHONE_NETWORK)

    def _finished(self, event: dict[str, Any]) -> None:
        self.taken += event["encodedDataLength"]

    def read(self) -> float:
        """Kilobytes since it was last asked."""
        taken, self.taken = self.taken, 0.0
        return taken / 1_000


async def newcomer(browser: Browser, address: str) -> dict[str, float]:
    """One who was never here."""
    context = await browser.new_context(locale="en", **PHONE)
    user = Wallet(await context.new_page())
    scales = Scales()
    await scales.watch(user.page)
    await user.page.goto(f"{address}/", wait_until="networkidle")
    paints = await user.page.evaluate(PAINTS)
    blocked = await user.page.evaluate(LONG_TASKS)
    figures = {
        "wallet page: first paint, ms": paints["first-contentful-paint"],
        "wallet page: largest paint, ms": paints["largest"],
        "wallet page: main thread blocked, ms": blocked,
        "wallet page: kB": scales.read(),
    }
    await user.page.get_by_test_id("user").select_option("")
    begin = await user.page.evaluate("performance.now()")
    await user.page.get_by_test_id("widget-open").click()
    await expect(user.at("want-agent")).to_be_visible()
    figures["from the tap to the first screen, ms"] = await user.page.evaluate("performance.now()") - begin
    begin = await user.page.evaluate("performance.now()")
    await user.at("start-bot").click()
    await expect(user.said_by("bot")).to_be_visible()
    figures["from asking to the first answer, ms"] = await user.page.evaluate("performance.now()") - begin
    await context.close()
    return figures


async def main() -> None:
    """Measure and print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with desk() as (served, browser, _):
        found = [await newcomer(browser, served.address) for _ in range(NEWCOMERS)]
    for name in found[0]:
        print(f"{name:<44} {median(one[name] for one in found):8.0f}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
