"""What administrators arrange is what agents work with, at once; supervisors read it."""

from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console


async def page(console: Console, name: str) -> None:
    """Open one of the pages of the setup."""
    await console.at("area-admin").click()
    await console.at(f"page-{name}").click()
    await expect(console.at("admin", page=name)).to_be_visible()


async def both(console: Console, name: str, zh: str, en: str) -> None:
    """Fill a text in both languages."""
    await console.at(f"{name}-zh").fill(zh)
    await console.at(f"{name}-en").fill(en)


async def saved(console: Console) -> None:
    """Save the open form, and wait until it is kept."""
    await console.at("admin-save").click()
    await expect(console.at("item-form")).to_have_count(0)


async def test_an_agent_works_with_what_an_administrator_wrote(stage: Stage) -> None:
    root = await stage.agent("root", locale="en", role="admin")
    await page(root, "canned-replies")
    await root.at("admin-new").click()
    await root.at("field-shortcut").fill("bank")
    await both(root, "field-title", "银行", "Bank")
    await both(root, "field-text", "{user.name}您好，请稍等。", "Hello {user.name}, one moment <b>please</b>.")
    await saved(root)
    await page(root, "tags")
    await root.at("admin-new").click()
    await root.at("field-code").fill("vip-user")
    await both(root, "field-name", "重要", "<img src=x onerror=alert(1)>")
    await saved(root)
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.served.user("lin", name="Lin", locale="en")
    await user.call("start_conversation", key="k", text="help", want_agent=True)
    await ann.take()
    await ann.composer.fill("/bank")
    await expect(ann.at("reply").first).to_contain_text("Hello Lin")
    await ann.page.keyboard.press("Enter")
    await expect(ann.composer).to_have_value("Hello Lin, one moment <b>please</b>.")
    await ann.page.keyboard.press("Enter")
    await user.wait_for("message_posted", text="Hello Lin, one moment <b>please</b>.")
    await ann.show_details()
    tag = ann.at("tag", id="vip-user")
    await expect(tag).to_have_text("<img src=x onerror=alert(1)>")
    await tag.click()
    await expect(tag).to_have_attribute("aria-pressed", "true")


async def test_a_supervisor_reads_the_setup_and_changes_nothing(stage: Stage) -> None:
    lea = await stage.agent("lea", locale="zh-CN", role="supervisor")
    for name in ("agents", "canned-replies", "macros", "topics", "hours", "holidays", "texts", "routing"):
        await page(lea, name)
        await expect(lea.at("admin-new")).to_have_count(0)
        await expect(lea.at("admin-save")).to_have_count(0)
