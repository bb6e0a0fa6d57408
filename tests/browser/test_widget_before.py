"""Before an agent is there: topics with their questions, hours, and a message or a call instead of waiting."""

from typing import Any

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE
from tests.e2e.test_catalogue import put
from tests.people import Person

CLOSED = {"time_zone": "UTC", "week": {}}
ALWAYS = {
    "time_zone": "UTC",
    "week": {day: [{"from": "00:00", "until": "24:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}

TOPIC: dict[str, Any] = {
    "title": {"zh": "卡被吞了", "en": "My card was kept"},
    "order": 1,
    "fields": [
        {"id": "order", "label": {"zh": "订单号", "en": "Order number"}, "kind": "order", "required": True},
        {"id": "amount", "label": {"zh": "金额", "en": "Amount"}, "kind": "amount", "required": False},
        {
            "id": "where",
            "label": {"zh": "在哪里", "en": "Where"},
            "kind": "choice",
            "required": False,
            "options": [{"id": "shop", "label": {"zh": "商店", "en": "In a shop"}}],
        },
    ],
}


async def administrator(stage: Stage) -> Person:
    """Somebody who sets up the desk."""
    return await stage.served.agent("boss", role="admin")


async def keeps(stage: Stage, admin: Person, hours: dict[str, Any]) -> None:
    """Give the desk hours, and let everybody learn of them."""
    assert (await put(stage.served, admin, "hours", "desk", hours)).status == 200
    stage.served.clock.turn(seconds=3)


async def test_the_questions_of_a_topic_are_asked_once_and_the_agent_starts_with_the_answers(stage: Stage) -> None:
    admin = await administrator(stage)
    await put(stage.served, admin, "topics", "kept", TOPIC)
    agent = await stage.agent("ann", locale="en")
    await agent.go("available")
    user = await stage.wallet("alex", locale="en", size=PHONE)
    await user.call_support()
    await user.choose("kept")
    await expect(user.at("topic")).to_have_count(1)  # its questions stand where the eye is
    await user.ask_for_a_person()
    await expect(user.at("intake").get_by_role("alert")).to_have_text("Please fill this in")
    await expect(user.at("intake-order")).to_be_focused()
    await user.at("intake-order").fill("88-1042")
    await user.at("intake-amount").fill("350.00")
    await expect(user.at("intake-amount")).to_have_attribute("inputmode", "decimal")
    await user.at("intake-where-shop").click()
    await user.ask_for_a_person()
    await user.is_in("active")
    await expect(user.at("log")).to_contain_text("My card was kept")
    await agent.take()
    details = await agent.show_details()
    for answer in ("88-1042", "350.00"):
        await expect(details).to_contain_text(answer)


async def test_a_choice_that_must_be_made_is_pointed_at(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en", size=PHONE)
    await user.call_support()
    await user.choose("freeze")
    await user.ask_for_a_person()
    await expect(user.at("intake-sign-payment")).to_be_focused()
    await user.at("intake-sign-phone").click()
    await expect(user.at("intake").get_by_role("alert")).to_have_count(0)
    await user.ask_for_a_person()
    await user.is_in("waiting")


async def test_a_topic_can_be_left_out_and_taken_back(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await expect(user.at("topic").nth(3)).to_be_visible()
    topics = await user.at("topic").count()
    await user.choose("withdraw")
    await user.at("topic", topic="withdraw").click()
    await expect(user.at("topic", topic="withdraw")).to_have_attribute("aria-pressed", "false")
    await expect(user.at("topic")).to_have_count(topics)
    await user.ask_for_a_person()
    await user.is_in("waiting")


async def test_out_of_hours_a_message_is_left_with_one_tap_and_answered_in_the_morning(stage: Stage) -> None:
    admin = await administrator(stage)
    await keeps(stage, admin, CLOSED)
    user = await stage.wallet("lin", locale="zh-CN", size=PHONE)
    await user.call_support()
    await expect(user.at("closed-now")).to_contain_text("客服现在不在线")
    await user.composer.fill("提现没有到账，订单 88-1")
    await user.ask_for_a_person()  # it says: leave a message
    await expect(user.at("parked")).to_contain_text("已收到您的留言")
    await user.hears("提现没有到账，订单 88-1")
    await user.say("补充：昨天下午三点")
    await expect(user.at("outgoing")).to_have_count(0)
    await user.page.reload()
    await expect(user.at("parked")).to_be_visible()
    await keeps(stage, admin, ALWAYS)
    agent = await stage.agent("ann", locale="zh-CN")
    await agent.go("available")
    await user.is_in("active")
    await agent.take()
    await agent.hears("补充：昨天下午三点")
    await agent.say("早上好，我来为您查")
    await user.hears("早上好，我来为您查")
    await expect(user.at("parked")).to_have_count(0)


async def test_out_of_hours_nobody_is_told_that_they_have_written_before_they_have(stage: Stage) -> None:
    await keeps(stage, await administrator(stage), CLOSED)
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.at("start-bot").click()
    await expect(user.at("away")).to_be_visible()
    await user.say("can I have an agent?")
    await user.hears("Nobody is at the desk right now.")  # the assistant promises nobody who is not there
    await user.at("leave-message").click()
    await expect(user.at("parked")).to_contain_text("We’ve got your message")
    other = await stage.wallet("dana", locale="en")
    await other.call_support()
    await other.ask_for_a_person()
    await expect(other.at("parked")).to_contain_text("Write your message below")
    await other.say("my card is lost")
    await expect(other.at("parked")).to_contain_text("We’ve got your message")


async def test_a_call_instead_of_waiting_is_asked_for_made_and_told(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en", size=PHONE)
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await user.at("ask-callback").click()
    await expect(user.at("callback-send")).to_be_disabled()
    await user.at("callback-phone").fill("+86 138 0013 8000")
    await user.at("callback-note").fill("after lunch")
    await expect(user.at("callback-window").first).to_have_attribute("aria-pressed", "true")
    await user.at("callback-window").nth(2).click()
    await user.at("callback-send").click()
    promised = user.at("callback-promised")
    await expect(promised).to_contain_text("8000")
    await expect(user.at("callback")).to_have_count(0)
    await user.reads("Call booked to the number ending in •••• 8000")
    await user.page.reload()
    await expect(promised).to_be_visible()
    ann = await stage.served.available("ann", skills=())
    (call,) = (await stage.served.get("/api/v1/callbacks", ann)).body["callbacks"]
    assert call["note"] == "after lunch"
    claimed = (await ann.call("claim_callback", callback=call["id"]))["callback"]
    assert claimed["phone"] == "+86 138 0013 8000"
    await user.reads("Ann is about to call you")
    await ann.call("finish_callback", callback=call["id"], outcome="reached")
    await user.reads("We’ve called you")
    await expect(promised).to_have_count(0)


async def test_a_call_can_be_called_off_and_a_number_that_is_none_is_told(stage: Stage) -> None:
    stage.guard.forgive("400 (Bad Request)")
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await user.at("ask-callback").click()
    await user.at("callback-phone").fill("call 12345 now")
    await user.at("callback-send").click()
    await expect(user.at("callback").get_by_role("alert")).to_contain_text("check the number")
    await user.at("callback-phone").fill("１３８ 0013 8000")  # as a Chinese keyboard may write it
    await user.at("callback-send").click()
    await user.at("callback-cancel").click()
    await expect(user.at("callback-promised")).to_have_count(0)
    await user.reads("Your call is cancelled")
    await user.ask_for_a_person()
    await user.is_in("waiting")
