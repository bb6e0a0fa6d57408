"""No view of the widget stands in anybody's way: axe finds nothing serious, at any size, in either language."""

import json

import pytest
from playwright.async_api import expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import CAN_MAIL, Stage
from tests.browser.faces import DESKTOP, PHONE, Viewport, Wallet
from tests.browser.guard import NETWORK_GONE
from tests.browser.test_files import png

TOPICS = {
    "topics": [
        {
            "id": "withdraw",
            "zh": "提现没到账",
            "en": "My withdrawal has not arrived",
            "fields": [
                {"id": "order", "label": {"zh": "订单号", "en": "Order"}, "kind": "order", "required": True},
                {
                    "id": "to",
                    "label": {"zh": "去向", "en": "Where to"},
                    "kind": "choice",
                    "options": [{"id": "bank", "label": {"zh": "银行卡", "en": "Bank"}}],
                },
            ],
        }
    ]
}


TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
AT_REST = """() => document.getAnimations().every(
  one => one.playState !== "running" || one.effect.getComputedTiming().iterations === Infinity)"""
"""What was drawn has begun to move, and nothing moves any more but what moves for ever."""


async def answers(user: Wallet, path: str, body: object) -> None:
    """Let the server seem to answer with this."""
    text = json.dumps(body)
    await user.page.route(f"**/api/v1/{path}", lambda route: route.fulfill(body=text, content_type="application/json"))


async def is_open_to_all(user: Wallet) -> None:
    """Nothing serious in what is on screen now, words included that have just come in."""
    await user.page.evaluate(TWO_FRAMES)
    await user.page.wait_for_function(AT_REST)
    assert await serious_faults(user.page) == []


@pytest.mark.parametrize("settings", [CAN_MAIL], ids=["mail"])
@pytest.mark.parametrize(("locale", "size"), [("zh-CN", PHONE), ("en", DESKTOP)], ids=["phone", "desktop"])
async def test_nothing_stands_in_the_way_from_the_start_to_the_rating(
    stage: Stage, locale: str, size: Viewport
) -> None:
    user = await stage.wallet("lin", locale=locale, size=size)
    await user.call_support()
    await is_open_to_all(user)
    await user.open_menu()
    await is_open_to_all(user)
    await user.at("sheet-close").click()
    await user.at("history-open").click()
    await expect(user.at("history")).to_be_visible()
    await is_open_to_all(user)
    await user.at("sheet-close").click()
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await is_open_to_all(user)
    ann = await stage.served.available("ann", skills=())
    await user.is_in("active")
    picture = {"name": "a.log", "mimeType": "text/plain", "buffer": b"line\n"}
    await user.attach(picture)  # type: ignore[arg-type]
    await is_open_to_all(user)
    await user.say("see https://a.example")
    await expect(user.at("file")).to_be_visible()
    said = await ann.wait_for("message_posted")
    await ann.call("send_message", conversation=said["conversation"], key="a", text="I do", reply_to=said["id"])
    await expect(user.at("quote")).to_be_visible()
    await is_open_to_all(user)
    await ann.call("close_conversation", conversation=said["conversation"])
    await user.is_in("closed")
    await user.at("rate-score-4").check(force=True)
    await user.at("transcript-mail").click()
    await is_open_to_all(user)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_forms_stand_in_nobodys_way(stage: Stage, scheme: str) -> None:
    user = await stage.wallet("", locale="en", size=PHONE)
    await user.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    away = {"open": False, "opens_at": 1_900_000_000_000, "estimate_s": None, "alternatives": ["message", "callback"]}
    await answers(user, "topics", TOPICS)
    await answers(user, "availability", away)
    await user.call_support()
    await user.choose("withdraw")
    await user.ask_for_a_person()
    await expect(user.at("intake").get_by_role("alert")).to_be_visible()
    await is_open_to_all(user)
    await user.at("start-bot").click()
    await user.at("ask-callback").click()
    await expect(user.at("callback")).to_be_visible()
    await is_open_to_all(user)


