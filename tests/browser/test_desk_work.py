"""What agents do with a conversation besides answering, and what the user sees of it."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console, Wallet
from tests.browser.guard import NETWORK_GONE

OFFERS = pytest.mark.parametrize("settings", [{"assignment": "offer"}], ids=["offer"])


async def asking(stage: Stage, name: str = "alex") -> Wallet:
    """A user who has asked for a person."""
    user = await stage.wallet(name, locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    return user


async def free(stage: Stage, name: str, **account: Any) -> Console:
    """An agent who takes conversations."""
    agent = await stage.agent(name, locale="en", **account)
    await agent.go("available")
    return agent


async def paired(stage: Stage) -> tuple[Wallet, Console]:
    """A user and the agent Ann in a conversation."""
    user, agent = await asking(stage), await free(stage, "ann")
    await user.is_in("active")
    await agent.take()
    return user, agent


async def test_who_handed_off_may_take_it_back_while_nobody_has_it(stage: Stage) -> None:
    user, agent = await paired(stage)
    await agent.hand_off("chain")
    await user.is_in("waiting")
    await expect(agent.at("read-only")).to_be_visible()
    await agent.at("takeback").click()
    await user.is_in("active")
    await agent.say("here again")
    await user.hears("here again")


@pytest.mark.parametrize("settings", [{"hand_ons": 1}], ids=["one hand-on"])
async def test_who_may_not_hand_on_any_more_is_told_whom_to_ask(stage: Stage) -> None:
    user, ann = await paired(stage)
    chen = await free(stage, "chen", tier=2)
    await ann.hand_off("chain")
    await chen.take()
    await chen.at("handoff-open").click()
    await chen.at("handoff-reason").fill("not mine")
    await chen.at("handoff-submit").click()
    await expect(chen.at("dialog-failure")).to_contain_text("Ask a supervisor")
    await chen.at("dialog-cancel").click()
    await chen.say("then I help you")
    await user.hears("then I help you")


async def test_a_transfer_that_is_declined_returns_to_the_sender(stage: Stage) -> None:
    user, ann = await paired(stage)
    bob = await free(stage, "bob")
    await ann.transfer(stage.served.accounts["bob"].id, note="knows the bank")
    await expect(bob.at("offer")).to_have_count(1)
    await bob.at("offer-decline").click()
    await expect(bob.at("offer")).to_have_count(0)
    await expect(ann.composer).to_be_visible()
    await ann.say("still me")
    await user.hears("still me")
    await expect(user.root.get_by_text("knows the bank")).to_have_count(0)


async def test_a_transfer_that_is_accepted_moves_the_whole_conversation(stage: Stage) -> None:
    user, ann = await paired(stage)
    await user.say("w1")
    await ann.hears("w1")
    bob = await free(stage, "bob")
    await ann.transfer(stage.served.accounts["bob"].id, note="knows the bank")
    await bob.at("offer-accept").click()
    await bob.hears("w1")
    await expect(bob.at("note")).to_contain_text("knows the bank")
    await bob.say("b1")
    await user.hears("b1")
    await expect(ann.at("read-only")).to_be_visible()


async def test_a_user_may_leave_the_queue_and_ask_again(stage: Stage) -> None:
    user = await asking(stage)
    await expect(user.at("position", position="1")).to_be_visible()
    behind = await asking(stage, "dana")
    await expect(behind.at("position")).to_have_count(1)
    await user.at("leave-queue").click()
    await user.is_in("bot")
    await expect(user.at("waiting")).to_have_count(0)
    await expect(behind.at("position", position="1")).to_be_visible()
    await user.ask_for_a_person()
    await expect(user.at("waiting")).to_be_visible()


async def test_a_slip_of_the_thumb_does_not_end_a_conversation(stage: Stage) -> None:
    user, _ = await paired(stage)
    await user.open_menu()
    await user.at("close").click()
    await user.at("close-cancel").click()
    await user.is_in("active")
    await user.at("close").click()
    await user.at("close-confirm").click()
    await user.is_in("closed")


async def test_a_closed_conversation_can_be_opened_again_and_goes_on(stage: Stage) -> None:
    user, agent = await paired(stage)
    await agent.close("explained")
    await user.is_in("closed")
    await expect(user.at("rating")).to_be_visible()
    await agent.at("reopen").click()
    await user.is_in("active")
    await agent.say("one more thing")
    await user.hears("one more thing")
    await user.say("thanks")
    await agent.hears("thanks")


async def test_after_a_closed_conversation_a_new_one_begins_and_the_old_one_stays(stage: Stage) -> None:
    user, agent = await paired(stage)
    await agent.say("a1")
    await agent.close("solved")
    await user.is_in("closed")
    await user.at("new-conversation").click()
    await expect(user.at("earlier")).to_have_count(1)
    await user.ask_for_a_person()
    await user.is_in("active")
    await expect(user.said).to_have_count(0)
    await expect(agent.item(status="active")).to_have_count(1)
    await expect(agent.item(status="closed")).to_have_count(1)


@OFFERS
async def test_an_offer_rings_counts_down_and_goes_on_when_declined(stage: Stage) -> None:
    ann = await free(stage, "ann")
    user = await asking(stage)
    await expect(ann.at("offer")).to_have_count(1)
    seconds = await ann.page.get_by_role("timer").text_content() or ""
    assert 0 < int(seconds) <= 20
    await expect(ann.page.get_by_role("timer")).not_to_have_text(seconds)
    bob = await free(stage, "bob")
    await ann.at("offer-decline").click()
    await expect(ann.at("offer")).to_have_count(0)
    await bob.at("offer-accept").click()
    await user.is_in("active")
    await bob.say("Bob here")
    await user.hears("Bob here")
    await expect(ann.item()).to_have_count(0)


@OFFERS
async def test_a_missed_offer_leaves_the_desk_and_rings_again_elsewhere(stage: Stage) -> None:
    ann = await free(stage, "ann")
    user = await asking(stage)
    await expect(ann.at("offer")).to_have_count(1)
    bob = await free(stage, "bob")
    await stage.pass_time(21)
    await expect(ann.at("offer")).to_have_count(0)
    await expect(bob.at("offer")).to_have_count(1)
    await user.is_in("waiting")
    await bob.page.reload()
    await bob.at("offer-accept").click()
    await user.is_in("active")


async def test_a_text_for_a_conversation_that_moved_on_comes_back_to_the_box(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, ann = await paired(stage)
    conversation = await ann.at("chat").get_attribute("data-id")
    elsewhere = await stage.served.agent("ann")
    await ann.context.set_offline(True)
    await ann.say("too late")
    await expect(ann.at("outgoing")).to_have_count(1)
    await elsewhere.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await ann.context.set_offline(False)
    await expect(ann.at("kept-draft")).to_contain_text("too late")
    await expect(ann.at("notice")).to_be_visible()
    await expect(ann.at("outgoing")).to_have_count(0)
    await ann.at("takeback").click()
    await expect(ann.composer).to_have_value("too late")
    await user.is_in("active")
    await expect(user.said).to_have_count(0)


async def test_a_supervisor_watches_and_writes_only_after_joining(stage: Stage) -> None:
    user, agent = await paired(stage)
    await user.say("needle in the haystack")
    await agent.hears("needle in the haystack")
    lead = await stage.agent("lea", locale="en", role="supervisor")
    await lead.at("tab-search").click()
    await lead.at("search-input").fill("haystack")
    await lead.at("search-item").click()
    await lead.hears("needle in the haystack")
    await expect(lead.at("write-box", mode="whisper")).to_be_visible()
    await expect(lead.at("mode-reply")).to_have_count(0)
    await lead.at("join-open").click()
    await lead.at("join-reason").fill("asked for")
    await lead.at("join-submit").click()
    await expect(lead.at("write-box", mode="reply")).to_be_visible()
    await lead.say("Lea here")
    for one in (user, agent):
        await one.hears("Lea here")
    await user.reads("supervisor")
    await lead.at("leave").click()
    await expect(lead.at("mode-reply")).to_have_count(0)


async def test_an_agent_who_answers_nobody_loses_the_conversations_and_is_set_away(stage: Stage) -> None:
    ann = await free(stage, "ann")
    users = [await asking(stage, name) for name in ("alex", "dana")]
    await expect(ann.item()).to_have_count(2)
    await stage.pass_time(61)
    await expect(ann.at("went-away")).to_be_visible()
    await stage.pass_time(61)  # what came back to her before the second loss goes, too
    await expect(ann.item(status="active")).to_have_count(0)
    for user in users:
        await user.reads("a colleague will take over")
        await user.is_in("waiting")
    await ann.go("available")
    for user in users:
        await user.is_in("active")


async def test_an_auditor_reads_everything_and_writes_nothing(stage: Stage) -> None:
    user, agent = await paired(stage)
    await user.say("needle in the haystack")
    await agent.hears("needle in the haystack")
    await agent.note("between us")
    auditor = await stage.agent("ada", locale="en", role="auditor")
    await auditor.at("search-item").click()
    await auditor.hears("needle in the haystack")
    await expect(auditor.at("note")).to_contain_text("between us")
    await expect(auditor.composer).to_have_count(0)
    for action in ("handoff-open", "transfer-open", "close-open", "join-open"):
        await expect(auditor.at(action)).to_have_count(0)
