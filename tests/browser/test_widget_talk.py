"""In the middle of a conversation: answers that quote, files from anywhere, a handoff while typing, a minute away."""

import io
import os
from typing import Any

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE, Viewport, Wallet
from tests.browser.guard import NETWORK_GONE
from tests.browser.test_files import LOG, PICTURE
from tests.people import Person

A_MINUTE_MS = 61_000


async def talking(stage: Stage, size: Viewport = PHONE) -> tuple[Wallet, Person, str]:
    """A user in a conversation with an agent."""
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex", locale="en", size=size)
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    return user, ann, (await ann.wait_for("agent_assigned"))["conversation"]


def picture(kind: str, size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    """A picture of any format that is packed here."""
    out = io.BytesIO()
    Image.new("RGB", size, (20, 120, 200)).save(out, kind, **more)
    return out.getvalue()


async def test_an_answer_quotes_what_it_answers_and_leads_there(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    asked = await ann.say(conversation, "Which order is it?")
    for number in range(30):
        await ann.say(conversation, f"line {number}")
    await user.hears("line 29")
    await user.at("log").evaluate("log => { log.scrollTop = 0; }")
    await user.at("message").filter(has_text="Which order").get_by_test_id("reply").click()
    await expect(user.at("answering")).to_contain_text("Which order is it?")
    await expect(user.composer).to_be_focused()
    await user.at("answer-cancel").click()
    await expect(user.at("answering")).to_have_count(0)
    await user.at("message").filter(has_text="Which order").get_by_test_id("reply").click()
    await user.say("88-1042")
    said = await ann.wait_for("message_posted", where=lambda event: event["by"]["role"] == "user")
    assert (said["text"], said["reply_to"]) == ("88-1042", asked["id"])
    quote = user.at("message").last.get_by_test_id("quote")
    await expect(quote).to_contain_text("Which order is it?")
    await quote.click()
    await expect(user.at("message", id=asked["id"])).to_be_focused()
    await expect(user.at("message", id=asked["id"])).to_be_in_viewport()
    await ann.say(conversation, "meanwhile")
    await expect(user.at("to-end")).to_have_text("1 new")
    await user.at("to-end").click()
    await expect(user.said.last).to_be_in_viewport()
    await expect(user.at("to-end")).to_have_count(0)


async def test_what_is_being_typed_survives_the_move_to_another_tier_which_is_told_calmly(stage: Stage) -> None:
    user, ann, conversation = await talking(stage)
    await user.composer.press_sequentially("I also see a fee that")
    await ann.call("hand_off", conversation=conversation, to_tier=2, reason="ledger")
    await user.is_in("waiting")
    await user.reads("They can see everything so far, so there’s no need to repeat it")
    await expect(user.at("waiting")).to_contain_text("Your place is safe")
    await expect(user.composer).to_have_value("I also see a fee that")
    await expect(user.composer).to_be_focused()
    await user.composer.press_sequentially(" I did not expect")
    grace = await stage.served.available("grace", tier=2)
    await user.is_in("active")
    await expect(user.composer).to_have_value("I also see a fee that I did not expect")
    await user.composer.press("Enter")
    heard = await grace.wait_for("message_posted")
    assert heard["text"] == "I also see a fee that I did not expect"
    await expect(user.at("title")).to_have_text("Grace")
    await expect(user.root.get_by_role("img", name="Verified support agent")).to_be_visible()


async def test_a_phone_takes_a_photo_with_its_camera(stage: Stage) -> None:
    user, ann, _ = await talking(stage)
    camera = user.at("camera-input")
    await expect(camera).to_have_attribute("capture", "environment")
    await expect(user.at("camera")).to_be_visible()
    await camera.set_input_files([PICTURE])
    await expect(user.at("tray-file")).to_have_count(1)
    await user.at("send").click()  # a picture needs no words
    said = await ann.wait_for("message_posted")
    assert (said["text"], [one["type"] for one in said["files"]]) == ("", ["image/png"])


async def test_a_picture_that_few_can_open_becomes_one_that_all_can(stage: Stage) -> None:
    user, ann, _ = await talking(stage)
    avif: FilePayload = {"name": "IMG_1.avif", "mimeType": "image/avif", "buffer": picture("AVIF")}
    await user.attach(avif)
    await user.say("converted here")
    (file,) = (await ann.wait_for("message_posted"))["files"]
    assert (file["name"], file["type"], file["width"]) == ("IMG_1.jpg", "image/jpeg", 64)
    unknown: FilePayload = {"name": "IMG_2.HEIC", "mimeType": "", "buffer": b"\0\0\0\x18ftypheic" + os.urandom(99)}
    await user.at("file-input").set_input_files([unknown, LOG])
    await expect(user.at("file-refused")).to_contain_text("Take a screenshot of it")
    await expect(user.at("tray-file")).to_have_count(1)  # the other one goes along


async def test_how_far_a_file_is_can_be_seen(stage: Stage) -> None:
    user, ann, _ = await talking(stage)
    devtools = await user.context.new_cdp_session(user.page)
    slow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 400_000}
    await devtools.send("Network.emulateNetworkConditions", slow)
    noise = Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3))
    out = io.BytesIO()
    noise.save(out, "PNG")
    await user.attach({"name": "big.png", "mimeType": "image/png", "buffer": out.getvalue()})
    await user.say("here it comes")
    seen = await user.at("progress").evaluate(
        """bar => new Promise(done => {
          const seen = [];
          const look = () => {
            if (!bar.isConnected) return done(seen);
            if (seen[seen.length - 1] !== bar.value) seen.push(bar.value);
            setTimeout(look, 30);
          };
          look();
        })"""
    )
    on_its_way = [part for part in seen if part > 0]
    assert len(on_its_way) >= 3
    assert on_its_way == sorted(on_its_way)
    assert on_its_way[-1] < 1  # the last bit is the server's
    assert (await ann.wait_for("message_posted"))["files"][0]["name"] == "big.png"


async def test_a_minute_without_a_network_costs_nobody_a_word(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, ann, conversation = await talking(stage)
    await user.say("before")
    await user.hears("before")
    await user.context.set_offline(True)
    await expect(user.at("status-line")).to_contain_text("Nothing you write will be lost")
    await user.say("one")
    await ann.say(conversation, "are you there?")
    await user.page.wait_for_timeout(A_MINUTE_MS)
    await user.say("two")
    await expect(user.at("outgoing").last).to_contain_text("Will be sent once you’re online")
    await user.context.set_offline(False)
    await user.sees(["before", "are you there?", "one", "two"])
    await expect(user.at("status-line")).to_be_hidden()
    log = await ann.log(conversation)
    assert [event["text"] for event in log if "text" in event] == ["before", "are you there?", "one", "two"]
    await user.is_in("active")
