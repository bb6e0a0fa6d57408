"""Both faces speak Chinese and English, each person the language of their choice."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE

KEY = re.compile(r"\b(home|chat|event|error|action|composer|waiting|rate|status|line|lists|presence)\.[a-z_]{3,}")
"""A text that was not found shows its key."""


async def test_the_widget_changes_its_language_and_remembers_it(stage: Stage) -> None:
    user = await stage.wallet("", locale="zh-CN")
    await user.call_support()
    await expect(
        user.root.get_by_role("heading", name="您好，这里是潮汐钱包客服，请问有什么可以帮您？")
    ).to_be_visible()
    await user.speak("en")
    await expect(
        user.root.get_by_role("heading", name="Hello, this is Tidepurse support. How can we help?")
    ).to_be_visible()
    await expect(user.root.locator("html")).to_have_attribute("lang", "en")
    await expect(user.at("topic", topic="transfer")).to_have_text("I sent money to the wrong place")
    await user.at("start-bot").click()
    await expect(user.said_by("bot")).to_contain_text("Hello")
    await user.page.reload()
    await user.open_menu()
    await expect(user.at("close")).to_have_text("End chat")


async def test_the_wallet_takes_the_widget_along_when_it_changes_its_language(stage: Stage) -> None:
    user = await stage.wallet("", locale="en")
    await user.page.get_by_test_id("demo-language").click()
    await expect(user.page.get_by_test_id("widget-open")).to_have_accessible_name("联系客服")
    await user.call_support()
    await expect(
        user.root.get_by_role("heading", name="您好，这里是潮汐钱包客服，请问有什么可以帮您？")
    ).to_be_visible()


async def test_the_console_changes_its_language_and_remembers_it(stage: Stage) -> None:
    agent = await stage.console(locale="zh-CN")
    await expect(agent.page.get_by_role("heading", name="登录工作台")).to_be_visible()
    await agent.at("language-en").click()
    await expect(agent.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await agent.sign_in(stage.served.address, "amy@demo.tidepurse.example", "tidepurse-demo")
    await expect(agent.at("presence-available")).to_have_text("Available")
    await agent.speak("zh-CN")
    await expect(agent.at("presence-available")).to_have_text("可接待")
    await expect(agent.page).to_have_title("客服工作台")
    await agent.page.reload()
    await expect(agent.at("presence-available")).to_have_text("可接待")
    await expect(agent.page.locator("html")).to_have_attribute("lang", "zh-CN")


async def test_each_reads_what_happened_in_their_own_language(stage: Stage) -> None:
    user = await stage.wallet("lin", locale="zh-CN", size=PHONE)
    await user.call_support()
    await user.ask_for_a_person()
    agent = await stage.demo_agent("zhou", locale="en")
    await agent.go("available")
    await user.reads("客服小周来为您服务了")
    await agent.take()
    await agent.hand_off("on chain")
    await user.reads("您的问题已转给资深客服")
    await agent.reads("handed off to tier 2: on chain")
    await agent.speak("zh-CN")
    await agent.reads("转到二线：on chain")
    await user.speak("en")
    await user.reads("A senior specialist is taking over")
    for face in (user, agent):
        for frame in face.page.frames:
            assert not KEY.search(await frame.locator("body").inner_text())
