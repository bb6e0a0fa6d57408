"""A stage for each test: the demo served in this process, and browsers for the people who meet there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from structlog.testing import capture_logs

from chatserver import demo
from tests import services
from tests.browser.faces import DESKTOP, Console, Viewport, Wallet
from tests.browser.guard import Guard
from tests.serving import PASSWORD, Served, serving

HERE: Final = Path(__file__).parent
LONGEST_WAIT_MS: Final = 15_000
"""Far more than a page takes on a busy machine; only a failing test waits for it."""

BEAT_S: Final = 10.0
"""A process tells this often that it lives."""

CAN_MAIL: Final = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "support@wallet.example"}
"""Settings of a desk that promises copies by mail, for tests that do not wait for one."""

expect.set_options(timeout=LONGEST_WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser serves all tests of a worker, so they share its event loop."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium without pages."""
    async with services.chromium() as running:
        yield running


class Stage:
    """The product and everybody in front of it, each in a browser of their own."""

    def __init__(self, served: Served, browser: Browser, stack: AsyncExitStack) -> None:
        self.served = served
        self.browser = browser
        self.guard = Guard(served.address)
        self._stack = stack

    async def wallet(self, user: str = "lin", *, locale: str = "zh-CN", size: Viewport = DESKTOP) -> Wallet:
        """A demo user in front of the wallet, or nobody known when empty."""
        wallet = Wallet(await self._page(locale, size))
        await wallet.visit(self.served.address, user)
        return wallet

    async def console(self, *, locale: str = "zh-CN", size: Viewport = DESKTOP) -> Console:
        """Somebody at the desk who has not signed in."""
        console = Console(await self._page(locale, size))
        await console.page.goto(f"{self.served.address}/console")
        return console

    async def demo_agent(self, name: str, *, locale: str = "zh-CN", size: Viewport = DESKTOP) -> Console:
        """An agent of the demo at the desk, offline."""
        console = Console(await self._page(locale, size))
        await console.sign_in(self.served.address, f"{name}@demo.tidepurse.example", demo.PASSWORD)
        return console

    async def agent(self, name: str, *, locale: str = "zh-CN", size: Viewport = DESKTOP, **account: Any) -> Console:
        """An agent with an account of this test at the desk, offline."""
        if name not in self.served.accounts:
            await self.served.account(name, **account)
        console = Console(await self._page(locale, size))
        await console.sign_in(self.served.address, f"{name}@x.io", PASSWORD)
        return console

    async def pass_time(self, seconds: float) -> None:
        """Turn the clock, in steps as small as a process that lives is heard of, and let it decide."""
        while seconds > 0:
            self.served.clock.turn(seconds=min(seconds, BEAT_S))
            await self.served.app.desk.sweep.beat()
            seconds -= BEAT_S
        await self.served.sweep()

    async def _page(self, locale: str, size: Viewport) -> Any:
        # Without a graphics card every moving dot costs the machine that runs the tests.
        context = await self.browser.new_context(locale=locale, reduced_motion="reduce", **size)
        self._stack.push_async_callback(context.close)
        context.set_default_timeout(LONGEST_WAIT_MS)
        await self.guard.watch(context)
        return await context.new_page()


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path, redis_url: str, browser: Browser, settings: dict[str, Any]) -> AsyncIterator[Stage]:
    """The demo with the settings of the test; what its pages must never do fails the test."""
    with capture_logs() as lines:
        async with serving(tmp_path / "data", redis_url, demo=True, **settings) as served, AsyncExitStack() as stack:
            stage = Stage(served, browser, stack)
            yield stage
    assert stage.guard.unforgiven() == []
    assert [line for line in lines if line["log_level"] in {"error", "critical", "exception"}] == []


@pytest.fixture
def settings() -> dict[str, Any]:
    """Settings of the server; a test that needs others parametrizes this."""
    return {}