async def test_the_keyboard_stays_in_a_sheet_and_returns_to_where_it_was(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.at("menu").focus()
    await user.page.keyboard.press("Enter")
    await expect(user.at("menu-sheet")).to_be_focused()
    for _ in range(12):
        await user.page.keyboard.press("Tab")
        assert await user.at("menu-sheet").evaluate("sheet => sheet.contains(document.activeElement)")
    await user.page.keyboard.press("Shift+Tab")
    assert await user.at("menu-sheet").evaluate("sheet => sheet.contains(document.activeElement)")
    await user.page.keyboard.press("Escape")
    await expect(user.at("menu-sheet")).to_have_count(0)
    await expect(user.at("menu")).to_be_focused()


async def test_at_twice_the_size_of_letters_everything_can_still_be_reached(stage: Stage) -> None:
    # Half the width in CSS pixels is what 200 % zoom means on a phone of 640 physical points.
    user = await stage.wallet("alex", locale="en", size={"viewport": {"width": 320, "height": 400}})
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await user.at("leave-queue").click()
    await user.is_in("bot")
    assert await user.root.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")


async def test_a_page_that_runs_from_right_to_left_gets_a_widget_that_does(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    await user.page.evaluate("document.documentElement.dir = 'rtl'")
    await user.call_support()
    await expect(user.root.locator("html")).to_have_attribute("dir", "rtl")
    left = await user.page.get_by_test_id("widget-frame").evaluate("frame => frame.getBoundingClientRect().left")
    assert left < 100
    await user.at("start-bot").click()
    await user.say("مرحبا")
    await user.hears("مرحبا")
    bubble = await user.said.last.bounding_box()
    log = await user.at("log").bounding_box()
    assert bubble
    assert log
    assert bubble["x"] - log["x"] < log["width"] / 2


@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en", "dark")])
async def test_what_warns_people_and_what_went_wrong_stands_in_nobodys_way(
    stage: Stage, locale: str, scheme: str
) -> None:
    stage.guard.forgive(*NETWORK_GONE, "WebSocket", "400 (Bad Request)")
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex" if locale == "en" else "lin", locale=locale, size=PHONE)
    await user.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    conversation = (await ann.wait_for("agent_assigned"))["conversation"]
    await user.say(
        "my recovery phrase is abandon ability able about above absent absorb abstract absurd abuse access act"
    )
    await expect(user.at("secret-warning")).to_be_visible()
    await is_open_to_all(user)
    await user.at("secret-remove").click()
    await user.say("is https://paypa1-refund.top or https://example.org yours?")
    await expect(user.at("link-host")).to_have_count(2)
    await is_open_to_all(user)
    await user.root.get_by_role("link", name="https://example.org").click()
    await expect(user.at("leaving-stay")).to_be_visible()
    await is_open_to_all(user)
    await user.at("leaving-stay").click()
    await user.attach({"name": "fake.png", "mimeType": "image/png", "buffer": b"<script>"})
    await user.at("send").click()
    await expect(user.at("outgoing", state="failed")).to_have_count(1)
    await is_open_to_all(user)
    await user.at("discard").click()
    await user.attach({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    await user.at("send").click()
    await user.at("picture").click()
    await expect(user.at("picture-large")).to_be_visible()
    await is_open_to_all(user)
    await user.at("sheet-close").click()
    await ann.call("hand_off", conversation=conversation, to_tier=2, reason="ledger")
    await user.is_in("waiting")
    await user.context.set_offline(True)
    await user.say("meanwhile")
    await expect(user.at("status-line")).to_be_visible()
    await is_open_to_all(user)
    await user.context.set_offline(False)
    await user.hears("meanwhile")
    await user.at("leave-message").click()
    await expect(user.at("parked")).to_be_visible()
    await is_open_to_all(user)
    await user.at("widget-close").click()
    await is_open_to_all(user)


async def test_whoever_wants_less_motion_gets_none(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en", size=PHONE)
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("waiting")
    lasts = "() => Math.max(...document.getAnimations().map(one => one.effect.getComputedTiming().duration), 0)"
    assert await user.root.locator("html").evaluate(lasts) < 1
    await user.page.emulate_media(reduced_motion="no-preference")
    assert await user.root.locator("html").evaluate(lasts) > 1_000  # the dot that says: still looking
