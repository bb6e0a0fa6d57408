"""The console, from signing in over a busy desk to what supervisors, auditors and administrators see."""

import io
from collections.abc import AsyncIterator
from typing import Final

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.browser.faces import Console
from tests.people import Person
from tests.screenshots.scene import Scene, Shot

CROWD: Final = (
    ("lin", "林晓芸", "Lynn Harper", "withdraw", "提现 1200 元一直没到账", "My withdrawal of 1,200 has not arrived"),
    (
        "chen",
        "陈默",
        "Chris Moore",
        "freeze",
        "手机丢了，能先冻结账户吗？",
        "I lost my phone. Can you freeze my account?",
    ),
    ("zhao", "赵一帆", "Evan Zhao", "transfer", "转错人了，怎么追回？", "I sent money to the wrong person"),
    ("sun", "孙悦", "Joy Sanders", "refund", "退款多久到账？", "When will my refund arrive?"),
)
"""Who comes: id, name and first words in both languages, and the topic."""

PAGES: Final = ("agents", "canned-replies", "macros", "topics", "hours", "texts", "routing")


async def console_story(scene: Scene) -> AsyncIterator[Shot]:
    """One day in a few minutes."""
    console = Console(await scene.page())
    await console.page.goto(f"{scene.served.address}/console")
    await console.at("signin-submit").wait_for()
    yield Shot("01-sign-in", console.page)
    agent = await scene.agent("mei", called=scene.say("周敏", "Amy Carter"), capacity=len(CROWD))
    yield Shot("02-empty-desk", agent.page)
    await agent.go("available")
    people = [await _comes(scene, *one) for one in CROWD]
    await expect(agent.item()).to_have_count(len(CROWD))
    async for shot in _talk(scene, agent, *people[0]):
        yield shot
    async for shot in _dialogs(scene, agent):
        yield shot
    async for shot in _lists(scene, agent):
        yield shot
    async for shot in _lead(scene):
        yield shot
    async for shot in _setup(scene):
        yield shot


async def _comes(
    scene: Scene, sub: str, zh_name: str, name: str, topic: str, zh_words: str, words: str
) -> tuple[Person, str]:
    user = await scene.served.user(sub, name=scene.say(zh_name, name), locale=scene.look.locale)
    attributes = {"order": "20260714-8831", "amount": scene.say("1200 元", "1,200 CNY")}
    body = {"topic": topic, "text": scene.say(zh_words, words), "attributes": attributes, "want_agent": True}
    started = await user.call("start_conversation", key="k", **body)
    return user, str(started["conversation"]["id"])


async def _talk(scene: Scene, agent: Console, user: Person, conversation: str) -> AsyncIterator[Shot]:
    await agent.item(id=conversation).click()
    await agent.say(scene.say("您好，我马上为您查询，请稍等。", "Hello, let me look into that for you."))
    await agent.at("mode-note").click()
    await agent.at("file-input").set_input_files([_picture()])
    await agent.say(
        scene.say("银行回执显示 14:02 已受理，等对账。", "The bank accepted it at 14:02; waiting for its file.")
    )
    await expect(agent.at("note")).to_have_count(1)
    await agent.at("mode-reply").click()
    thanks = scene.say("好的，谢谢。大概要多久？", "Thank you. How long will it take?")
    await user.say(conversation, thanks)
    await agent.hears(thanks)
    await user.call(
        "typing", conversation=conversation, on=True, draft=scene.say("我这边有截图", "I have a screenshot")
    )
    await agent.at("typing-draft").wait_for()
    if scene.look.size == "desktop":
        await agent.show_details()
        await agent.at("profile-open").click()
        await agent.at("profile").wait_for()
    yield Shot("03-chat", agent.page)
    if scene.look.size == "phone":
        await agent.show_details()
        yield Shot("04-details", agent.page)
        await agent.hide_details()
    await agent.composer.fill("/")
    await agent.at("canned-reply").first.wait_for()
    yield Shot("05-canned-replies", agent.page)
    await agent.composer.fill("")
    await agent.at("mode-note").click()
    await agent.composer.fill(scene.say("请二线看一下", "Could tier 2 have a look?"))
    yield Shot("06-note", agent.page)
    await agent.composer.fill("")
    await agent.at("mode-reply").click()


