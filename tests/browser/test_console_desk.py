"""The desk of an agent: reached by keys alone, losing nothing, and still while much goes on."""

import io

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from chatserver.conversation import listing, search
from tests.browser.conftest import Stage
from tests.browser.faces import DESKTOP, PHONE, Console
from tests.people import Person

LONG = 260
"""Messages of a thread that is only drawn around what is in sight."""

RECORD_NOTIFICATIONS = """
window.told = [];
class Recorder {
  constructor(title, {body}) { told.push([title, body]); document.body.dataset.told = told.join(" | "); }
  close() {}
}
Recorder.permission = "granted";
Recorder.requestPermission = () => Promise.resolve("granted");
window.Notification = Recorder;
document.hasFocus = () => false;
"""


async def serving_one(stage: Stage, text: str = "hello") -> tuple[Console, Person, str]:
    """Ann at her desk with one chat of Lin's."""
    agent = await stage.agent("ann", locale="en", capacity=6)
    await agent.go("available")
    user = await stage.served.user("lin")
    started = await user.call("start_conversation", key="k", text=text, want_agent=True)
    await expect(agent.item()).to_have_count(1)
    return agent, user, started["conversation"]["id"]


async def test_everything_is_a_few_letters_away(stage: Stage) -> None:
    agent, user, conversation = await serving_one(stage)
    keyboard = agent.page.keyboard
    await keyboard.press("Control+k")
    await expect(agent.at("palette-input")).to_be_focused()
    await keyboard.type("lin")
    await keyboard.press("Enter")
    await expect(agent.at("chat", id=conversation)).to_be_visible()
    await keyboard.press("r")
    await keyboard.type("half a tho")
    await keyboard.press("Control+k")
    await keyboard.type("转接")  # by its name in the other language
    await expect(agent.at("palette-choice").first).to_contain_text("Transfer")
    await keyboard.press("Escape")
    await expect(agent.composer).to_be_focused()
    await expect(agent.composer).to_have_value("half a tho")
    await keyboard.type("ught")
    await keyboard.press("Enter")
    await user.wait_for("message_posted", text="half a thought")
    await keyboard.press("Control+k")
    await keyboard.type("set myself away")
    await keyboard.press("Enter")
    await expect(agent.at("presence", status="away")).to_be_visible()
    await keyboard.press("Control+k")
    await keyboard.type("half a thought")
    await keyboard.press("ArrowUp")
    await keyboard.press("Enter")
    await expect(agent.at("search-input")).to_have_value("half a thought")
    await expect(agent.at("search-item")).to_have_count(1)


async def test_a_search_goes_on_by_itself_over_pages_that_hold_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 1)
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    for number, text in enumerate(["refund of a withdrawal", *["refund", "withdrawal"] * 4]):
        user = await stage.served.user(f"user-{number}")
        await user.call("start_conversation", key="k", text=text, want_agent=True)
    lead = await stage.agent("lea", locale="en", role="supervisor")
    await lead.at("tab-search").click()
    await lead.at("search-input").fill("refund withdrawal")
    await expect(lead.at("search-item")).to_have_count(1)
    await lead.at("search-status").select_option("closed")
    await expect(lead.page.get_by_text("Nothing found.")).to_be_visible()
    await expect(lead.at("search-item")).to_have_count(0)


async def test_letters_are_no_shortcuts_for_those_who_dictate(stage: Stage) -> None:
    agent, _, _ = await serving_one(stage)
    await agent.at("settings-open").click()
    await agent.at("letters").uncheck()
    await agent.page.keyboard.press("Escape")
    await expect(agent.at("settings")).to_have_count(0)
    await agent.page.keyboard.press("j")
    await expect(agent.at("chat")).to_have_count(0)
    await agent.page.keyboard.press("Alt+ArrowDown")
    await expect(agent.at("chat")).to_have_count(1)


async def test_drafts_outlive_another_chat_a_reload_and_a_sign_out(stage: Stage) -> None:
    agent, _, conversation = await serving_one(stage)
    await agent.take()
    await agent.composer.fill("not finished")
    await agent.at("mode-note").click()
    await agent.composer.fill("nor this")
    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("Escape")
    await expect(agent.item(id=conversation).get_by_test_id("has-draft")).to_be_visible()
    await agent.page.reload()
    await agent.item(id=conversation).click()
    await expect(agent.composer).to_have_value("not finished")
    await agent.at("handoff-open").click()
    await agent.at("handoff-reason").fill("half a reason")
    await agent.page.keyboard.press("Escape")
    await agent.at("sign-out").click()
    await agent.sign_in(stage.served.address, "ann@x.io", "correct horse battery staple")
    await agent.item(id=conversation).click()
    await expect(agent.composer).to_have_value("not finished")
    await agent.at("mode-note").click()
    await expect(agent.composer).to_have_value("nor this")
    await agent.at("handoff-open").click()
    await expect(agent.at("handoff-reason")).to_have_value("half a reason")


