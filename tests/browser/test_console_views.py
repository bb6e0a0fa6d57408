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


PAGES = (
    "agents",
    "skills",
    "canned-replies",
    "macros",
    "tags",
    "dispositions",
    "topics",
    "away-reasons",
    "texts",
    "hours",
    "holidays",
    "routing",
)


async def views_of_the_setup(stage: Stage, locale: str, theme: str) -> AsyncIterator[tuple[str, Console]]:
    """Every page of the administration, with its form open where it has one."""
    root = await at_the_desk(stage, locale, theme, "root", role="admin")
    for page in PAGES:
        await root.at(f"page-{page}").click()
        await expect(root.at("admin", page=page)).to_be_visible()
        await expect(root.page.locator(".cs-skeleton")).to_have_count(0)
        yield page, root
        if page == "topics":
            await root.at("take-shipped").click()
            await expect(root.at("shelf-item").first).to_be_visible()
        if page == "routing":
            continue
        item = root.at("shelf-item")
        await (item.first if await item.count() else root.at("admin-new")).click()
        await expect(root.at("item-form")).to_be_visible()
        yield f"{page}, one of them", root
        await root.at("admin-cancel").click()
    await root.at("settings-open").click()
    await root.at("security-open").click()
    await expect(root.page.get_by_role("dialog")).to_be_visible()
    yield "security", root


async def views_of_steps(stage: Stage, locale: str, theme: str) -> AsyncIterator[tuple[str, Console]]:
    """What a supervisor is asked before each step, and what rings or waits at an agent's desk."""
    user = await stage.served.user("lin", name="林晓芸")
    agent = await at_the_desk(stage, locale, theme, "ann")
    await agent.go("available")
    started = await user.call("start_conversation", key="k", text="help", want_agent=True)
    waiting = await stage.served.user("may", name="May")
    lead = await at_the_desk(stage, locale, theme, "lea", role="supervisor")
    await lead.at("area-board").click()
    card = lead.at("board-agent", id=stage.served.accounts["ann"].id)
    for item in ("watch", "join", "reassign", "close"):
        await card.get_by_test_id("chat-menu").click()
        yield f"menu before {item}", lead
        await lead.at(f"menu-{item}").click()
        await expect(lead.page.get_by_role("dialog")).to_be_visible()
        yield item, lead
        await lead.page.keyboard.press("Escape")
    await card.get_by_test_id("agent-menu").click()
    await lead.at("menu-offline").click()
    yield "offline", lead
    await lead.page.keyboard.press("Escape")
    await agent.take()
    await agent.at("consult-open").click()
    yield "ask a colleague", agent
    await agent.page.keyboard.press("Escape")
    await agent.composer.fill("/")
    await expect(agent.at("canned-reply").first).to_be_visible()
    yield "canned replies", agent
    await agent.composer.fill("")
    bob = await at_the_desk(stage, locale, theme, "bob")
    await bob.go("available")
    ann = await stage.served.agent("ann")
    conversation = started["conversation"]["id"]
    await ann.call("transfer", conversation=conversation, to_agent=stage.served.accounts["bob"].id)
    await expect(bob.at("offer")).to_be_visible()
    yield "offer", bob
    asked = await waiting.call("start_conversation", key="k", text="call me")
    now = stage.served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    call = {"conversation": asked["conversation"]["id"], "phone": "+86 138 0013 8000"}
    await waiting.call("request_callback", **call, **when)
    await agent.at("tab-queue").click()
    await agent.at("callback-claim").click()
    await expect(agent.at("own-callback")).to_be_visible()
    yield "call", agent


@LOOKS
@pytest.mark.parametrize("views", [views_of_the_setup, views_of_steps])
async def test_no_form_and_no_step_stands_in_anybodys_way(stage: Stage, views: Any, locale: str, theme: str) -> None:
    faults: dict[str, list[str]] = {}
    async for name, console in views(stage, locale, theme):
        faults[name] = await serious_faults(console.page)
        assert not KEY.search(await console.page.locator("body").inner_text()), name
    assert {name: found for name, found in faults.items() if found} == {}


@LOOKS
async def test_no_view_stands_in_anybodys_way(stage: Stage, locale: str, theme: str) -> None:
    faults: dict[str, list[str]] = {}
    for views in (views_of_an_agent, views_of_others):
        async for name, console in views(stage, locale, theme):
            faults[name] = await serious_faults(console.page)
            assert not KEY.search(await console.page.locator("body").inner_text()), name
    assert {name: found for name, found in faults.items() if found} == {}
