"""The two faces of the product, as the people in front of them use them: by what they see, never by style."""

from array import array
from collections.abc import Sequence
from typing import Any

from playwright.async_api import BrowserContext, FilePayload, FrameLocator, Locator, Page, expect

TEXTS_OF = """bubbles => bubbles.map(bubble => {
  const copy = bubble.cloneNode(true);
  for (const host of copy.querySelectorAll("[data-testid=link-host]")) host.remove();
  return copy.textContent;
})"""
"""What was written, code point for code point, without the hosts that the page adds to links."""


PASTE = """(box, units) => {
  box.value = String.fromCharCode(...units);
  box.dispatchEvent(new InputEvent("input", {bubbles: true}));
}"""
"""The way to the browser knows only whole signs, so their halves go as numbers."""


class Face:
    """A page with a conversation on it; `root` is where the conversation is drawn."""

    def __init__(self, page: Page, root: Page | FrameLocator) -> None:
        self.page = page
        self.root = root

    @property
    def context(self) -> BrowserContext:
        """The browser, as far as this person is concerned."""
        return self.page.context

    def at(self, test_id: str, **having: str) -> Locator:
        """Elements by `data-testid` and further `data-…` attributes."""
        more = "".join(f'[data-{name}="{value}"]' for name, value in having.items())
        return self.root.locator(f'[data-testid="{test_id}"]{more}')

    @property
    def said(self) -> Locator:
        """The bubbles of everything that was said and is kept."""
        return self.at("message-text")

    def said_by(self, role: str) -> Locator:
        """The bubbles of one side."""
        return self.at("message", role=role).get_by_test_id("message-text")

    @property
    def composer(self) -> Locator:
        """Where one writes."""
        return self.at("composer")

    async def texts(self) -> list[str]:
        """What was said, code point for code point."""
        return list(await self.said.evaluate_all(TEXTS_OF))

    async def say(self, text: str) -> None:
        """Write and send, by the keyboard."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def paste(self, text: str) -> None:
        """Put anything into the box that a string can hold, half of a sign too."""
        units = array("H", text.encode("utf-16", "surrogatepass"))[1:]  # without the mark that tells the order
        await self.composer.evaluate(PASTE, units.tolist())

    async def hears(self, text: str) -> None:
        """Wait until something was said, exactly once."""
        await expect(self.said.filter(has_text=text)).to_have_count(1)

    async def sees(self, texts: Sequence[str]) -> None:
        """Wait until exactly this was said, in this order, and nothing is on its way."""
        await expect(self.said).to_have_text(texts)
        await expect(self.at("outgoing")).to_have_count(0)

    async def reads(self, sentence: str) -> None:
        """Wait until a line about what happened says this."""
        await expect(self.at("line").filter(has_text=sentence)).not_to_have_count(0)


class Wallet(Face):
    """A user in front of the wallet with the widget on it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, page.frame_locator('[data-testid="widget-frame"]'))

    async def visit(self, address: str, user: str) -> None:
        """Open the wallet as a demo user, or as nobody when empty."""
        await self.page.goto(f"{address}/")
        await expect(self.page.locator('[data-testid="user"] option')).not_to_have_count(1)
        await self.page.get_by_test_id("user").select_option(user)

    async def call_support(self) -> None:
        """The one tap that opens the chat."""
        await self.page.get_by_test_id("widget-open").click()
        await expect(self.at("home").or_(self.at("chat"))).to_be_visible()

    async def choose(self, topic: str) -> None:
        """Say what it is about."""
        await self.at("topic", topic=topic).click()
        await expect(self.at("topic", topic=topic)).to_have_attribute("aria-pressed", "true")

    async def ask_for_a_person(self) -> None:
        """From the start or from the assistant."""
        await self.at("want-agent").click()

    async def is_in(self, status: str) -> None:
        """Wait until the conversation on screen has this status."""
        await expect(self.at("chat")).to_have_attribute("data-status", status)

    async def open_menu(self) -> None:
        """What the three dots lead to."""
        await self.at("menu").click()
        await expect(self.at("menu-sheet")).to_be_visible()

    async def speak(self, locale: str) -> None:
        """Choose a language."""
        await self.open_menu()
        await self.at(f"language-{locale}").click()
        await expect(self.at(f"language-{locale}")).to_have_attribute("aria-pressed", "true")
        await self.at("sheet-close").click()
        await expect(self.at("menu-sheet")).to_have_count(0)

    async def attach(self, *files: FilePayload) -> None:
        """Choose files for the next message: each `{name, mimeType, buffer}`."""
        before = await self.at("tray-file").count()
        await self.at("file-input").set_input_files(files)
        await expect(self.at("tray-file")).to_have_count(before + len(files))

    async def rate(self, score: int, *, solved: bool | None = None, comment: str = "") -> None:
        """Answer the survey."""
        await self.at(f"rate-score-{score}").check(force=True)
        if solved is not None:
            await self.at(f"rate-solved-{'yes' if solved else 'no'}").check(force=True)
        if comment:
            await self.at("rate-comment").fill(comment)
        await self.at("rate-submit").click()
        await expect(self.at("rated")).to_be_visible()


