"""Work of several people on one conversation: who sees what, who may write, and what the user never learns."""

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.people import Person


async def served_by_ann(stage: Stage) -> tuple[Console, Person, str]:
    """Ann at her desk, looking at a chat of Lin's."""
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.served.user("lin")
    started = await user.call("start_conversation", key="k", text="help", want_agent=True)
    await ann.take()
    await ann.hears("help")
    return ann, user, started["conversation"]["id"]


async def because(console: Console, act: str, reason: str) -> None:
    """Give the reason that a step of a supervisor asks for, and take it."""
    await console.at(f"{act}-reason").fill(reason)
    await console.at(f"{act}-submit").click()
    await expect(console.at(f"{act}-dialog")).to_have_count(0)


async def test_a_supervisor_watches_unseen_whispers_and_reassigns(stage: Stage) -> None:
    ann, user, conversation = await served_by_ann(stage)
    bob = await stage.agent("bob", locale="en")
    await bob.go("available")
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.at("area-board").click()
    card = lea.at("board-agent", id=stage.served.accounts["ann"].id)
    await expect(card.get_by_test_id("board-chat")).to_have_count(1)
    await card.get_by_test_id("chat-menu").click()
    await lea.at("menu-watch").click()
    await because(lea, "watch", "new colleague")
    await lea.is_in("active")
    await user.call("send_message", conversation=conversation, key="m", text="my money is gone")
    for console in (ann, lea):
        await console.hears("my money is gone")
    await expect(ann.at("line").filter(has_text="Lea")).to_have_count(0)
    await expect(lea.at("write-box", mode="whisper")).to_be_visible()
    await lea.say("ask for the order number")
    await expect(ann.at("note").filter(has_text="ask for the order number")).to_contain_text("Whispered to Ann")
    await lea.at("reassign-open").click()
    await lea.at("reassign-agent", id=stage.served.accounts["bob"].id).check()
    await because(lea, "reassign", "knows the bank")
    await bob.take()
    await bob.hears("my money is gone")
    await expect(ann.at("read-only")).to_be_visible()
    assert not await user.told("note_added", "supervisor_joined")


async def test_a_supervisor_moves_sets_offline_and_closes_from_the_board(stage: Stage) -> None:
    ann, user, conversation = await served_by_ann(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.at("area-board").click()
    await lea.at("board-agent", id=stage.served.accounts["ann"].id).get_by_test_id("agent-menu").click()
    await lea.at("menu-offline").click()
    await because(lea, "force-offline", "went home")
    await expect(ann.at("presence", status="offline")).to_be_visible()
    waiting = lea.at("board-waiting", id=conversation)
    await waiting.get_by_test_id("waiting-menu").click()
    await lea.at("menu-move").click()
    await lea.at("move-2").check()
    await because(lea, "move", "waits for the second time")
    await expect(waiting).to_contain_text("Priority 2")
    await waiting.get_by_test_id("waiting-menu").press("Enter")
    await lea.page.keyboard.press("ArrowUp")  # the last of the menu
    await lea.page.keyboard.press("Enter")
    await lea.at("outcome-abuse").check()
    await because(lea, "force-close", "sent by a machine")
    await user.wait_for("conversation_closed")
    await expect(lea.at("board-waiting")).to_have_count(0)


async def test_tier_one_asks_tier_two_and_the_user_learns_nothing(stage: Stage) -> None:
    ann, user, _ = await served_by_ann(stage)
    cai = await stage.agent("cai", locale="en", tier=2)
    await cai.go("available")
    await ann.page.keyboard.press("q")
    await ann.page.keyboard.type("Is this a nonce gap?")
    await ann.at("consult-submit").click()
    await expect(ann.at("colleagues")).to_contain_text("waits for a colleague")
    await cai.at("consult").filter(has_text="Is this a nonce gap?").get_by_test_id("consult-join").click()
    await cai.hears("help")
    await expect(cai.at("write-box", mode="note")).to_be_visible()
    await cai.say("Yes, resend with the old nonce.")
    await expect(ann.at("note").filter(has_text="old nonce")).to_be_visible()
    await expect(ann.at("internal-line", type="consultant_joined")).to_contain_text("Cai")
    await expect(cai.at("lists-helping").get_by_test_id("conversation-item")).to_have_count(1)
    await cai.at("stop-helping").click()
    await expect(cai.at("write-box")).to_have_count(0)
    await ann.say("It is on its way again.")
    await user.wait_for("message_posted", text="It is on its way again.")
    assert not await user.told("note_added", "consult", "consult_asked", "consultant_joined", "consultant_left")


async def test_colleagues_see_who_else_looks_and_only_the_owner_answers(stage: Stage) -> None:
    ann, _, conversation = await served_by_ann(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.page.goto(f"{stage.served.address}/console#/chats/{conversation}")
    await lea.hears("help")
    await expect(ann.at("colleagues")).to_contain_text("Lea also looks at this")
    await expect(lea.at("colleagues")).to_contain_text("Ann also looks at this")
    await expect(lea.at("mode-reply")).to_have_count(0)
    await lea.at("tab-search").click()
    await lea.page.keyboard.press("Escape")
    await lea.page.keyboard.press("Escape")
    await expect(ann.at("colleagues")).to_have_count(0)
