"""The widget, from the button on the wallet to the rating, with everything that may happen on the way."""

import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload

from tests.browser.faces import Wallet
from tests.people import Person
from tests.screenshots.scene import Scene, Shot

FORM = {
    "id": "withdraw",
    "zh": "提现没到账",
    "en": "My withdrawal has not arrived",
    "fields": [
        {"id": "order", "label": {"zh": "订单号", "en": "Order number"}, "kind": "order", "required": True},
        {
            "id": "amount",
            "label": {"zh": "金额", "en": "Amount"},
            "kind": "amount",
            "required": False,
            "hint": {"zh": "以扣款金额为准", "en": "As it was taken from your balance"},
        },
        {
            "id": "to",
            "label": {"zh": "提现到哪里？", "en": "Where to?"},
            "kind": "choice",
            "required": False,
            "options": [
                {"id": "bank", "label": {"zh": "银行卡", "en": "Bank account"}},
                {"id": "chain", "label": {"zh": "链上地址", "en": "Address on a chain"}},
            ],
        },
    ],
}


async def widget_story(scene: Scene) -> AsyncIterator[Shot]:
    """One user's afternoon."""
    user = await scene.wallet()
    yield Shot("01-wallet", user.page)
    await user.call_support()
    yield Shot("02-start", user.page)
    await user.at("menu").click()
    await user.at("menu-sheet").wait_for()
    yield Shot("03-menu", user.page)
    await user.at("sheet-close").click()
    async for shot in _closed_desk(scene):
        yield shot
    async for shot in _questions(scene):
        yield shot
    async for shot in _mirrored(scene):
        yield shot
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await user.say(scene.say("提现 1200 元，从早上到现在一直显示处理中", "My withdrawal is pending since this morning"))
    yield Shot("06-waiting", user.page)
    async for shot in _with_an_agent(scene, user):
        yield shot


async def _closed_desk(scene: Scene) -> AsyncIterator[Shot]:
    visitor = await scene.wallet("")
    opens = (datetime.now().astimezone() + timedelta(days=1)).replace(hour=9, minute=0)
    away = {"open": False, "opens_at": int(opens.timestamp() * 1_000), "estimate_s": None}
    await scene.answers(visitor.page, "/api/v1/availability", {**away, "alternatives": ["message", "callback"]})
    await visitor.call_support()
    await visitor.at("start-bot").click()
    await visitor.at("away").wait_for()
    yield Shot("04-out-of-hours", visitor.page)
    await visitor.at("ask-callback").click()
    await visitor.at("callback-phone").fill("138 0013 8000")
    yield Shot("04-call-back", visitor.page)
    await visitor.at("sheet-close").click()
    await visitor.at("leave-message").click()
    await visitor.say(scene.say("手机丢了，想先冻结账户", "I lost my phone and want to freeze my account"))
    await visitor.at("parked").wait_for()
    yield Shot("04-message-left", visitor.page)
    other = await scene.wallet("")
    await scene.answers(other.page, "/api/v1/availability", {**away, "alternatives": ["message", "callback"]})
    await other.call_support()
    await other.at("closed-now").wait_for()
    yield Shot("04-start-closed", other.page)


async def _questions(scene: Scene) -> AsyncIterator[Shot]:
    visitor = await scene.wallet("")
    await scene.answers(visitor.page, "/api/v1/topics", {"topics": [FORM]})
    await visitor.call_support()
    await visitor.choose("withdraw")
    await visitor.at("intake-amount").fill("1200")
    await visitor.ask_for_a_person()
    yield Shot("05-questions", visitor.page)


async def _mirrored(scene: Scene) -> AsyncIterator[Shot]:
    """On a page that runs from right to left, and at twice the size of letters."""
    visitor = await scene.wallet("")
    await visitor.page.evaluate("document.documentElement.dir = 'rtl'")
    await visitor.call_support()
    yield Shot("13-right-to-left", visitor.page)
    await visitor.page.evaluate("document.documentElement.dir = 'ltr'")
    await visitor.page.set_viewport_size({"width": 320, "height": 420})
    yield Shot("13-twice-the-size", visitor.page)


