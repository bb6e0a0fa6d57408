"""What a story needs to come to the moments that are photographed: the demo, people, and how a page shall look."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from playwright.async_api import Browser, Page

from chatserver import demo
from tests.browser.faces import Console, Viewport, Wallet
from tests.serving import PASSWORD, Served

TOUCH: Final = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}

SIZES: Final[dict[str, Viewport]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, **TOUCH},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}


@dataclass(frozen=True)
class Look:
    """How a page shall look: `theme` is light or dark, `size` one of SIZES."""

    locale: str
    theme: str
    size: str

    def __str__(self) -> str:
        return f"{'zh' if self.locale.startswith('zh') else 'en'}-{self.theme}-{self.size}"


@dataclass(frozen=True)
class Shot:
    """A moment that is worth a picture."""

    name: str
    page: Page


class Scene:
    """One look, one fresh demo, everybody in it."""

    def __init__(self, look: Look, served: Served, browser: Browser, stack: AsyncExitStack) -> None:
        self.look = look
        self.served = served
        self._browser = browser
        self._stack = stack

    def say(self, chinese: str, english: str) -> str:
        """The words in the language of this look."""
        return chinese if self.look.locale == "zh-CN" else english

    async def page(self) -> Page:
        """An empty page of this look."""
        options: dict[str, Any] = {"locale": self.look.locale, "color_scheme": self.look.theme}
        context = await self._browser.new_context(**options, **SIZES[self.look.size], reduced_motion="reduce")
        self._stack.push_async_callback(context.close)
        return await context.new_page()

    async def wallet(self, user: str | None = None) -> Wallet:
        """A demo user in front of the wallet."""
        wallet = Wallet(await self.page())
        await wallet.visit(self.served.address, self.say("lin", "alex") if user is None else user)
        return wallet

    async def demo_agent(self, name: str) -> Console:
        """An agent of the demo at the desk, offline."""
        console = Console(await self.page())
        await console.sign_in(self.served.address, f"{name}@demo.tidepurse.example", demo.PASSWORD)
        return console

    async def agent(self, name: str, **account: Any) -> Console:
        """An agent with an account of this story at the desk, offline."""
        if name not in self.served.accounts:
            await self.served.account(name, **account)
        console = Console(await self.page())
        await console.sign_in(self.served.address, f"{name}@x.io", PASSWORD)
        return console

    async def answers(self, page: Page, path: str, body: object) -> None:
        """Let the server seem to answer a GET with this: for what takes hours to come about."""
        text = json.dumps(body)
        await page.context.route(f"**{path}", lambda route: route.fulfill(body=text, content_type="application/json"))


Story = Callable[[Scene], AsyncIterator[Shot]]
