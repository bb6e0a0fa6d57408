"""A shift at the desk: presence with reasons and capacity, calls, the time after a chat, transfers by skill."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.people import Person

HEAR_CHIMES = """
window.chimes = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  chimes += 1;
  document.body.dataset.chimes = chimes;
  return start.apply(this, when);
};
document.hasFocus = () => false;
"""


async def free(stage: Stage, name: str = "ann", **account: Any) -> Console:
    """An agent who takes chats."""
    agent = await stage.agent(name, locale="en", **account)
    await agent.go("available")
    return agent


async def asking(stage: Stage, name: str = "lin", **more: Any) -> tuple[Person, str]:
    """A user who wants a person."""
    user = await stage.served.user(name, name=name.capitalize(), locale="en")
    started = await user.call("start_conversation", key="k", text=f"{name} asks", want_agent=True, **more)
    return user, started["conversation"]["id"]


async def setting(stage: Stage, path: str, item: object) -> None:
    """What an administrator arranges."""
    boss = await stage.served.agent("boss", role="admin")
    assert (await stage.served.request("PUT", f"/api/v1/admin/{path}", boss, json=item)).status == 200


async def test_after_a_chat_there_is_time_to_finish_it_before_the_next_one_comes(stage: Stage) -> None:
    await setting(stage, "routing/main", {"wrap_up_s": 120})
    ann = await free(stage, capacity=1)
    await asking(stage)
    await ann.take()
    _, waiting = await asking(stage, "may")
    await ann.close("solved")
    await expect(ann.at("wrap-up")).to_contain_text("1:")
    await expect(ann.item(id=waiting)).to_have_count(0)
    await ann.at("finish-wrap-up").click()
    await expect(ann.at("wrap-up")).to_have_count(0)
    await expect(ann.item(id=waiting, status="active")).to_have_count(1)


async def test_the_time_after_a_chat_ends_by_itself(stage: Stage) -> None:
    await setting(stage, "routing/main", {"wrap_up_s": 60})
    ann = await free(stage, capacity=1)
    await asking(stage)
    await ann.take()
    _, waiting = await asking(stage, "may")
    await ann.close("solved")
    await expect(ann.at("wrap-up")).to_have_count(1)
    await stage.pass_time(61)
    await expect(ann.item(id=waiting, status="active")).to_have_count(1)
    await expect(ann.at("wrap-up")).to_have_count(0)


async def test_where_the_desk_wants_an_outcome_no_chat_is_closed_without_one(stage: Stage) -> None:
    await setting(stage, "routing/main", {"disposition_required": True})
    ann = await free(stage)
    await asking(stage)
    await ann.take()
    await ann.at("close-open").click()
    await expect(ann.at("outcome-none")).to_have_count(0)
    await ann.at("outcome-refunded").check()
    await ann.at("close-submit").click()
    await ann.is_in("closed")
    await expect((await ann.show_details()).get_by_test_id("outcome")).to_have_text("Refunded")


async def test_being_away_has_a_reason_that_the_board_shows(stage: Stage) -> None:
    ann = await free(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.at("area-board").click()
    await ann.go("away")
    await ann.at("away-reason").select_option("lunch")
    await expect(lea.at("board-agent", id=stage.served.accounts["ann"].id)).to_contain_text("Lunch")
    await ann.go("available")
    await expect(ann.at("away-reason")).to_have_count(0)


async def test_capacity_is_lowered_by_whoever_has_enough(stage: Stage) -> None:
    ann = await free(stage)
    await ann.at("capacity").select_option("1")
    await asking(stage)
    _, second = await asking(stage, "may")
    await expect(ann.item(status="active")).to_have_count(1)
    await ann.at("capacity").select_option("2")
    await expect(ann.item(id=second)).to_have_count(1)


async def test_a_call_is_taken_on_made_tried_again_and_done(stage: Stage) -> None:
    ann = await free(stage)
    await ann.go("away")
    user, conversation = await asking(stage)
    now = stage.served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    await user.call("request_callback", conversation=conversation, phone="+86 138 0013 8000", note="after five", **when)
    await ann.at("tab-queue").click()
    call = ann.at("callback")
    await expect(call).to_contain_text("•••• 8000")
    await expect(call).to_contain_text("after five")
    await expect(ann.page.get_by_text("138 0013")).to_have_count(0)
    bob = await stage.agent("bob", locale="en")
    await bob.at("tab-queue").click()
    await expect(bob.at("callback")).to_have_count(1)
    await call.get_by_test_id("callback-claim").click()
    own = ann.at("own-callback")
    await expect(own.get_by_role("link")).to_have_attribute("href", "tel:+8613800138000")
    await expect(bob.at("callback")).to_have_count(0)
    await own.get_by_test_id("callback-note").fill("voicemail")
    await own.get_by_test_id("callback-again").select_option("soon")
    await own.get_by_test_id("callback-no_answer").click()
    await expect(ann.at("callback")).to_contain_text("tried 1 times")
    await bob.at("callback-claim").click()
    await expect(bob.at("own-callback")).to_contain_text("voicemail")
    await bob.at("callback-release").click()
    await expect(bob.at("callback")).to_have_count(1)
    await ann.at("callback-claim").click()
    await ann.at("own-callback").get_by_test_id("callback-reached").click()
    await expect(ann.at("callbacks")).to_have_count(0)
    assert (await user.wait_for("callback_finished", outcome="reached"))["again"] is False


async def test_a_note_on_a_call_that_was_refused_is_kept(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en")
    user, conversation = await asking(stage)
    now = stage.served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    asked = await user.call("request_callback", conversation=conversation, phone="13800138000", **when)
    await ann.at("tab-queue").click()
    await ann.at("callback-claim").click()
    await ann.at("callback-note").fill("she will write")
    elsewhere = await stage.served.agent("ann")
    await elsewhere.call("release_callback", callback=asked["callback"]["id"])
    await expect(ann.at("own-callback")).to_have_count(0)
    await ann.at("callback-claim").click()
    await expect(ann.at("callback-note")).to_have_value("she will write")


async def test_a_transfer_to_a_skill_goes_to_whoever_has_it(stage: Stage) -> None:
    ann = await free(stage)
    user, _ = await asking(stage)
    await ann.take()
    await ann.hears("lin asks")
    bob = await free(stage, "bob", skills=("cards",))
    await ann.at("transfer-open").click()
    await expect(ann.at("transfer-agent", id=stage.served.accounts["bob"].id)).to_be_visible()
    await ann.at("transfer-dialog").get_by_role("radio", name="cards", exact=True).check()
    await ann.at("transfer-note").fill("a card question")
    await ann.at("transfer-submit").click()
    await bob.take()
    await bob.hears("lin asks")
    await expect(bob.at("note")).to_contain_text("a card question")
    await bob.say("Bob here")
    await user.wait_for("message_posted", text="Bob here")
    await expect(ann.at("read-only")).to_be_visible()


@pytest.mark.parametrize("settings", [{"assignment": "offer"}], ids=["offer"])
async def test_an_offer_is_heard_by_whoever_looks_elsewhere(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en")
    await ann.page.add_init_script(HEAR_CHIMES)
    await ann.page.reload()
    await ann.at("settings-open").click()
    await ann.at("sound").check()
    await ann.page.reload()  # turning it on was heard, too
    await ann.go("available")
    await asking(stage)
    await expect(ann.at("offer")).to_have_count(1)
    await expect(ann.page.locator("body")).to_have_attribute("data-chimes", "2")


async def test_the_device_and_the_answers_stand_beside_the_chat(stage: Stage) -> None:
    ann = await free(stage)
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await ann.take()
    details = await ann.show_details()
    await expect(details.get_by_test_id("device")).to_contain_text("Chrome")
    await expect(details.get_by_test_id("identity")).to_have_attribute("data-kind", "signed")
    await expect(details.get_by_test_id("intake")).to_have_count(0)


async def test_cards_fold_and_a_broken_one_takes_nothing_with_it(stage: Stage) -> None:
    ann = await free(stage)
    _, conversation = await asking(stage)
    broken = '{"contacts": [{"id": "x"}], "user": {"id": "u", "kind": "signed", "vip": false}}'
    await ann.page.route("**/history?*", lambda route: route.fulfill(body=broken, content_type="application/json"))
    await ann.take()
    details = await ann.show_details()
    await expect(details.get_by_text("can’t be shown")).to_have_count(1)
    await expect(details.get_by_test_id("conversation-id")).to_have_text(conversation)
    await details.get_by_test_id("card").filter(has_text="Conversation").get_by_role("button").first.click()
    await expect(details.get_by_test_id("conversation-id")).to_be_hidden()
    await ann.page.reload()
    await expect(details.get_by_test_id("routing")).to_be_visible()
    await expect(details.get_by_test_id("conversation-id")).to_be_hidden()