class Console(Face):
    """An agent in front of the desk."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, page)

    async def sign_in(self, address: str, email: str, password: str) -> None:
        """Come to the desk."""
        await self.page.goto(f"{address}/console")
        await self.at("signin-email").fill(email)
        await self.at("signin-password").fill(password)
        await self.at("signin-submit").click()
        await expect(self.at("sign-out")).to_be_visible()

    async def speak(self, locale: str) -> None:
        """Choose the language of the console."""
        await self.at("settings-open").click()
        await self.at(f"language-{locale}").click()
        await self.page.keyboard.press("Escape")
        await expect(self.at("settings")).to_have_count(0)

    async def go(self, status: str) -> None:
        """Be available, away or offline."""
        await self.at(f"presence-{status}").click()
        await expect(self.at("presence")).to_have_attribute("data-status", status)

    def item(self, **having: str) -> Locator:
        """Conversations on the desk."""
        return self.at("conversation-item", **having)

    async def take(self, index: int = 0) -> str:
        """Look at a conversation of the list and return its id."""
        item = self.item().nth(index)
        await item.click()
        chat = self.at("chat")
        await expect(chat).to_be_visible()
        return str(await chat.get_attribute("data-id"))

    async def is_in(self, status: str) -> None:
        """Wait until the conversation on screen has this status."""
        await expect(self.at("chat")).to_have_attribute("data-status", status)

    async def note(self, text: str) -> None:
        """Write what only colleagues may see."""
        await self.at("mode-note").click()
        await self.say(text)
        await expect(self.at("note").filter(has_text=text)).to_have_count(1)
        await self.at("mode-reply").click()

    async def hand_off(self, reason: str, note: str = "") -> None:
        """Give it to the other tier."""
        await self.at("handoff-open").click()
        await self.at("handoff-reason").fill(reason)
        await self.at("handoff-note").fill(note)
        await self.at("handoff-submit").click()
        await expect(self.at("handoff-dialog")).to_have_count(0)

    async def transfer(self, agent: str, note: str = "") -> None:
        """Offer it to a colleague."""
        await self.at("transfer-open").click()
        await self.at("transfer-agent", id=agent).check()
        await self.at("transfer-note").fill(note)
        await self.at("transfer-submit").click()
        await expect(self.at("transfer-dialog")).to_have_count(0)

    async def close(self, outcome: str) -> None:
        """End the conversation with its disposition."""
        await self.at("close-open").click()
        await self.at(f"outcome-{outcome}").check()
        await self.at("close-submit").click()
        await self.is_in("closed")

    async def show_details(self) -> Locator:
        """What is known about the conversation, wherever the screen has room for it."""
        if not await self.at("details").is_visible():
            await self.at("details-toggle").click()
        await expect(self.at("details")).to_be_visible()
        return self.at("details")

    async def hide_details(self) -> None:
        """Put them away by the button that is in reach."""
        narrow = self.at("details-close")
        await (narrow if await narrow.is_visible() else self.at("details-toggle")).click()
        await expect(self.at("details")).to_be_hidden()


Viewport = dict[str, Any]
DESKTOP: Viewport = {"viewport": {"width": 1280, "height": 800}}
PHONE: Viewport = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
