"""The first seconds: what somebody does while things become known is neither lost nor undone."""

import re
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Wallet

SENTENCE = "it went out at nine this morning and has not come in since"


class Line:
    """The socket of a widget, on which what the server says can be kept back."""

    def __init__(self) -> None:
        self.is_held = False
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []

    async def hold(self, user: Wallet) -> None:
        """Keep back what comes from now on, also on sockets to come."""
        self.is_held = True
        await user.context.route_web_socket(re.compile("socket.io"), self._carry)

    def let_go(self) -> None:
        """Let everything through, in order."""
        self.is_held = False
        for route, message in self._kept:
            route.send(message)

    def _carry(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def heard(message: str | bytes) -> None:
            if self.is_held:
                self._kept.append((route, message))
            else:
                route.send(message)

        route.on_message(server.send)
        server.on_message(heard)


async def opening(stage: Stage) -> tuple[Wallet, Line]:
    """Somebody whose conversation has begun on their side only."""
    user, line = await stage.wallet("alex", locale="en"), Line()
    await line.hold(user)
    line.is_held = False
    await user.call_support()
    line.is_held = True
    await user.composer.fill("my transfer is late")
    await user.page.keyboard.press("Enter")
    return user, line


async def test_keys_and_focus_survive_the_moment_in_which_a_conversation_gets_its_id(stage: Stage) -> None:
    user, line = await opening(stage)
    keyboard = user.page.keyboard
    half = len(SENTENCE) // 2
    await user.is_in("opening")
    await keyboard.type(SENTENCE[:half])
    await user.composer.evaluate("box => { box.isTheSame = true; }")
    line.let_go()
    await keyboard.type(SENTENCE[half:], delay=5)
    await user.is_in("bot")
    await expect(user.composer).to_be_focused()
    await expect(user.composer).to_have_value(SENTENCE)
    assert await user.composer.evaluate("box => box.isTheSame")
    await user.page.reload()
    await expect(user.composer).to_have_value(SENTENCE)  # kept where it belongs now
    await user.composer.press("Enter")
    await user.hears(SENTENCE)


async def test_signs_that_are_being_composed_survive_it_too(stage: Stage) -> None:
    user, line = await opening(stage)
    await user.is_in("opening")
    await expect(user.composer).to_be_focused()
    ime = await user.context.new_cdp_session(user.page)

    async def compose(text: str) -> None:
        await ime.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )

    await compose("zhuan")
    line.let_go()
    await user.is_in("bot")
    await compose("zhuan'zhang")
    await ime.send("Input.insertText", {"text": "转账"})
    await expect(user.composer).to_have_value("转账")


@pytest.mark.parametrize("way", ["Escape", "cross"])
async def test_a_menu_opened_before_anything_is_known_stays_and_gives_the_focus_back(stage: Stage, way: str) -> None:
    user, line = await stage.wallet("alex", locale="en"), Line()
    await line.hold(user)
    await user.page.get_by_test_id("widget-open").click()
    await user.open_menu()
    sheet: Any = await user.at("menu-sheet").element_handle()
    line.let_go()
    await expect(user.at("home")).to_be_visible()
    await expect(user.at("topic").first).to_be_visible()
    assert await sheet.evaluate("one => one.isConnected")
    await user.at("language-zh-CN").click()
    await expect(user.at("greeting")).to_contain_text("您好")
    await (user.page.keyboard.press("Escape") if way == "Escape" else user.at("sheet-close").click())
    await expect(user.at("menu-sheet")).to_have_count(0)
    await expect(user.at("menu")).to_be_focused()
    await user.ask_for_a_person()
    await user.open_menu()
    await expect(user.at("close")).to_be_visible()  # the menu of a conversation ends it