async def _trust(scene: Scene, user: Wallet) -> AsyncIterator[Shot]:
    """What protects people from others and from themselves."""
    words = "abandon ability able about above absent absorb abstract absurd abuse access accident"
    await user.composer.fill(scene.say(f"我的助记词是 {words}", f"my recovery phrase is {words}"))
    await user.composer.press("Enter")
    await user.at("secret-warning").wait_for()
    yield Shot("14-secret", user.page)
    await user.composer.fill(
        scene.say("有人发我这个：https://tidepurse-refund.top/verify", "I got https://tidepurse-refund.top/verify")
    )
    await user.composer.press("Enter")
    await user.at("link-host").first.wait_for()
    await user.say(
        scene.say(
            "https://tidepurse.com/help 和 https://example.org/help 哪个是官网？",
            "Which is yours: https://tidepurse.com/help or https://example.org/help?",
        )
    )
    link = user.root.get_by_role("link", name="https://example.org/help")
    await link.wait_for()
    await user.page.wait_for_timeout(300)
    yield Shot("14-links", user.page)
    await link.click()
    await user.at("leaving").wait_for()
    yield Shot("14-leaving", user.page)
    await user.page.keyboard.press("Escape")
    programme: FilePayload = {"name": "a.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    await user.at("file-input").set_input_files([programme])
    await user.at("file-refused").wait_for()
    fake: FilePayload = {"name": "fake.png", "mimeType": "image/png", "buffer": b"<script>"}
    await user.at("file-input").set_input_files([fake])
    await user.at("tray-file").wait_for()
    await user.at("send").click()
    await user.at("outgoing", state="failed").wait_for()
    yield Shot("14-failed", user.page)
    await user.at("discard").click()


async def _with_an_agent(scene: Scene, user: Wallet) -> AsyncIterator[Shot]:
    agent = await scene.served.available("amy" if scene.look.locale == "en" else "小周", skills=())
    await user.is_in("active")
    # The message that was left out of hours came first.
    taken = [(await agent.wait_for("agent_assigned"))["conversation"] for _ in range(2)]
    conversation = taken[-1]
    page = await agent.call("sync", conversation=conversation, after=0)
    said = next(event for event in page["events"] if event["type"] == "message_posted")
    hello = scene.say(
        "您好，我是小周。这笔提现我马上为您查询，请稍等。",
        "Hi, I’m Amy. Let me look into this withdrawal for you, one moment.",
    )
    await agent.call("send_message", conversation=conversation, key="a1", text=hello, reply_to=said["id"])
    await user.hears(hello)
    await user.attach(_picture(), _log())
    await user.composer.fill(scene.say("这是截图和日志", "Here is a screenshot and the log"))
    yield Shot("07-attaching", user.page)
    await user.composer.press("Enter")
    await user.at("picture").wait_for()
    await agent.call("typing", conversation=conversation, on=True)
    await user.at("typing").get_by_text("…").wait_for()
    yield Shot("08-talking", user.page)
    await user.at("picture").click()
    await user.at("picture-large").wait_for()
    yield Shot("08-picture", user.page)
    await user.at("sheet-close").click()
    await user.at("widget-close").click()
    await user.page.get_by_test_id("widget-frame").wait_for(state="hidden")
    await agent.call("send_message", conversation=conversation, key="a2", text=scene.say("还在吗？", "Are you there?"))
    await user.page.get_by_test_id("widget-open").get_by_text("1").wait_for()
    yield Shot("08-unread", user.page)
    await user.page.get_by_test_id("widget-open").click()
    async for shot in _trust(scene, user):
        yield shot
    async for shot in _to_the_end(scene, user, agent, conversation):
        yield shot


async def _to_the_end(scene: Scene, user: Wallet, agent: Person, conversation: str) -> AsyncIterator[Shot]:
    await agent.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await user.is_in("waiting")
    yield Shot("09-handed-off", user.page)
    specialist = await scene.served.available("grace", tier=2)
    await user.is_in("active")
    solved = scene.say(
        "查到了：链上拥堵，款项已于 14:32 到账。",
        "Found it: the chain was congested. The money arrived at 14:32.",
    )
    await specialist.call("send_message", conversation=conversation, key="b1", text=solved)
    await user.hears(solved)
    await user.page.context.set_offline(True)
    await user.say(scene.say("收到了，谢谢！", "It’s here, thank you!"))
    await user.at("status-line").wait_for()
    yield Shot("10-offline", user.page)
    await user.page.context.set_offline(False)
    await user.at("outgoing").wait_for(state="detached")
    await specialist.call("close_conversation", conversation=conversation, disposition="solved")
    await user.is_in("closed")
    await user.at("rate-score-5").check(force=True)
    await user.at("rate-solved-yes").check(force=True)
    yield Shot("11-survey", user.page)
    await user.at("rate-submit").click()
    await user.at("rated").wait_for()
    if await user.at("transcript-mail").count():
        await user.at("transcript-mail").click()
    yield Shot("12-copy", user.page)
    await user.at("new-conversation").click()
    await user.at("earlier").wait_for()
    yield Shot("12-start-again", user.page)
    await user.at("history-open").click()
    await user.at("history-item").wait_for()
    yield Shot("12-history", user.page)


def _picture() -> FilePayload:
    """What a screenshot of a wallet looks like from afar: a card, a few lines, one of them in red."""
    image = Image.new("RGB", (900, 600), "#e9eff0")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((50, 50, 850, 250), 32, fill="#0a6a70")
    pen.rounded_rectangle((90, 95, 330, 120), 12, fill="#7fb9bb")
    pen.rounded_rectangle((90, 150, 520, 200), 16, fill="#ffffff")
    for row, colour in enumerate(("#c5281c", "#9db0b3", "#9db0b3")):
        top = 300 + row * 90
        pen.rounded_rectangle((50, top, 850, top + 70), 18, fill="#ffffff")
        pen.rounded_rectangle((80, top + 25, 80 + 260 - row * 40, top + 45), 10, fill="#4a5c60")
        pen.rounded_rectangle((660, top + 25, 820, top + 45), 10, fill=colour)
    held = io.BytesIO()
    image.save(held, "PNG")
    return {"name": "screenshot.png", "mimeType": "image/png", "buffer": held.getvalue()}


def _log() -> FilePayload:
    return {"name": "withdrawal.log", "mimeType": "text/plain", "buffer": b"14:02 pending\n" * 40}
