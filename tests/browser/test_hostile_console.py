"""Whatever the staff write into any field of the console is shown as text wherever it turns up, and is never more."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.browser.hostile import foreign, shortened, typed
from tests.people import Person

SHORT = [text for text in shortened(60) if text.strip() and "\n" not in text and "\r" not in text]
"""What fits into a field of one line."""

SAFE = {"zh": "好的", "en": "All right"}
"""What goes to users is judged when it is saved; that is tested elsewhere."""


async def at_work(stage: Stage) -> tuple[Console, Person, str]:
    """Ann in a chat with Lin."""
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.served.user("lin", name="Lin", locale="en")
    started = await user.call("start_conversation", key="k", text="help", want_agent=True)
    await ann.take()
    return ann, user, started["conversation"]["id"]


async def holds(field: Locator, text: str) -> None:
    """Fill a field, which then holds exactly this."""
    await field.fill(text)
    await expect(field).to_have_value(typed(text).replace("\n", ""))


async def test_dialogs_palette_and_search_keep_text_text(stage: Stage) -> None:
    ann, _, _ = await at_work(stage)
    for button, field in (
        ("handoff-open", "handoff-reason"),
        ("transfer-open", "transfer-note"),
        ("consult-open", "consult-text"),
    ):
        await ann.at(button).click()
        for text in SHORT:
            await ann.at(field).fill(text)
        assert await foreign(ann) == []
        await ann.page.keyboard.press("Escape")
    await ann.page.keyboard.press("Control+k")
    for text in SHORT:
        await holds(ann.at("palette-input"), text)
        if text.isprintable():  # what breaks a line is one line here
            await expect(ann.at("palette-choice", id="search")).to_contain_text(" ".join(text.split()))
    assert await foreign(ann) == []
    await ann.page.keyboard.press("Escape")
    await ann.at("tab-search").click()
    for text in SHORT:
        await holds(ann.at("search-input"), text)
    assert await foreign(ann) == []


async def test_what_administrators_write_is_text_for_agents_and_users(stage: Stage) -> None:
    boss = await stage.served.agent("boss", role="admin")
    put = stage.served.request
    for number, text in enumerate(SHORT[:20]):
        both = {"zh": text, "en": text}
        for kind, item in (
            ("tags", {"name": both}),
            ("dispositions", {"name": both}),
            ("away-reasons", {"name": both}),
            ("canned-replies", {"shortcut": f"h{number}", "title": both, "text": SAFE}),
            ("macros", {"shortcut": f"h{number}", "title": both, "actions": [{"do": "close"}]}),
        ):
            answer = await put("PUT", f"/api/v1/admin/{kind}/h{number}", boss, json=item)
            assert answer.status == 200, (text, answer.body)
    ann, _, _ = await at_work(stage)
    await ann.show_details()
    for number, text in enumerate(SHORT[:20]):
        await expect(ann.at("tag", id=f"h{number}")).to_have_js_property("textContent", text)
    await ann.composer.fill("/h")
    await expect(ann.at("canned-reply").first).to_be_visible()
    assert await foreign(ann) == []
    await ann.composer.fill("")
    await ann.at("close-open").click()
    await expect(ann.at("outcome-h0")).to_be_visible()
    assert await foreign(ann) == []
    await ann.page.keyboard.press("Escape")
    await ann.go("away")
    await expect(ann.at("away-reason").locator("option")).not_to_have_count(1)
    await ann.page.keyboard.press("Control+k")
    await expect(ann.at("palette-choice", id="macro h0")).to_be_visible()
    assert await foreign(ann) == []


@pytest.mark.parametrize("kind", ["tags", "canned-replies", "topics", "hours", "agents"])
async def test_forms_of_the_setup_keep_text_text(stage: Stage, kind: str) -> None:
    root = await stage.agent("root", locale="en", role="admin")
    await root.at(f"page-{kind}").click()
    await root.at("admin-new").click()
    if kind == "topics":
        await root.at("question-add").click()
    fields = root.at("item-form").locator("input[type=text], textarea")
    await expect(fields.first).to_be_visible()
    for text in SHORT[:20]:
        for index in range(await fields.count()):
            await fields.nth(index).fill(text)
    assert await foreign(root) == []
    await root.page.reload()
    if kind != "agents":
        await root.at("admin-new").click()
        assert await foreign(root) == []


async def test_reasons_calls_and_filters_keep_text_text(stage: Stage) -> None:
    ann, user, conversation = await at_work(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    leader = await stage.served.agent("lea")
    await lea.page.goto(f"{stage.served.address}/console#/chats/{conversation}")
    for text in SHORT[:10]:
        await leader.call("watch_conversation", conversation=conversation, reason=text)
        await leader.call("unwatch_conversation", conversation=conversation)
    await lea.at("watch-open").click()
    for text in SHORT:
        await holds(lea.at("watch-reason"), text)
    assert await foreign(lea) == []
    caller = await stage.served.user("may", name="May")
    asked = await caller.call("start_conversation", key="k", text="call me")
    now = stage.served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    body = {"conversation": asked["conversation"]["id"], "phone": "13800138000", "note": SHORT[0]}
    await caller.call("request_callback", **body, **when)
    await ann.at("tab-queue").click()
    await ann.at("callback-claim").click()
    for text in SHORT:
        await holds(ann.at("callback-note"), text)
    assert await foreign(ann) == []
    ada = await stage.agent("ada", locale="en", role="auditor")
    await ada.at("area-records").click()
    await ada.at("page-audit").click()
    await expect(ada.at("audit-row").filter(has_text="watch_conversation").first).to_be_visible()
    assert await foreign(ada) == []
    for text in SHORT[:10]:
        await holds(ada.at("audit-actor"), text)
    assert await foreign(ada) == []
    assert user.here
