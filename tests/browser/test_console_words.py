"""Words that agents need not type, words for colleagues only, and files beside both: nothing of it is ever lost."""

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.browser.test_files import GIVE, LOG, PICTURE, given
from tests.people import Person

REPLY = "Hello Lin, I’m Ann. I’ve read what you wrote and am looking into it now."


async def at_work(stage: Stage) -> tuple[Console, Person, str]:
    """Ann in a chat with Lin."""
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.served.user("lin", name="Lin", locale="en")
    started = await user.call("start_conversation", key="k", text="help", want_agent=True)
    await ann.take()
    await ann.hears("help")
    return ann, user, started["conversation"]["id"]


async def test_a_canned_reply_comes_from_the_palette_filled_in_and_is_looked_at_before_it_goes(stage: Stage) -> None:
    ann, user, _ = await at_work(stage)
    keyboard = ann.page.keyboard
    await keyboard.press("r")
    await keyboard.type("P.S.")
    await keyboard.press("Control+k")
    await expect(ann.at("palette-choice", id="reply greeting")).to_contain_text("Hello Lin, I’m Ann.")
    await keyboard.type("greeting")
    await keyboard.press("Enter")
    await expect(ann.composer).to_have_value(f"{REPLY}\nP.S.")
    await expect(ann.composer).to_be_focused()
    assert {one["text"] for one in await user.told("message_posted")} <= {"help"}
    await keyboard.press("Enter")
    await user.wait_for("message_posted", text=f"{REPLY}\nP.S.")


async def test_a_slash_that_is_meant_as_a_slash_stays_one(stage: Stage) -> None:
    ann, user, _ = await at_work(stage)
    await ann.composer.click()
    await ann.page.keyboard.type("/hi")
    await expect(ann.at("canned-reply")).not_to_have_count(0)
    await ann.page.keyboard.press("Escape")
    await expect(ann.at("replies")).to_have_count(0)
    await expect(ann.composer).to_have_value("/hi")
    await ann.page.keyboard.press("Enter")
    await user.wait_for("message_posted", text="/hi")


async def test_a_macro_does_its_steps_from_the_palette(stage: Stage) -> None:
    ann, user, conversation = await at_work(stage)
    cai = await stage.served.available("cai", tier=2)
    await ann.page.keyboard.press("Control+k")
    await ann.page.keyboard.type("suspected fraud")
    await ann.page.keyboard.press("Enter")
    handed = await user.wait_for("handed_off", conversation=conversation)
    assert handed["reason"] == "fraud"
    await cai.wait_for("agent_assigned", conversation=conversation)
    notes = [one["text"] for one in await cai.log(conversation, "internal") if one["type"] == "note_added"]
    assert any("suspected fraud" in note for note in notes)
    assert not await user.told("note_added", "tags_changed")


async def test_files_on_a_note_are_seen_by_colleagues_and_never_by_the_user(stage: Stage) -> None:
    ann, user, conversation = await at_work(stage)
    await ann.at("mode-note").click()
    await ann.at("file-input").set_input_files([PICTURE, LOG])
    await expect(ann.at("tray-file")).to_have_count(2)
    await ann.say("what the bank sent")
    note = ann.at("note").filter(has_text="what the bank sent")
    await expect(note.get_by_test_id("picture").locator("img")).to_have_js_property("naturalWidth", 40)
    await expect(note.get_by_test_id("file")).to_contain_text("wallet.log")
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.page.goto(f"{stage.served.address}/console#/chats/{conversation}")
    await expect(lea.at("note").get_by_test_id("picture").locator("img")).to_have_js_property("naturalWidth", 40)
    leader = await stage.served.agent("lea")
    (added,) = [one for one in await leader.log(conversation, "internal") if one["type"] == "note_added"]
    for file in added["files"]:
        assert (await stage.served.get(f"/api/v1/attachments/{file['id']}", user)).status == 404
    assert not await user.told("note_added")
    await ann.at("mode-reply").click()
    await expect(ann.at("tray-file")).to_have_count(0)


