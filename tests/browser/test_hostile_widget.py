"""Whatever the host, the desk or the person themselves put into the widget stays text: no dialog, no foreign node."""

import json

import pytest
from playwright.async_api import expect

from tests.browser.conftest import CAN_MAIL, Stage
from tests.browser.faces import Wallet
from tests.browser.hostile import TEXTS, foreign

MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script>"onmouseover="alert(3)'


async def answers(user: Wallet, path: str, body: object) -> None:
    """Let the server seem to answer with this."""
    text = json.dumps(body)
    await user.page.route(f"**/api/v1/{path}", lambda route: route.fulfill(body=text, content_type="application/json"))


@pytest.mark.parametrize("settings", [CAN_MAIL], ids=["mail"])
async def test_every_box_of_the_widget_takes_every_string_as_text(stage: Stage) -> None:
    words = {"zh": MARKUP, "en": MARKUP}
    question = {"id": "order", "label": words, "hint": words, "kind": "text", "required": False}
    choice = {"id": "way", "label": words, "kind": "choice", "options": [{"id": "a", "label": words}]}
    user = await stage.wallet("alex", locale="en")
    await answers(user, "topics", {"topics": [{"id": "t", **words, "fields": [question, choice]}]})
    away = {"open": False, "opens_at": 1_900_000_000_000, "estimate_s": None, "alternatives": ["message", "callback"]}
    await answers(user, "availability", away)
    await user.call_support()
    await user.choose("t")
    await takes_all(user, "intake-order")
    await user.at("start-bot").click()
    await user.at("ask-callback").click()
    for box in ("callback-phone", "callback-note"):
        await takes_all(user, box)
    await user.at("sheet-close").click()
    await user.open_menu()
    await user.at("transcript-mail").click()
    await takes_all(user, "transcript-address")


async def takes_all(user: Wallet, box: str) -> None:
    """Type every string into a box; nothing but text may come of it."""
    for text in TEXTS:
        await user.at(box).fill(text[:500])
    assert await foreign(user) == []


async def test_quotes_names_comments_and_files_are_only_text(stage: Stage) -> None:
    ann = await stage.served.available(MARKUP, skills=())
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    conversation = (await ann.wait_for("agent_assigned"))["conversation"]
    for number, text in enumerate(TEXTS[:12]):
        said = await ann.call("send_message", conversation=conversation, key=f"k{number}", text=text)
        await ann.call("send_message", conversation=conversation, key=f"q{number}", text="so", reply_to=said["id"])
    await expect(user.at("quote")).to_have_count(12)
    await user.at("message").last.hover()
    await user.at("reply").last.click()
    await expect(user.at("answering")).to_contain_text(MARKUP)
    await user.attach({"name": f"{MARKUP}.log", "mimeType": "text/plain", "buffer": b"x"})
    await user.say(TEXTS[0])
    await expect(user.at("file")).to_be_visible()
    assert await foreign(user) == []
    await ann.call("close_conversation", conversation=conversation)
    await user.is_in("closed")
    for text in TEXTS:
        await user.at("rate-score-3").check(force=True)
        await user.at("rate-comment").fill(text)
    assert await foreign(user) == []


async def test_a_host_cannot_be_made_to_break_the_widget_by_its_theme(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    for accent in ("red;background:url(https://evil.example)", "url(https://evil.example)", MARKUP, "#7a1fa2"):
        await user.page.evaluate("accent => chatserver.push(['theme', {accent}])", accent)
    await expect(user.root.locator("html")).to_have_css("--cs-accent", "#7a1fa2")
    assert await foreign(user) == []


POSTED_AND_HEARD = """() => new Promise(done => {
  addEventListener("message", ({data}) => data === "the last" && done());
  postMessage("the last", "*");
})"""


async def test_a_page_that_is_not_the_host_is_neither_heard_nor_spoken_to(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await expect(user.at("home")).to_be_visible()
    forged = {"mark": "chatserver/1", "message": {"type": "locale", "locale": "zh-CN"}}
    # From the frame to itself, from the page to itself: neither comes from the one window that counts.
    for frame in user.page.frames:
        await frame.evaluate("message => window.postMessage(message, '*')", forged)
    await user.page.evaluate(
        "() => window.postMessage({mark: 'chatserver/1', message: {type: 'close_wanted'}}, '*')",
    )
    for frame in user.page.frames:  # messages come in the order in which they were posted: all of these have come
        await frame.evaluate(POSTED_AND_HEARD)
    await expect(
        user.root.get_by_role("heading", name="Hello, this is Tidepurse support. How can we help?")
    ).to_be_visible()
