"""What a frame of the console costs: thirty open chats, messages at a rate, somebody typing and scrolling.

Run it with `python3 dev.py frames`. Chromium's own trace says how long the page's main thread computed in every
sixtieth of a second: CPU time, so that other programs on the machine do not count.
"""

import asyncio
import json
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import structlog
from playwright.async_api import Browser, Page, expect

from chatserver.infra.embedded_redis import EmbeddedRedis
from tests import services
from tests.browser.faces import DESKTOP, Console
from tests.people import Person
from tests.serving import PASSWORD, Served, serving

CHATS: Final = 30
LONG: Final = 3_000
"""Messages of the chat on screen."""

FRAME_US: Final = 16_667
LASTS_S: Final = 20.0
WORDS: Final = "您好，转账还没有到账，订单号是 20261125，麻烦帮我查一下可以吗？Thanks a lot in advance!"


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[Served, Browser, AsyncExitStack]]:
    """A served product with room for everybody, and a browser."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis = await stack.enter_async_context(EmbeddedRedis(folder))
        browser = await stack.enter_async_context(services.chromium())
        served = await stack.enter_async_context(
            serving(folder / "data", redis.url, demo=True, agent_capacity=CHATS, first_reply_s=3600)
        )
        yield served, browser, stack


async def crowd(served: Served) -> list[tuple[Person, str]]:
    """Users in conversations, the first of them with a long one."""
    people = []
    for number in range(CHATS):
        user = await served.user(f"u{number}", name=f"用户 {number}")
        started = await user.call("start_conversation", key="k", text=WORDS, topic="transfer", want_agent=True)
        people.append((user, started["conversation"]["id"]))
    user, conversation = people[0]
    for number in range(LONG):
        await user.call("send_message", conversation=conversation, key=f"l{number}", text=f"{number} {WORDS}")
    return people


async def pump(people: list[tuple[Person, str]], a_minute: int) -> None:
    """Everybody types and speaks in turn; every third message falls into the chat on screen."""
    number = 0
    while True:
        user, conversation = people[0 if number % 3 == 0 else number % CHATS]
        await user.call("typing", conversation=conversation, on=True, draft=WORDS[: number % 40])
        await asyncio.sleep(30 / a_minute)
        await user.call("send_message", conversation=conversation, key=f"p{a_minute}-{number}", text=WORDS)
        await asyncio.sleep(30 / a_minute)
        number += 1


async def write(page: Page) -> None:
    """An agent who types without a pause."""
    while True:
        await page.keyboard.type("已经为您查询，稍等。", delay=120)


async def scroll(page: Page) -> None:
    """An agent who reads upwards and down again."""
    await page.get_by_test_id("log").hover()
    while True:
        for step in (-600, 600):
            for _ in range(20):
                await page.mouse.wheel(0, step)
                await asyncio.sleep(0.05)


async def traced(browser: Browser, page: Page, *doing: Any) -> list[float]:
    """Milliseconds of CPU in each frame while these things are being done."""
    tasks = [asyncio.ensure_future(one) for one in doing]
    await browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    await asyncio.sleep(LASTS_S)
    trace = await browser.stop_tracing()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return frames_of(json.loads(trace)["traceEvents"])


def frames_of(events: list[dict[str, Any]]) -> list[float]:
    """CPU time of the busiest renderer's main thread by frame, in milliseconds."""
    mains = {(one["pid"], one["tid"]) for one in events if one.get("args", {}).get("name") == "CrRendererMain"}
    frames: dict[tuple[int, int], dict[int, float]] = {main: defaultdict(float) for main in mains}
    for one in events:
        thread = (one.get("pid"), one.get("tid"))
        if one.get("name") == "ThreadControllerImpl::RunTask" and thread in mains:
            frames[thread][one["ts"] // FRAME_US] += one.get("tdur", one.get("dur", 0)) / 1000
    busiest = max(frames.values(), key=lambda one: sum(one.values()))
    idle = round(LASTS_S * 1_000_000 / FRAME_US) - len(busiest)
    return [*busiest.values(), *([0.0] * max(0, idle))]


def line(name: str, frames: list[float]) -> str:
    """One line of the table."""
    cuts = quantiles(frames, n=1000)
    worst = max(frames)
    over = sum(one > FRAME_US / 1000 for one in frames)
    figures = " ".join(f"{one:6.1f}" for one in (cuts[499], cuts[949], cuts[989], worst))
    return f"{name:<44} {figures} {over:6d} of {len(frames)}"


async def main() -> None:
    """Measure and print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with desk() as (served, browser, stack):
        await served.account("ann", capacity=CHATS)
        context = await browser.new_context(locale="zh-CN", **DESKTOP)
        stack.push_async_callback(context.close)
        console = Console(await context.new_page())
        await console.sign_in(served.address, "ann@x.io", PASSWORD)
        await console.go("available")
        people = await crowd(served)
        await expect(console.item()).to_have_count(CHATS)
        await console.item(id=people[0][1]).click()
        await console.composer.click()
        await asyncio.sleep(3)
        print(f"{'CPU ms of a frame':<44} {'p50':>6} {'p95':>6} {'p99':>6} {'max':>6}   over 16.7 ms")  # noqa: T201
        for a_minute in (200, 2_000):
            frames = await traced(browser, console.page, pump(people, a_minute), write(console.page))
            print(line(f"{CHATS} chats, {a_minute} messages a minute, typing", frames))  # noqa: T201
        frames = await traced(browser, console.page, pump(people, 200), scroll(console.page))
        print(line(f"scrolling {LONG} messages, 200 a minute", frames))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
