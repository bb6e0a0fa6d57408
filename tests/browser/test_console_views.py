"""Every view of the console in both languages and themes: axe finds nothing serious, and no text shows its key."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.axe import serious_faults
from tests.browser.conftest import Stage
from tests.browser.faces import Console

KEY = re.compile(
    r"\b(area|palette|settings|lists|row|details|profile|tile|queue|agents|menu|page|lead|field|audit|approval|alert|rule)"
    r"\.[a-z_]{3,}"
)
"""A text that was not found shows its key."""

LOOKS = pytest.mark.parametrize(("locale", "theme"), [("zh-CN", "light"), ("en", "dark")])


async def at_the_desk(stage: Stage, locale: str, theme: str, name: str, **account: Any) -> Console:
    """Somebody of the staff, with the look of their choice."""
    console = await stage.agent(name, locale=locale, **account)
    await console.page.evaluate(f"localStorage.setItem('chatserver.console.theme', '{theme}')")
    await console.page.reload()
    await expect(console.at("sign-out")).to_be_visible()
    return console


async def views_of_an_agent(stage: Stage, locale: str, theme: str) -> AsyncIterator[tuple[str, Console]]:
    """An agent's desk at the moments that look different."""
    agent = await at_the_desk(stage, locale, theme, "ann")
    yield "empty", agent
    await agent.go("available")
    user = await stage.served.user("lin", name="林晓芸")
    started = await user.call("start_conversation", key="k", text="https://example.com help", want_agent=True)
    await agent.take()
    await agent.say("hello")
    await agent.note("between us")
    await user.call("typing", conversation=started["conversation"]["id"], on=True, draft="I am")
    await expect(agent.at("typing-draft")).to_be_visible()
    await agent.show_details()
    yield "chat", agent
    await agent.at("mode-note").click()
    yield "note", agent
    for name, key in (("palette", "Control+k"), ("keys", "?"), ("handoff", "h"), ("transfer", "t"), ("close", "e")):
        await agent.page.keyboard.press("Escape")
        await agent.page.locator("body").click(position={"x": 5, "y": 400})
        await agent.page.keyboard.press(key)
        yield name, agent
        await agent.page.keyboard.press("Escape")
    await agent.at("settings-open").click()
    yield "settings", agent
    await agent.page.keyboard.press("Escape")
    for tab in ("queue", "closed", "search"):
        await agent.at(f"tab-{tab}").click()
        yield tab, agent


async def views_of_others(stage: Stage, locale: str, theme: str) -> AsyncIterator[tuple[str, Console]]:
    """The areas of supervisors, auditors and administrators."""
    lead = await at_the_desk(stage, locale, theme, "lea", role="supervisor")
    await lead.at("area-board").click()
    await expect(lead.at("tiles")).to_be_visible()
    yield "board", lead
    auditor = await at_the_desk(stage, locale, theme, "ada", role="auditor")
    await auditor.at("area-records").click()
    for page in ("approvals", "alerts", "audit"):
        await auditor.at(f"page-{page}").click()
        await expect(auditor.at("records", page=page)).to_be_visible()
        yield page, auditor
    await expect(auditor.at("audit-row").first).to_be_visible()


@LOOKS
async def test_no_view_stands_in_anybodys_way(stage: Stage, locale: str, theme: str) -> None:
    faults: dict[str, list[str]] = {}
    for views in (views_of_an_agent, views_of_others):
        async for name, console in views(stage, locale, theme):
            faults[name] = await serious_faults(console.page)
            assert not KEY.search(await console.page.locator("body").inner_text()), name
    assert {name: found for name, found in faults.items() if found} == {}
