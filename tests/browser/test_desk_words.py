"""What a desk says in its own words stands where users read it, in their language, and is only ever text."""

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE, Wallet
from tests.browser.hostile import FOREIGN
from tests.browser.test_widget_before import CLOSED, administrator, keeps
from tests.e2e.test_catalogue import put

OWN = {
    "greeting": (
        "下午好，这里是潮汐客服 <b>{name}</b>",
        "Good afternoon from Tide <img src=x onerror=alert(1)> {name}",
    ),
    "waiting": (
        "今天咨询的人多，请先发来订单号。\n我们马上就到。",
        "Busy today. Send the order number first.\nWe are coming.",
    ),
    "closed": ("我们每天九点上班。", "We start at nine every day."),
    "message_left": ("两小时内回复您。", "You will hear from us within two hours."),
    "callback_taken": ("来电显示为 95500。", "We call from 95500."),
    "farewell": ("祝您一切顺利。", "All the best to you."),
}


async def a_desk_with_words(stage: Stage) -> None:
    """Set up a desk that has its own words for every moment."""
    admin = await administrator(stage)
    for id_, (zh, en) in OWN.items():
        assert (await put(stage.served, admin, "texts", id_, {"text": {"zh": zh, "en": en}})).status == 200


async def holds_only_text(user: Wallet) -> None:
    """Make sure that no text became an element."""
    assert await user.root.locator("html").evaluate(FOREIGN) == []


async def test_the_desks_own_words_stand_at_every_moment_of_a_conversation(stage: Stage) -> None:
    await a_desk_with_words(stage)
    user = await stage.wallet("lin", locale="zh-CN", size=PHONE)
    await user.call_support()
    greeting = user.at("greeting")
    await expect(greeting).to_have_text(OWN["greeting"][0])
    await user.speak("en")
    await expect(greeting).to_have_text(OWN["greeting"][1])
    await holds_only_text(user)
    await user.ask_for_a_person()
    await expect(user.at("waiting")).to_contain_text("We are coming.")
    await user.at("ask-callback").click()
    await user.at("callback-phone").fill("+86 138 0013 8000")
    await user.at("callback-send").click()
    await expect(user.at("callback-promised")).to_contain_text(OWN["callback_taken"][1])
    await user.at("callback-cancel").click()
    await user.open_menu()
    await user.at("close").click()
    await user.at("close-confirm").click()
    await expect(user.at("farewell")).to_have_text(OWN["farewell"][1])
    await holds_only_text(user)


async def test_out_of_hours_the_desk_says_in_its_own_words_when_it_answers(stage: Stage) -> None:
    await a_desk_with_words(stage)
    await keeps(stage, await stage.served.agent("chief", role="admin"), CLOSED)
    user = await stage.wallet("lin", locale="zh-CN")
    await user.call_support()
    await expect(user.at("closed-now")).to_contain_text(OWN["closed"][0])
    await user.at("start-bot").click()
    await expect(user.at("away")).to_contain_text(OWN["closed"][0])
    await user.say("在吗")
    await user.at("leave-message").click()
    await expect(user.at("parked")).to_contain_text(OWN["message_left"][0])


async def test_without_own_words_the_shipped_ones_stand_there(stage: Stage) -> None:
    admin = await administrator(stage)
    await stage.served.request("DELETE", "/api/v1/admin/texts/greeting", admin)  # the demo has one
    await put(stage.served, admin, "texts", "waiting", {"text": {"zh": "请稍候片刻", "en": "One moment"}})
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await expect(user.at("greeting")).to_have_text("Hello, how can we help?")
    await user.ask_for_a_person()
    await expect(user.at("waiting")).to_contain_text("One moment")