async def test_a_long_thread_is_whole_though_little_of_it_is_drawn(stage: Stage) -> None:
    agent, user, conversation = await serving_one(stage)
    for number in range(LONG):
        await user.call("send_message", conversation=conversation, key=f"m{number}", text=f"message {number}")
    await agent.take()
    await agent.hears(f"message {LONG - 1}")
    assert await agent.said.count() < LONG / 2
    log = agent.at("log")
    await log.evaluate("log => log.scrollTo(0, log.scrollHeight / 2)")
    await expect(agent.said.filter(has_text=f"message {LONG - 1}")).to_have_count(0)
    seen = "log => { const top = log.getBoundingClientRect().top; return [...log.querySelectorAll('.item')]"
    seen += ".find(one => one.getBoundingClientRect().bottom > top + 5).dataset.id }"
    # Rows are measured once they are drawn, so what is on top counts when two looks agree.
    settled = f"log => new Promise(done => {{ let last; const look = () => {{ const now = ({seen})(log);"
    settled += " if (now === last) done(now); else { last = now; setTimeout(look, 250) } }; look() })"
    before = await log.evaluate(settled)
    await user.call("send_message", conversation=conversation, key="new", text="the newest")
    await expect(agent.at("to-end")).to_contain_text("1")
    assert await log.evaluate(settled) == before
    await log.evaluate("log => log.scrollTo(0, 0)")
    await agent.hears("hello")
    await agent.at("to-end").click()
    await agent.hears("the newest")
    await expect(agent.at("to-end")).to_have_count(0)


async def test_who_looks_elsewhere_is_told_by_title_icon_and_notification(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en")
    await agent.page.add_init_script(RECORD_NOTIFICATIONS)
    await agent.page.reload()
    await agent.at("settings-open").click()
    await agent.at("notifications").check()
    await agent.page.keyboard.press("Escape")
    await agent.go("available")
    calm = await agent.page.locator("link[rel=icon]").get_attribute("href")
    user = await stage.served.user("lin")
    started = await user.call("start_conversation", key="k", want_agent=True)
    told = agent.page.locator("body")
    await expect(told).to_have_attribute("data-told", "New chat with Lin,")
    await user.call("send_message", conversation=started["conversation"]["id"], key="m", text="are you there?")
    await expect(told).to_have_attribute("data-told", "New chat with Lin, | Lin wrote,are you there?")
    await expect(agent.page).to_have_title("(1) Support desk")
    assert await agent.page.locator("link[rel=icon]").get_attribute("href") != calm


async def test_routing_is_asked_only_when_a_conversation_moves(stage: Stage) -> None:
    agent, user, conversation = await serving_one(stage)
    await agent.take()
    await expect(agent.at("routing").locator("li")).to_have_count(2)
    asked = [url for url in stage.guard.urls if url.endswith("/routing")]
    for number in range(5):
        await user.call("send_message", conversation=conversation, key=f"m{number}", text=f"m{number}")
    await agent.hears("m4")
    await agent.say("a")
    await user.wait_for("message_posted", text="a")
    assert [url for url in stage.guard.urls if url.endswith("/routing")] == asked
    await agent.hand_off("chain")
    await expect(agent.at("routing").locator("li").filter(has_text="Handed off")).to_have_count(1)


async def test_the_console_fits_a_phone_and_leads_back(stage: Stage) -> None:
    for size in (DESKTOP, PHONE):
        agent = await stage.agent("ann", locale="zh-CN", size=size)
        await agent.at("tab-queue").click()
        await expect(agent.at("lanes")).to_contain_text("暂时没有人排队")
        await agent.at("tab-closed").click()
        await agent.at("tab-desk").click()
        wide = await agent.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
    await agent.go("available")
    user = await stage.served.user("lin")
    started = await user.call("start_conversation", key="k", text="hello", want_agent=True)
    await agent.item().first.click()
    assert agent.page.url.endswith(f"#/chats/{started['conversation']['id']}")
    await agent.page.reload()
    await agent.hears("hello")
    await agent.at("chat-back").click()
    await expect(agent.item()).to_have_count(1)


async def test_the_theme_is_chosen_and_kept(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en")
    background = "getComputedStyle(document.querySelector('.top-bar')).backgroundColor"
    light = await agent.page.evaluate(background)
    await agent.at("settings-open").click()
    await agent.at("theme-dark").click()
    await expect(agent.page.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(agent.page.locator(".top-bar")).not_to_have_css("background-color", light)  # colours change smoothly
    await agent.page.reload()
    await expect(agent.page.locator("html")).to_have_attribute("data-theme", "dark")


def picture() -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(made, "PNG")
    return made.getvalue()


async def test_files_go_along_and_are_looked_at_in_place(stage: Stage) -> None:
    agent, user, _ = await serving_one(stage)
    await agent.take()
    files: list[FilePayload] = [
        {"name": "receipt.png", "mimeType": "image/png", "buffer": picture()},
        {"name": "<img src=x>.txt", "mimeType": "text/plain", "buffer": b"app log"},
        {"name": "tool.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
    ]
    await agent.at("file-input").set_input_files(files)
    await expect(agent.at("tray-file")).to_have_count(2)
    await expect(agent.at("file-refused")).to_be_visible()
    await agent.at("tray-file").nth(1).get_by_test_id("tray-remove").click()
    await agent.say("your receipt")
    said = await user.wait_for("message_posted", text="your receipt")
    assert [(one["name"], one["type"]) for one in said["files"]] == [("receipt.png", "image/png")]
    await expect(agent.at("tray-file")).to_have_count(0)
    await agent.at("picture").click()
    await expect(agent.at("picture-large").locator("img")).to_have_js_property("naturalWidth", 60)
    await agent.page.keyboard.press("Escape")
    await expect(agent.at("picture-large")).to_have_count(0)
