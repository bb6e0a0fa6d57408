"""Everything can be done without a mouse."""

from playwright.async_api import Locator, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Face
from tests.serving import PASSWORD

HAS_FOCUS = "one => one.getRootNode().activeElement === one && one.ownerDocument.hasFocus()"
FARTHEST = 40
"""More presses of Tab than any of our screens has places to stop at."""


async def tab_to(face: Face, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    await expect(target).to_be_visible()
    for _ in range(FARTHEST):
        if await target.evaluate(HAS_FOCUS):
            return
        await face.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {target}")


async def choose(face: Face, target: Locator) -> None:
    """Go there by Tab and press Enter."""
    await tab_to(face, target)
    await face.page.keyboard.press("Enter")


async def test_a_user_needs_only_the_keyboard(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    keyboard = user.page.keyboard
    await choose(user, user.page.get_by_test_id("widget-open"))
    await choose(user, user.at("topic", topic="other"))
    await expect(user.at("topic", topic="other")).to_have_attribute("aria-pressed", "true")
    await choose(user, user.at("want-agent"))
    await user.is_in("waiting")
    ann = await stage.served.available("ann")
    await user.is_in("active")
    await tab_to(user, user.composer)
    await keyboard.type("two lines")
    await keyboard.press("Shift+Enter")
    await keyboard.type("in one")
    await keyboard.press("Enter")
    said = await ann.wait_for("message_posted")
    assert said["text"] == "two lines\nin one"
    await ann.call("close_conversation", conversation=said["conversation"])
    await user.is_in("closed")
    await tab_to(user, user.at("rate-score-1"))
    await keyboard.press("ArrowRight")
    await keyboard.press("ArrowRight")
    await keyboard.press("ArrowRight")
    await expect(user.at("rate-score-4")).to_be_checked()
    await choose(user, user.at("rate-submit"))
    assert (await ann.wait_for("conversation_rated"))["score"] == 4
    await expect(user.at("rated")).to_be_visible()
    await keyboard.press("Escape")
    await expect(user.page.get_by_test_id("widget-open")).to_be_focused()


async def test_an_agent_needs_only_the_keyboard(stage: Stage) -> None:
    await stage.served.account("ann")
    agent = await stage.console(locale="en")
    keyboard = agent.page.keyboard
    await expect(agent.at("signin-email")).to_be_focused()
    await keyboard.type("ann@x.io")
    await keyboard.press("Tab")
    await keyboard.type(PASSWORD)
    await keyboard.press("Enter")
    await choose(agent, agent.at("presence-available"))
    await expect(agent.at("presence")).to_have_attribute("data-status", "available")
    user = await stage.served.user("lin")
    start = await user.call("start_conversation", key="k", text="help", want_agent=True)
    conversation = start["conversation"]["id"]
    await expect(agent.item()).to_have_count(1)
    await keyboard.press("j")
    await agent.hears("help")
    await keyboard.press("r")
    await expect(agent.composer).to_be_focused()
    await keyboard.type("on it")
    await keyboard.press("Enter")
    await user.wait_for("message_posted", text="on it")
    await keyboard.press("Escape")
    await keyboard.press("n")
    await keyboard.type("a note")
    await keyboard.press("Enter")
    await expect(agent.at("note")).to_have_count(1)
    await keyboard.press("Escape")
    await keyboard.press("?")
    await expect(agent.at("shortcuts")).to_be_visible()
    await keyboard.press("Escape")
    await expect(agent.at("shortcuts")).to_have_count(0)
    await keyboard.press("h")
    await expect(agent.at("handoff-reason")).to_be_focused()
    await keyboard.type("chain")
    await keyboard.press("Enter")
    await user.wait_for("handed_off", conversation=conversation)
    await choose(agent, agent.at("takeback"))
    await agent.is_in("active")
    await keyboard.press("e")
    await choose(agent, agent.at("close-submit"))
    await user.wait_for("conversation_closed")


async def test_a_key_right_after_escape_is_for_the_desk_already(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en")
    keyboard = ann.page.keyboard
    for _ in range(10):
        for opening in ("Control+k", "?"):
            await keyboard.press(opening)
            await keyboard.press("Escape")
    await expect(ann.page.locator("dialog")).to_have_count(0)
    await keyboard.press("Control+k")
    await keyboard.type("search")
    await expect(ann.at("palette-input")).to_have_value("search")
    await keyboard.press("Escape")
    await keyboard.press("?")
    await expect(ann.page.locator("dialog")).to_have_count(1)
