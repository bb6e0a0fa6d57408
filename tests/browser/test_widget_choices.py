"""What people choose for themselves: sound and notifications. None comes unasked, and none tells what was written."""

from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Wallet
from tests.people import Person

LISTEN = """
window.heard = {tones: 0, notices: []};
const Context = window.AudioContext;
window.AudioContext = class extends Context {
  createOscillator() { window.heard.tones += 1; return super.createOscillator(); }
};
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (window.Notification.permission = window.answer ?? "granted"); }
  constructor(title, options) { window.heard.notices.push({title, ...options}); window.last = this; }
  close() {}
};
for (const [name, away] of [["hidden", true], ["visibilityState", "hidden"]]) {
  const known = Object.getOwnPropertyDescriptor(Document.prototype, name);
  Object.defineProperty(Document.prototype, name, {get() { return window.top.isAway ? away : known.get.call(this); }});
}
"""
"""Notes what a loudspeaker and a notification centre would be given, and lets a test look elsewhere."""


async def talking(stage: Stage) -> tuple[Wallet, Person, str]:
    """A user with ears, in a conversation with an agent."""
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex", locale="en")
    await user.context.add_init_script(LISTEN)
    await user.page.reload()
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    return user, ann, (await ann.wait_for("agent_assigned"))["conversation"]


async def tones(user: Wallet) -> int:
    """How many tones were played in the widget."""
    heard = await user.root.locator("html").evaluate("() => window.heard")
    return int(heard["tones"])


async def notices(user: Wallet) -> list[dict[str, Any]]:
    """What the page has shown."""
    return list(await user.page.evaluate("window.heard.notices"))


async def test_a_sound_is_played_with_each_message_once_somebody_wants_it(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    await ann.say(conversation, "silent")
    await user.hears("silent")
    assert await tones(user) == 0
    await user.open_menu()
    await expect(user.at("sound")).not_to_be_checked()
    await user.at("sound").click()
    await expect(user.at("sound")).to_be_checked()
    await user.root.locator("html").evaluate("() => new Promise(done => setTimeout(done, 100))")
    assert await tones(user) == 2  # heard at once, so that one knows what to expect
    await user.at("sheet-close").click()
    await ann.say(conversation, "with a sound")
    await user.hears("with a sound")
    assert await tones(user) == 4
    await user.say("my own is silent")
    await user.hears("my own is silent")
    assert await tones(user) == 4
    await user.page.reload()
    await user.open_menu()
    await expect(user.at("sound")).to_be_checked()  # it holds on this device
    await user.at("sound").click()
    await user.at("sheet-close").click()
    before = await tones(user)
    await ann.say(conversation, "silent again")
    await user.hears("silent again")
    assert await tones(user) == before


async def test_a_notification_says_who_wrote_and_never_what(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    await user.open_menu()
    await user.at("notify").click()
    await expect(user.at("notify")).to_be_checked()
    await user.at("sheet-close").click()
    await ann.say(conversation, "seen at once")
    await user.hears("seen at once")
    assert await notices(user) == []
    await user.page.evaluate("window.isAway = true")
    await user.at("widget-close").click()
    await expect(user.page.get_by_test_id("widget-open")).to_be_visible()
    await ann.say(conversation, "your balance is 8,217.50")
    await expect(user.page.get_by_test_id("widget-open")).to_contain_text("1")
    await user.page.evaluate("async () => { while (window.heard.notices.length < 1) await new Promise(setTimeout); }")
    (notice,) = await notices(user)
    assert notice == {"title": "Support", "body": "Ann has written to you", "tag": "chatserver"}
    await user.page.evaluate("window.isAway = false; window.last.onclick()")
    await user.hears("your balance is 8,217.50")  # a tap on it leads to the chat
    await expect(user.page.get_by_test_id("widget-open")).to_be_hidden()


async def test_who_forbids_notifications_is_not_told_that_they_will_come(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    await user.page.evaluate("window.answer = 'denied'")
    await user.open_menu()
    await user.at("notify").click()
    await expect(user.at("notify")).not_to_be_checked()
    await user.page.evaluate("window.isAway = true")
    await ann.say(conversation, "quiet")
    await user.hears("quiet")
    assert await notices(user) == []


async def test_unread_messages_are_counted_on_the_button_and_read_once_it_is_opened(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    await user.at("widget-close").click()
    button = user.page.get_by_test_id("widget-open")
    await expect(button).to_have_attribute("aria-label", "Support")
    said = [await ann.say(conversation, f"m{number}") for number in range(3)]
    await expect(button).to_have_attribute("aria-label", "Support, 3 unread messages")
    assert max(told["seq"] for told in await ann.told("read")) < said[0]["seq"]
    await button.click()
    await user.hears("m2")
    await ann.wait_for("read", conversation=conversation, seq=said[-1]["seq"])
    await user.at("widget-close").click()
    await expect(button).to_have_attribute("aria-label", "Support")
