"""The widget on a page of another origin: by script tag and from npm, heard and spoken to by exact origins only."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Wallet

SDK: Final = Path(__file__).parent.parent.parent / "web_widget" / "sdk" / "dist" / "index.js"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


PORT: Final = free_port()
HOST_PORT: Final = free_port()
HOST: Final = f"http://localhost:{HOST_PORT}"
STRANGER: Final = f"http://127.0.0.1:{HOST_PORT}"
"""Two names of one site: two origins, of which the server knows the first."""

ALLOWED: Final = {"allowed_origins": f"{HOST},http://127.0.0.1:{PORT}", "port": PORT}
"""As docs/widget.md says: the page, and the server itself, from which the frame connects."""

HEARD = """
  window.heard = [];
  for (const name of ["open", "close", "unread", "status"])
    chatserver.push(["on", name, detail => heard.push([name, detail])]);
"""


@asynccontextmanager
async def site(body: str) -> AsyncIterator[None]:
    """A site of somebody else's, with these scripts on its page."""
    html = f"<!doctype html><html lang=en><title>Host</title><body><h1>Host</h1>{body}</body></html>"

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    async def sdk(_: web.Request) -> web.Response:
        return web.Response(text=SDK.read_text(), content_type="text/javascript")

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/sdk.js", sdk)])
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", HOST_PORT).start()
        yield
    finally:
        await runner.cleanup()


async def visitor(stage: Stage, origin: str) -> Wallet:
    """Somebody in front of that page."""
    stage.guard.forgive(f"foreign host asked: {HOST}", f"foreign host asked: {STRANGER}", "favicon.ico")
    page = await (await stage.wallet("", locale="en")).context.new_page()
    await page.goto(f"{origin}/")
    return Wallet(page)


async def heard(page: Page, name: str) -> list[Any]:
    """What the page was told under a name."""
    return [detail for kind, detail in await page.evaluate("window.heard") if kind == name]


@pytest.mark.parametrize("settings", [ALLOWED], ids=["allowed"])
async def test_a_script_tag_brings_the_chat_and_calls_made_before_it_loaded_are_kept(stage: Stage) -> None:
    token = stage.served.user_token("lin")
    body = f"""
      <script>
        window.chatserver = window.chatserver || [];
        chatserver.push(["identify", async () => "{token}"]);
        {HEARD}
        chatserver.push(["theme", {{accent: "#7a1fa2"}}]);
      </script>
      <script async src="{stage.served.address}/widget.js"></script>"""
    ann = await stage.served.available("ann", skills=())
    async with site(body):
        user = await visitor(stage, HOST)
        await expect(user.page.get_by_test_id("widget-open")).to_have_css("background-color", "rgb(122, 31, 162)")
        await expect(user.page.get_by_test_id("widget-frame")).to_have_count(0)  # nothing is loaded before it is wanted
        await user.call_support()
        await user.ask_for_a_person()
        await user.is_in("active")
        conversation = (await ann.wait_for("agent_assigned"))["conversation"]
        await user.say("across origins")
        said = await ann.wait_for("message_posted")
        assert (said["text"], said["by"]["name"]) == ("across origins", "Lin")
        await user.at("widget-close").click()
        await ann.say(conversation, "unread")
        await expect(user.page.get_by_test_id("widget-open")).to_contain_text("1")
        assert (await heard(user.page, "unread"))[-1] == 1
        assert {"conversation": conversation, "status": "active"} in await heard(user.page, "status")
        assert len(await heard(user.page, "open")) == len(await heard(user.page, "close")) == 1
        await user.page.evaluate("chatserver.push(['logout'])")
        await user.page.evaluate("chatserver.push(['open'])")
        await expect(user.at("home")).to_be_visible()
        await expect(user.said).to_have_count(0)
        assert (
            await user.page.evaluate(
                "(() => { try { chatserver.push(['eval']) } catch (error) { return error.name } })()"
            )
            == "TypeError"
        )


@pytest.mark.parametrize("settings", [ALLOWED], ids=["allowed"])
async def test_the_package_puts_the_same_chat_on_a_page(stage: Stage) -> None:
    token = stage.served.user_token("may")
    body = f"""
      <script type="module">
        import {{ createChat }} from "/sdk.js";
        window.heard = [];
        window.chat = createChat({{ server: "{stage.served.address}", locale: "zh-CN" }});
        chat.identify(async () => "{token}");
        chat.on("open", () => heard.push(["open", null]));
        chat.open();
      </script>"""
    async with site(body):
        user = await visitor(stage, HOST)
        await expect(user.at("title")).to_have_text("在线客服")
        await user.at("start-bot").click()
        await user.say("来自 npm")
        await user.hears("来自 npm")
        assert len(await heard(user.page, "open")) == 1
        await user.page.evaluate("chat.locale('en')")
        await expect(user.at("menu")).to_have_attribute("aria-label", "Menu")
        assert await user.page.evaluate("document.querySelectorAll('#chatserver-widget').length") == 1


@pytest.mark.parametrize("settings", [ALLOWED], ids=["allowed"])
async def test_a_page_that_is_not_named_gets_no_chat(stage: Stage) -> None:
    stage.guard.forgive("frame-ancestors", "refused to connect", "ERR_BLOCKED_BY_RESPONSE")
    body = f'<script async src="{stage.served.address}/widget.js"></script>'
    async with site(body):
        user = await visitor(stage, STRANGER)
        async with user.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
            await user.page.get_by_test_id("widget-open").click()
        await expect(user.root.locator("#app")).to_have_count(0)
