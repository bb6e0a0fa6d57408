"""What a frame of the widget costs while somebody scrolls through five thousand messages, and while more come in.

Run it with `python3 dev.py frames widget`; measured as the console is, by Chromium's own trace.
"""

import asyncio
from functools import partial
from typing import Final

import structlog
from playwright.async_api import expect
from sqlalchemy import Connection

from chatserver.conversation.events import By, MessagePosted
from chatserver.conversation.log import append
from chatserver.conversation.states import Change
from chatserver.conversation.store import read_head
from tests.browser.faces import PHONE, Wallet
from tests.browser.frames import FRAME_US, WORDS, desk, line, traced
from tests.people import Person
from tests.serving import Served

MESSAGES: Final = 5_000


AT_ONCE: Final = 500
"""Messages written in one transaction."""


async def fill(served: Served, conversation: str, agent: Person) -> None:
    """Write the messages straight into the log, as quickly as a database can."""
    by = By("agent", agent.id, agent.name)

    def unit(conn: Connection, first: int) -> None:
        head = read_head(conn, conversation)
        assert head is not None
        said = tuple(MessagePosted(text=f"{number} {WORDS}") for number in range(first, first + AT_ONCE))
        append(conn, head, Change(said), by, served.clock.now())

    for first in range(0, MESSAGES, AT_ONCE):
        await served.app.database.write(partial(unit, first=first))


async def speak(agent: Person, conversation: str) -> None:
    """An agent who never stops."""
    number = 0
    while True:
        await agent.call("send_message", conversation=conversation, key=f"n{number}", text=f"{number} {WORDS}")
        await asyncio.sleep(0.5)
        number += 1


async def main() -> None:
    """Measure and print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with desk() as (served, browser, stack):
        agent = await served.available("ann", skills=())
        context = await browser.new_context(locale="zh-CN", **PHONE)
        stack.push_async_callback(context.close)
        user = Wallet(await context.new_page())
        lin = await served.user("lin")
        conversation = await served.chat(lin, agent)
        await fill(served, conversation, agent)
        await user.visit(served.address, "lin")
        await user.page.get_by_test_id("widget-open").click()
        await expect(user.said.last).to_contain_text(f"{MESSAGES - 1} ", timeout=60_000)
        drawn = await user.at("message").count()
        print(f"{MESSAGES} messages, {drawn} of them in the page; a frame has {FRAME_US / 1000:.1f} ms")  # noqa: T201
        print(f"{'CPU ms of a frame':<44} {'p50':>6} {'p95':>6} {'p99':>6} {'max':>6}   over 16.7 ms")  # noqa: T201
        log = user.at("log")
        await log.hover()
        print(line("scrolling up and down", await traced(browser, user.page, scroll_in(user))))  # noqa: T201
        together = await traced(browser, user.page, scroll_in(user), speak(agent, conversation))
        print(line("… while two messages a second come in", together))  # noqa: T201


async def scroll_in(user: Wallet) -> None:
    """Flings, a screen and a half at a time, and the way to the very top and back."""
    log = user.at("log")
    while True:
        for step in (-900, 900):
            for _ in range(25):
                await log.evaluate("(box, step) => box.scrollBy(0, step)", step)
                await asyncio.sleep(0.03)
        await log.evaluate("box => { box.scrollTop = 0; }")
        await asyncio.sleep(0.3)
        await log.evaluate("box => { box.scrollTop = box.scrollHeight; }")
        await asyncio.sleep(0.3)


if __name__ == "__main__":
    asyncio.run(main())
