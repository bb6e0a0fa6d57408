"""A reload, a second tab, a network that goes away: the conversation stays whole."""

from playwright.async_api import expect
from sqlalchemy import select

from chatserver.conversation.tables import conversations
from chatserver.desk.store import read_presence
from tests.browser.conftest import Stage
from tests.browser.faces import Console, Wallet
from tests.browser.guard import NETWORK_GONE


async def paired(stage: Stage) -> tuple[Wallet, Console]:
    """A user and an agent who have just said a word each."""
    agent = await stage.agent("ann", locale="en")
    await agent.go("available")
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await agent.take()
    await user.say("w1")
    await agent.hears("w1")
    await agent.say("a1")
    await user.hears("a1")
    return user, agent


async def test_a_reload_on_either_side_shows_the_same_conversation(stage: Stage) -> None:
    user, agent = await paired(stage)
    await user.page.reload()
    await user.sees(["w1", "a1"])
    await agent.page.reload()
    await expect(agent.at("presence")).to_have_attribute("data-status", "available")
    await agent.take()
    await agent.sees(["w1", "a1"])
    await user.say("w2")
    await agent.sees(["w1", "a1", "w2"])
    await agent.say("a2")
    await user.sees(["w1", "a1", "w2", "a2"])


async def test_a_second_tab_shows_the_same_conversation_and_goes_on_with_it(stage: Stage) -> None:
    user, agent = await paired(stage)
    tab = Wallet(await user.context.new_page())
    await tab.visit(stage.served.address, "alex")
    await tab.call_support()
    await tab.sees(["w1", "a1"])
    await tab.say("w2")
    await user.sees(["w1", "a1", "w2"])
    await agent.say("a2")
    for one in (user, tab, agent):
        await one.sees(["w1", "a1", "w2", "a2"])


async def test_a_copy_of_the_agents_tab_asks_to_sign_in_and_leaves_the_first_one_alone(stage: Stage) -> None:
    user, agent = await paired(stage)
    async with agent.context.expect_page() as opened:
        await agent.page.evaluate("window.open('/console')")  # the new tab starts with a copy of the session storage
    copy = Console(await opened.value)
    await expect(copy.at("signin-message")).to_be_visible()
    await user.say("w2")
    await agent.sees(["w1", "a1", "w2"])


async def test_what_is_written_without_a_network_is_sent_once_and_in_order(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, agent = await paired(stage)
    for one, other, name in ((user, agent, "w"), (agent, user, "a")):
        before = await one.texts()
        await one.context.set_offline(True)
        for number in range(3):
            await one.say(f"{name}-offline-{number}")
        await expect(one.at("outgoing")).to_have_count(3)
        await expect(one.at("outgoing").last).to_contain_text("Will be sent once you’re online")
        await other.say(f"to {name}")
        await expect(other.at("outgoing")).to_have_count(0)
        await one.context.set_offline(False)
        written = [f"{name}-offline-{number}" for number in range(3)]
        await one.sees([*before, f"to {name}", *written])
        await other.sees([*before, f"to {name}", *written])


async def test_what_was_not_sent_before_a_reload_is_sent_after_it(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, agent = await paired(stage)
    await user.context.set_offline(True)
    await user.say("w2")
    await expect(user.at("outgoing")).to_have_count(1)
    await user.page.close()
    again = Wallet(await user.context.new_page())
    await user.context.set_offline(False)
    await again.visit(stage.served.address, "alex")
    await again.call_support()
    await again.sees(["w1", "a1", "w2"])
    await agent.sees(["w1", "a1", "w2"])


async def test_an_anonymous_visitor_finds_the_conversation_after_a_reload(stage: Stage) -> None:
    visitor = await stage.wallet("", locale="en")
    await visitor.call_support()
    await visitor.at("start-bot").click()
    await visitor.say("who am I?")
    await visitor.hears("who am I?")
    await visitor.hears("or just reply")
    said = await visitor.texts()
    await visitor.page.reload()
    await visitor.hears("or just reply")
    assert await visitor.texts() == said
    stranger = await stage.wallet("", locale="en")
    await stranger.call_support()
    await expect(stranger.at("home")).to_be_visible()
    await expect(stranger.at("earlier")).to_have_count(0)


async def test_a_user_who_signs_out_leaves_nothing_on_the_screen_for_the_next_one(stage: Stage) -> None:
    user, _ = await paired(stage)
    await user.page.get_by_test_id("user").select_option("dana")
    await expect(user.at("home")).to_be_visible()
    await expect(user.said).to_have_count(0)
    await user.page.get_by_test_id("user").select_option("alex")
    await user.sees(["w1", "a1"])


async def test_a_draft_waits_where_it_was_begun(stage: Stage) -> None:
    user, agent = await paired(stage)
    await user.composer.fill("not yet sent")
    await user.page.reload()
    await expect(user.composer).to_have_value("not yet sent")
    other = await stage.wallet("dana", locale="en")
    await other.call_support()
    await other.ask_for_a_person()
    await other.is_in("active")
    first = await agent.at("chat").get_attribute("data-id") or ""
    await agent.composer.fill("for Alex")
    await agent.at("mode-note").click()
    await agent.composer.fill("about Alex")
    await agent.at("conversation-item").filter(has_text="Dana").click()
    await expect(agent.composer).to_have_value("")
    await agent.composer.fill("for Dana")
    await agent.page.reload()
    await agent.item(id=first).click()
    await expect(agent.composer).to_have_value("for Alex")
    await agent.at("mode-note").click()
    await expect(agent.composer).to_have_value("about Alex")
    await agent.at("conversation-item").filter(has_text="Dana").click()
    await expect(agent.composer).to_have_value("for Dana")


async def test_what_was_refused_stays_in_sight_and_can_be_tried_again(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, agent = await paired(stage)
    await user.context.set_offline(True)
    await user.say("w2")
    await agent.close("unsolved")
    await user.context.set_offline(False)
    failed = user.at("outgoing", state="failed")
    await expect(failed).to_contain_text("Not sent")
    await agent.at("reopen").click()
    await user.is_in("active")
    await failed.get_by_test_id("retry").click()
    await user.sees(["w1", "a1", "w2"])
    await agent.sees(["w1", "a1", "w2"])


async def test_a_user_is_told_that_the_agent_lost_the_link_and_that_it_is_back(stage: Stage) -> None:
    user, agent = await paired(stage)
    await agent.page.close()
    ann = stage.served.accounts["ann"].id
    await stage.served.until(lambda conn: (state := read_presence(conn, ann)) and state.link_lost_at is not None)
    await stage.pass_time(20)
    await expect(user.at("agent-away")).to_contain_text("Ann")
    await user.say("still there?")
    back = await stage.agent("ann", locale="en")
    await expect(user.at("agent-away")).to_have_count(0)
    await back.take()
    await back.sees(["w1", "a1", "still there?"])


async def test_what_an_agent_wrote_too_late_comes_back_into_the_box(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, agent = await paired(stage)
    (conversation,) = await stage.served.app.database.read(
        lambda conn: list(conn.execute(select(conversations.c.id)).scalars())
    )
    second_device = await stage.served.agent("ann")
    await agent.context.set_offline(True)
    await agent.say("too late")
    await expect(agent.at("outgoing")).to_have_count(1)
    await second_device.call("hand_off", conversation=conversation, to_tier=2, reason="hard")
    await agent.context.set_offline(False)
    await expect(agent.at("kept-draft")).to_contain_text("too late")
    await expect(agent.at("outgoing")).to_have_count(0)
    await agent.at("takeback").click()
    await expect(agent.composer).to_have_value("too late")
    assert "too late" not in await user.texts()
