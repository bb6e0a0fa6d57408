"""The widget in the web view of an app: the bridges of docs/widget.md, as iOS and Android offer them."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE, Face
from tests.people import SOON_S

BRIDGES = {
    # WKScriptMessageHandler takes objects; the way back is evaluateJavaScript with JSON text.
    "ios": """
      window.webkit = {messageHandlers: {chatserver: {postMessage(body) { window.toApp(JSON.stringify(body)); }}}};
      window.fromApp = text => chatserver.receive(text);
    """,
    # WebViewCompat.addWebMessageListener: text both ways.
    "android-listener": """
      window.chatserverNative = {postMessage: text => window.toApp(text)};
      window.fromApp = text => window.chatserverNative.onmessage({data: text});
    """,
    # addJavascriptInterface: methods that take nothing but text.
    "android-interface": """
      window.chatserverAndroid = {postMessage(text) {
        if (typeof text !== "string") throw new TypeError("only text");
        window.toApp(text);
      }};
      window.fromApp = text => chatserver.receive(text);
    """,
    # createWebMessageChannel: a port that comes from nobody.
    "android-port": """
      const channel = new MessageChannel();
      channel.port1.onmessage = ({data}) => window.toApp(data);
      window.fromApp = text => channel.port1.postMessage(text);
      addEventListener("load", () => setTimeout(() => window.dispatchEvent(
        new MessageEvent("message", {data: "chatserver/1", ports: [channel.port2]})), 200));
    """,
}


TTL_S = 300
"""How long a token of the app is good for."""


class App:
    """An app around a web view: hears what the widget says and answers as the document tells apps to."""

    def __init__(self, stage: Stage, page: Page, user: str) -> None:
        self.stage = stage
        self.page = page
        self.user = user
        self.heard: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self.sockets: list[WebSocket] = []
        self.frames: list[str] = []
        page.on("websocket", self._opened)
        self.asked_for_tokens = 0
        self.first_ttl_s = TTL_S

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framesent", self._passed)
        socket.on("framereceived", self._passed)

    def _passed(self, frame: str | bytes) -> None:
        self.frames.append(str(frame))
        self._news.set()

    def answered(self, command: str) -> bool:
        """Whether the server has answered a command of the widget."""
        asked = [frame.partition("[")[0][2:] for frame in self.frames if f'["{command}"' in frame]
        return any(frame.startswith(f"43{ack}[") for ack in asked for frame in self.frames)

    async def open(self, bridge: str, **hello: Any) -> Face:
        """Load the page with a bridge in it."""
        self.hello = {"locale": "en", "isIdentified": True, "isOpen": True} | hello
        await self.page.expose_function("toApp", self.hear)
        await self.page.add_init_script(BRIDGES[bridge])
        await self.page.goto(f"{self.stage.served.address}/widget{'?bridge=port' if bridge == 'android-port' else ''}")
        return Face(self.page, self.page)

    async def hear(self, text: str) -> None:
        """A message of the widget."""
        envelope = json.loads(text)
        assert envelope["mark"] == "chatserver/1"
        message = envelope["message"]
        self.heard.append(message)
        if message["type"] == "ready":
            await self.say(type="hello", **self.hello)
        elif message["type"] == "token_wanted":
            self.asked_for_tokens += 1
            ttl_s = self.first_ttl_s if self.asked_for_tokens == 1 else TTL_S
            token = self.stage.served.user_token(self.user, ttl_s=ttl_s) if self.user else None
            await self.say(type="token", request=message["request"], token=token)
        self._news.set()

    async def say(self, **message: Any) -> None:
        """A message of the app."""
        await self.page.evaluate(
            "text => window.fromApp(text)", json.dumps({"mark": "chatserver/1", "message": message})
        )

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What the widget has said of a kind."""
        return [one for one in self.heard if one["type"] == kind]

    async def hears(self, kind: str, **wanted: Any) -> None:
        """Wait until the widget has said something."""
        await self.until(lambda: any(wanted.items() <= one.items() for one in self.told(kind)))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until what the widget has said, to the app or the server, makes something true."""
        async with asyncio.timeout(SOON_S):
            while not holds():
                self._news.clear()
                await self._news.wait()


async def app(stage: Stage, user: str = "lin") -> App:
    """An app on a phone."""
    wallet = await stage.wallet("", locale="en", size=PHONE)
    return App(stage, await wallet.context.new_page(), user)


@pytest.mark.parametrize("bridge", BRIDGES)
async def test_an_app_is_the_host_of_a_whole_conversation(stage: Stage, bridge: str) -> None:
    ann = await stage.served.available("ann", skills=())
    around = await app(stage)
    widget = await around.open(bridge)
    await expect(widget.at("home")).to_be_visible()
    assert around.asked_for_tokens >= 1
    await widget.at("want-agent").click()
    await expect(widget.at("chat")).to_have_attribute("data-status", "active")
    assigned = await ann.wait_for("agent_assigned")
    conversation = assigned["conversation"]
    await around.hears("status", conversation=conversation, status="active")
    await around.hears("unread", count=0, isActive=True)
    await widget.say("from the app")
    said = await ann.wait_for("message_posted")
    assert (said["text"], said["by"]["name"]) == ("from the app", "Lin")  # as the app's token says
    await around.say(type="shown", isOpen=False)
    await ann.say(conversation, "hello there")
    await around.hears("unread", count=1, isActive=True)
    await around.say(type="shown", isOpen=True)
    await widget.hears("hello there")
    await around.until(lambda: around.told("unread")[-1]["count"] == 0)
    await widget.at("widget-close").click()
    await around.hears("close_wanted")
    tokens = [url for url in stage.guard.urls if "eyJ" in url]
    assert tokens == []


async def test_the_widget_follows_the_language_the_direction_and_the_look_of_the_app(stage: Stage) -> None:
    around = await app(stage)
    widget = await around.open("ios", locale="zh-Hans-CN", theme={"accent": "#7a1fa2", "scheme": "dark"})
    await expect(widget.at("title")).to_have_text("在线客服")
    root = around.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await around.say(type="locale", locale="ar", isRightToLeft=True)
    await expect(root).to_have_attribute("dir", "rtl")
    await expect(widget.at("title")).to_have_text("Support")
    await around.say(type="theme", theme={"scheme": "light"})
    await expect(root).to_have_attribute("data-theme", "light")
    await expect(root).to_have_css("--cs-accent", "#7a1fa2")


async def test_the_back_button_closes_what_is_on_top_and_in_the_end_the_widget(stage: Stage) -> None:
    around = await app(stage)
    widget = await around.open("android-listener")
    await expect(widget.at("home")).to_be_visible()
    await widget.at("menu").click()
    await expect(widget.at("menu-sheet")).to_be_visible()
    await around.say(type="back")
    await expect(widget.at("menu-sheet")).to_have_count(0)
    assert around.told("close_wanted") == []
    await around.say(type="back")
    await around.hears("close_wanted")


async def test_another_person_in_the_app_sees_nothing_of_the_one_before(stage: Stage) -> None:
    around = await app(stage)
    widget = await around.open("android-interface")
    await widget.at("start-bot").click()
    await widget.hears("automatic assistant")
    await widget.say("only mine")
    await widget.hears("only mine")
    around.user = "may"
    await around.say(type="identity", isIdentified=True)
    await expect(widget.at("home")).to_be_visible()
    await expect(widget.said).to_have_count(0)
    around.user = "lin"
    await around.say(type="identity", isIdentified=True)
    await widget.hears("only mine")


@pytest.mark.parametrize("settings", [{"ping_interval_s": 0.2}], ids=["quick"])
async def test_the_apps_token_is_asked_for_again_before_it_ends_and_nobody_is_sent_away(stage: Stage) -> None:
    around = await app(stage)
    around.first_ttl_s = 55
    widget = await around.open("android-listener")
    await expect(widget.at("home")).to_be_visible()
    await widget.at("start-bot").click()
    await widget.hears("automatic assistant")
    await around.until(lambda: around.answered("renew"))
    assert around.asked_for_tokens >= 2
    stage.served.clock.turn(seconds=100)  # the first one is worth nothing any more
    await widget.say("still here")
    await widget.hears("still here")
    seen = around.frames.count("2")
    await around.until(lambda: around.frames.count("2") >= seen + 2)  # at each ping the server looks at the token
    assert [socket.is_closed() for socket in around.sockets] == [False]
    await expect(widget.at("status-line")).to_be_hidden()


async def test_what_is_no_message_of_the_app_is_not_heard(stage: Stage) -> None:
    around = await app(stage)
    widget = await around.open("ios")
    await expect(widget.at("home")).to_be_visible()
    for text in ("{", "null", "[]", '{"mark": "other/1", "message": {"type": "back"}}', '{"mark": "chatserver/1"}'):
        await around.page.evaluate("text => window.fromApp(text)", text)
    forged = {"mark": "chatserver/1", "message": {"type": "locale", "locale": "zh-CN"}}
    await around.page.evaluate("message => window.postMessage(message, '*')", forged)
    # What the app says by the same way comes after all of that.
    await around.say(type="theme", theme={"scheme": "dark"})
    await expect(around.page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(widget.at("title")).to_have_text("Support")
    assert around.told("close_wanted") == []


async def test_an_app_that_promised_a_port_and_brings_none_leaves_a_page_that_works(stage: Stage) -> None:
    wallet = await stage.wallet("", locale="en", size=PHONE)
    await wallet.page.goto(f"{stage.served.address}/widget?bridge=port")
    widget = Face(wallet.page, wallet.page)
    await expect(widget.at("home")).to_be_visible()
    await expect(widget.at("widget-close")).to_have_count(0)
