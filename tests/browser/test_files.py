"""Files go with messages: chosen, pasted or dropped, seen before and after, stopped, kept until there is a network."""

import base64
import struct
import zlib
from pathlib import Path

from playwright.async_api import FilePayload, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Wallet
from tests.browser.guard import NETWORK_GONE
from tests.people import Person


def png(width: int = 40, height: int = 30) -> bytes:
    """A small picture of one colour."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(b"\0" + b"\x20\x80\x90" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURE: FilePayload = {"name": "screen.png", "mimeType": "image/png", "buffer": png()}
LOG: FilePayload = {"name": "wallet.log", "mimeType": "text/plain", "buffer": b"14:02 pending\n"}

GIVE = """(target, [how, name, type, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), one => one.charCodeAt(0))], name, {type}));
  const made = how === "paste"
    ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
    : new DragEvent(how, {dataTransfer: data, bubbles: true, cancelable: true});
  target.dispatchEvent(made);
}"""
"""What a browser does when somebody pastes or drops a file."""


async def served(stage: Stage) -> tuple[Wallet, Person, str]:
    """A user in a conversation with an agent."""
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    return user, ann, (await ann.wait_for("agent_assigned"))["conversation"]


def given(how: str, file: FilePayload) -> list[str]:
    """The arguments of GIVE."""
    return [how, file["name"], file["mimeType"], base64.b64encode(file["buffer"]).decode()]


async def test_files_are_seen_before_they_go_and_after_they_came(stage: Stage) -> None:
    user, ann, conversation = await served(stage)
    await user.attach(PICTURE)
    await user.composer.evaluate(GIVE, given("paste", LOG))
    await user.at("chat").evaluate(GIVE, given("dragover", LOG))
    await user.at("chat").evaluate(GIVE, given("drop", {**LOG, "name": "other.log"}))
    await expect(user.at("tray-file")).to_have_count(3)
    await user.at("tray-file").filter(has_text="other.log").get_by_test_id("tray-remove").click()
    await user.say("two files")
    said = await ann.wait_for("message_posted")
    assert [(one["name"], one["type"]) for one in said["files"]] == [
        ("screen.png", "image/png"),
        ("wallet.log", "text/plain"),
    ]
    await user.hears("two files")
    await user.at("picture").click()
    await expect(user.at("picture-large").locator("img")).to_have_js_property("complete", value=True)
    assert await user.at("picture-large").locator("img").evaluate("picture => picture.naturalWidth") == 40
    await user.at("sheet-close").click()
    async with user.page.expect_download() as download:
        await user.at("file").click()
    taken = await download.value
    assert taken.suggested_filename == "wallet.log"
    assert Path(await taken.path()).read_bytes() == LOG["buffer"]
    assert conversation == said["conversation"]


async def test_what_cannot_go_along_is_refused_before_it_is_sent(stage: Stage) -> None:
    user, _, _ = await served(stage)
    programme: FilePayload = {"name": "run.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}
    await user.at("file-input").set_input_files([programme])
    await expect(user.at("file-refused")).to_contain_text("Pictures, PDFs and text files")
    await expect(user.at("tray-file")).to_have_count(0)


async def test_a_file_that_is_not_what_it_says_fails_in_sight_and_can_be_thrown_away(stage: Stage) -> None:
    stage.guard.forgive("400 (Bad Request)")
    user, ann, _ = await served(stage)
    await user.attach({"name": "fake.png", "mimeType": "image/png", "buffer": b"<script>alert(1)</script>"})
    await user.say("look")
    failed = user.at("outgoing", state="failed")
    await expect(failed).to_have_count(1)
    await failed.get_by_test_id("discard").click()
    await user.say("never mind")
    assert (await ann.wait_for("message_posted"))["text"] == "never mind"


async def test_files_wait_without_a_network_and_through_a_reload(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket")
    user, ann, _ = await served(stage)
    await user.attach(PICTURE)
    await user.context.set_offline(True)
    await user.say("kept")
    await expect(user.at("progress")).to_be_visible()
    await user.page.close()
    again = Wallet(await user.context.new_page())
    await user.context.set_offline(False)
    await again.visit(stage.served.address, "alex")
    await again.call_support()
    said = await ann.wait_for("message_posted")
    assert (said["text"], [one["name"] for one in said["files"]]) == ("kept", ["screen.png"])
    await again.sees(["kept"])
    await expect(again.at("picture")).to_be_visible()


async def test_a_file_under_way_can_be_stopped_and_nothing_is_said(stage: Stage) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket", "ERR_FAILED", "ERR_ABORTED")
    user, ann, _ = await served(stage)
    await user.page.route("**/attachments", lambda _: None)  # the upload never gets through
    await user.attach(PICTURE)
    await user.say("stop me")
    await user.at("file-stop").click()
    await expect(user.at("outgoing")).to_have_count(0)
    await user.say("after all")
    assert (await ann.wait_for("message_posted"))["text"] == "after all"