async def _dialogs(scene: Scene, agent: Console) -> AsyncIterator[Shot]:
    keyboard = agent.page.keyboard
    await keyboard.press("Control+k")
    await agent.at("palette-choice").first.wait_for()
    yield Shot("07-palette", agent.page)
    await keyboard.press("Escape")
    await agent.at("handoff-open").click()
    await agent.at("handoff-reason").fill(scene.say("链上未确认", "Not confirmed on chain"))
    yield Shot("08-hand-off", agent.page)
    await keyboard.press("Escape")
    for name, button in (("09-transfer", "transfer-open"), ("10-close", "close-open"), ("11-ask", "consult-open")):
        await agent.at(button).click()
        yield Shot(name, agent.page)
        await keyboard.press("Escape")
    for name, button in (("12-settings", "settings-open"), ("13-keys", "shortcuts-open")):
        if await agent.at(button).is_visible():
            await agent.at(button).click()
            yield Shot(name, agent.page)
            await keyboard.press("Escape")


async def _lists(scene: Scene, agent: Console) -> AsyncIterator[Shot]:
    if scene.look.size == "phone":
        await agent.at("chat-back").click()
        yield Shot("14-lists", agent.page)
    waiting, conversation = await _comes(scene, "wu", "吴桐", "Tom Wood", "refund", "还在吗？", "Are you there?")
    now = scene.served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    ask = {"conversation": conversation, "phone": "+86 138 0013 8000"}
    await waiting.call("request_callback", **ask, **when)
    for name, tab in (("15-queue", "queue"), ("16-closed", "closed"), ("17-search", "search")):
        await agent.at(f"tab-{tab}").click()
        yield Shot(name, agent.page)


async def _lead(scene: Scene) -> AsyncIterator[Shot]:
    await scene.served.available("kai", called=scene.say("何凯", "Kyle Hart"), tier=2)
    for sub in ("qian", "li"):
        await _comes(scene, sub, "钱程", "Queenie Cole", "withdraw", "提现失败", "Withdrawal failed")
    lead = await scene.agent("lea", called=scene.say("李岚", "Lea Stone"), role="supervisor")
    await lead.at("area-board").click()
    await lead.at("tiles").wait_for()
    yield Shot("18-board", lead.page)
    await lead.at("chat-menu").first.click()
    yield Shot("19-board-menu", lead.page)
    await lead.at("menu-watch").click()
    yield Shot("20-watch", lead.page)
    await lead.page.keyboard.press("Escape")
    await lead.at("area-records").click()
    for page in ("held", "approvals", "alerts"):
        await lead.at(f"page-{page}").click()
        yield Shot(f"21-{page}", lead.page)
    auditor = await scene.agent("ada", called=scene.say("安达", "Ada Price"), role="auditor")
    await auditor.at("area-records").click()
    await auditor.at("page-audit").click()
    await auditor.at("audit-row").first.wait_for()
    yield Shot("22-audit", auditor.page)


async def _setup(scene: Scene) -> AsyncIterator[Shot]:
    admin = await scene.agent("root", called=scene.say("高远", "Roy Grant"), role="admin")
    for page in PAGES:
        await admin.at(f"page-{page}").click()
        await admin.at("admin").wait_for()
        shelf = admin.at("shelf-item")
        if page == "topics":
            await admin.at("take-shipped").click()
        if page in {"canned-replies", "macros", "topics"}:
            await shelf.first.click()
        elif page == "hours":
            await admin.at("admin-new").click()
        yield Shot(f"23-{page}", admin.page)


def _picture() -> FilePayload:
    image = Image.linear_gradient("L").resize((600, 400)).convert("RGB")
    held = io.BytesIO()
    image.save(held, "PNG")
    return {"name": "slip.png", "mimeType": "image/png", "buffer": held.getvalue()}
