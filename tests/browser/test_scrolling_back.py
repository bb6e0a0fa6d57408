"""Whoever reads what was said long ago is not moved; one press leads to the newest, or to what is quoted."""

from playwright.async_api import expect

from tests.browser.conftest import Stage

LONG = 300


async def test_a_user_reads_above_and_comes_back_by_one_press(stage: Stage) -> None:
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    conversation = (await ann.wait_for("agent_assigned"))["conversation"]
    first = await ann.say(conversation, "the first")
    for number in range(LONG):
        await ann.say(conversation, f"message {number}")
    await user.hears(f"message {LONG - 1}")
    await ann.say(conversation, "as I said", reply_to=first["id"])
    await user.hears("as I said")
    assert await user.said.count() < LONG / 2
    await user.at("quote").click()
    await expect(user.said.filter(has_text="the first").first).to_be_in_viewport()
    await ann.say(conversation, "the newest")
    await expect(user.at("to-end")).to_be_visible()
    await user.at("to-end").click()
    await expect(user.said.filter(has_text="the newest")).to_be_in_viewport()
    await expect(user.at("to-end")).to_have_count(0)
