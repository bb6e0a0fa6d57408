"""From one tap in the wallet to the rating: both faces, both languages, both sizes."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import DESKTOP, PHONE, Console, Viewport, Wallet

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "zh-CN": {
        "user": "lin",
        "tier1": "zhou",
        "tier2": "chen",
        "first": "您排在第 1 位",
        "handed_off": "您的问题已转给资深客服",
        "read": "已读",
        "solved": "已结束 · 已解决",
        "handoff_line": "转到二线：链上卡住了",
        "reason": "链上卡住了",
    },
    "en": {
        "user": "alex",
        "tier1": "amy",
        "tier2": "grace",
        "first": "You’re first in line",
        "handed_off": "A senior specialist is taking over",
        "read": "Read",
        "solved": "Closed · Solved",
        "handoff_line": "handed off to tier 2: stuck on chain",
        "reason": "stuck on chain",
    },
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_user_is_helped_by_two_tiers_and_rates_it(stage: Stage, locale: str, size: Viewport) -> None:
    words = WORDS[locale]
    user = await stage.wallet(words["user"], locale=locale, size=size)
    await from_the_first_tap_into_the_queue(user, words)
    first = await stage.demo_agent(words["tier1"], locale=locale, size=size)
    await first.go("available")
    await user.is_in("active")
    await first.take()
    await first.hears("w1")
    await both_see_the_other_type_and_read(user, first, words)
    await handed_off_with_a_reason_and_notes(user, first, words)
    second = await stage.demo_agent(words["tier2"], locale=locale, size=size)
    await second.go("available")
    await second.take()
    await user.is_in("active")
    await second.sees(await user.texts())
    await expect(second.at("note")).to_contain_text(["between us", "nonce gap"])
    await second.say("b1")
    await user.hears("b1")
    await closed_and_rated(user, second, words)
    heard = "".join(stage.guard.heard[user.page])
    assert "b1" in heard
    for secret in ("between us", "nonce gap"):
        await expect(user.root.get_by_text(secret)).to_have_count(0)
        assert secret not in heard
    assert [text for text in await user.texts() if len(text) == 2] == ["w1", "a1", "w2", "w3", "b1"]


async def from_the_first_tap_into_the_queue(user: Wallet, words: Words) -> None:
    await user.call_support()
    await user.choose("withdraw")
    await user.at("start-bot").click()
    await expect(user.said_by("bot")).to_have_count(1)
    await user.say("w1")
    await user.hears("w1")
    await user.ask_for_a_person()
    await user.is_in("waiting")
    await expect(user.at("position")).to_contain_text(words["first"])


async def both_see_the_other_type_and_read(user: Wallet, agent: Console, words: Words) -> None:
    await user.composer.press_sequentially("half a thought")
    await expect(agent.at("typing-draft")).to_have_text("half a thought")
    await user.composer.fill("")
    await expect(agent.at("typing-draft")).to_have_count(0)
    await agent.composer.press_sequentially("a1")
    await expect(user.at("typing")).not_to_be_empty()
    await agent.composer.press("Enter")
    await user.hears("a1")
    await expect(agent.at("message-state")).to_have_text(words["read"])
    await user.say("w2")
    await agent.hears("w2")
    await expect(user.at("message-state")).to_have_text(words["read"])


async def handed_off_with_a_reason_and_notes(user: Wallet, agent: Console, words: Words) -> None:
    await agent.note("between us")
    await agent.hand_off(words["reason"], note="nonce gap")
    await user.is_in("waiting")
    await user.reads(words["handed_off"])
    await user.say("w3")
    await agent.hears("w3")
    await agent.reads(words["handoff_line"])


async def closed_and_rated(user: Wallet, agent: Console, words: Words) -> None:
    await agent.close("solved")
    await expect(agent.at("status-line")).to_contain_text(words["solved"])
    await user.is_in("closed")
    await user.rate(5, solved=True, comment="fast")
    details = await agent.show_details()
    await expect(details.get_by_test_id("rating")).to_have_attribute("data-score", "5")
    await expect(details.get_by_test_id("rating-comment")).to_have_text("fast")
    await agent.hide_details()