async def test_pasted_and_dropped_files_go_along(stage: Stage) -> None:
    ann, user, _ = await at_work(stage)
    await ann.composer.evaluate(GIVE, given("paste", PICTURE))
    await ann.at("chat").evaluate(GIVE, given("dragover", LOG))
    await ann.at("chat").evaluate(GIVE, given("drop", LOG))
    await expect(ann.at("tray-file")).to_have_count(2)
    await ann.say("both")
    said = await user.wait_for("message_posted", text="both")
    assert [one["name"] for one in said["files"]] == ["screen.png", "wallet.log"]
    await ann.at("lists-mine").evaluate(GIVE, given("drop", LOG))  # beside the chat: neither taken nor opened
    await expect(ann.at("tray-file")).to_have_count(0)


async def test_chosen_files_wait_for_their_chat_and_outlive_a_reload(stage: Stage) -> None:
    ann, user, conversation = await at_work(stage)
    other = await stage.served.user("may", name="May", locale="en")
    await other.call("start_conversation", key="k", text="me too", want_agent=True)
    await expect(ann.item()).to_have_count(2)
    await ann.at("file-input").set_input_files([PICTURE])
    await ann.at("mode-note").click()
    await expect(ann.at("tray-file")).to_have_count(0)
    await ann.item().filter(has_text="May").click()
    await expect(ann.at("tray-file")).to_have_count(0)
    await ann.page.reload()
    await ann.item(id=conversation).click()
    await expect(ann.at("tray-file")).to_have_count(1)
    await expect(ann.at("tray-file").locator("img")).to_have_js_property("naturalWidth", 40)
    await ann.composer.press("Enter")
    said = await user.wait_for("message_posted", where=lambda one: bool(one.get("files")))
    assert [one["name"] for one in said["files"]] == ["screen.png"]


async def test_what_was_sent_too_late_comes_back_with_its_files(stage: Stage) -> None:
    stage.guard.forgive("409 (Conflict)")
    ann, user, conversation = await at_work(stage)
    elsewhere = await stage.served.agent("ann")
    uploads = "**/attachments?*"
    await ann.page.route(uploads, lambda route: route.abort())
    stage.guard.forgive("ERR_FAILED")
    await ann.at("file-input").set_input_files([PICTURE])
    await ann.say("too late")
    await expect(ann.at("outgoing")).to_have_count(1)
    await elsewhere.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await ann.page.unroute(uploads)
    await expect(ann.at("kept-draft")).to_contain_text("too late")
    await ann.at("takeback").click()
    await expect(ann.composer).to_have_value("too late")
    await expect(ann.at("tray-file")).to_have_count(1)
    await ann.composer.press("Enter")
    said = await user.wait_for("message_posted", text="too late")
    assert [one["name"] for one in said["files"]] == ["screen.png"]


async def test_a_whisper_written_without_a_network_arrives_once_it_is_back(stage: Stage) -> None:
    stage.guard.forgive("ERR_INTERNET_DISCONNECTED", "WebSocket")
    ann, user, conversation = await at_work(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.page.goto(f"{stage.served.address}/console#/chats/{conversation}")
    await lea.hears("help")
    await lea.context.set_offline(True)
    await lea.say("ask for the order number")
    await expect(lea.at("outgoing-note")).to_contain_text("ask for the order number")
    again = Console(await lea.context.new_page())
    await lea.page.close()
    await again.context.set_offline(False)
    await again.sign_in(stage.served.address, "lea@x.io", "correct horse battery staple")
    await expect(ann.at("note").filter(has_text="ask for the order number")).to_have_count(1)
    assert not await user.told("note_added")


async def test_a_supervisor_takes_a_chat_away_in_the_middle_of_a_sentence_and_the_sentence_is_kept(
    stage: Stage,
) -> None:
    ann, user, conversation = await at_work(stage)
    lea = await stage.served.agent("lea", role="supervisor")
    bob = await stage.served.available("bob")
    await ann.composer.press_sequentially("half a sen")
    await lea.call("reassign", conversation=conversation, to_agent=bob.id, reason="knows the bank")
    await expect(ann.at("kept-draft")).to_contain_text("half a sen")
    await bob.say(conversation, "Bob here")
    await user.wait_for("message_posted", text="Bob here")
    await lea.call("reassign", conversation=conversation, to_agent=stage.served.accounts["ann"].id, reason="back again")
    await expect(ann.composer).to_have_value("half a sen")
