"""After a conversation: what it was like, a copy to keep, and everything that was said before."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import PHONE, Viewport, Wallet
from tests.mail_server import MailServer, mail_server, text_of
from tests.people import Person


@pytest_asyncio.fixture(loop_scope="session")
async def post() -> AsyncIterator[MailServer]:
    """Where copies arrive."""
    async with mail_server() as server:
        yield server


@pytest.fixture
def settings(post: MailServer) -> dict[str, Any]:
    """A desk that can send mail."""
    return {"smtp_url": post.url, "mail_from": "Support <support@wallet.example>"}


async def helped(stage: Stage, size: Viewport, locale: str = "en") -> tuple[Wallet, Person, str]:
    """A user whose conversation with Ann has just ended."""
    ann = await stage.served.available("ann", skills=())
    user = await stage.wallet("alex" if locale == "en" else "lin", locale=locale, size=size)
    await user.call_support()
    await user.choose("freeze")
    await user.at("intake-sign-phone").click()
    await user.ask_for_a_person()
    await user.is_in("active")
    conversation = (await ann.wait_for("agent_assigned"))["conversation"]
    await user.say("where is my money?")
    await user.hears("where is my money?")
    await ann.call("add_note", conversation=conversation, key="n", text="only for us")
    await ann.say(conversation, "it has arrived <b>now</b>")
    await user.hears("it has arrived <b>now</b>")
    await ann.call("close_conversation", conversation=conversation, disposition="solved")
    await user.is_in("closed")
    return user, ann, conversation


async def test_every_answer_of_the_survey_arrives_and_can_be_changed(stage: Stage) -> None:
    user, ann, conversation = await helped(stage, PHONE)
    await expect(user.at("rate-submit")).to_be_disabled()
    await user.at("rate-score-2").check(force=True)
    await user.at("rate-solved-no").check(force=True)
    await user.at("rate-attitude-5").check(force=True)
    await user.at("rate-professionalism-3").check(force=True)
    await user.at("rate-comment").fill("kind, but slow\n第二行")
    await user.at("rate-submit").click()
    await expect(user.at("rated")).to_be_visible()
    rated = await ann.wait_for("conversation_rated", conversation=conversation)
    given = {name: rated[name] for name in ("score", "solved", "attitude", "professionalism", "comment")}
    said = {"score": 2, "solved": False, "attitude": 5, "professionalism": 3, "comment": "kind, but slow\n第二行"}
    assert given == said
    await user.page.reload()
    await user.at("earlier").first.click()
    await expect(user.at("rated")).to_be_visible()
    await user.at("rate-change").click()
    await user.at("rate-score-4").check(force=True)
    await user.at("rate-submit").click()
    assert (await ann.wait_for("conversation_rated", conversation=conversation))["score"] == 4


async def test_the_survey_is_answered_by_the_keyboard_alone(stage: Stage) -> None:
    user, ann, _ = await helped(stage, {"viewport": {"width": 1280, "height": 800}})
    await user.at("rate-score-1").focus()
    for _ in range(3):
        await user.page.keyboard.press("ArrowRight")
    await expect(user.at("rate-score-4")).to_be_checked()
    await user.page.keyboard.press("Enter")
    assert (await ann.wait_for("conversation_rated"))["score"] == 4


async def test_a_copy_comes_by_mail_to_the_address_that_was_given(stage: Stage, post: MailServer) -> None:
    stage.guard.forgive("400 (Bad Request)")
    user, _, _ = await helped(stage, PHONE)
    await user.at("transcript-mail").click()
    await user.at("transcript-address").fill("alex@")
    await user.at("transcript-send").click()
    await expect(user.at("transcript").get_by_role("alert")).to_contain_text("check the address")
    await user.at("transcript-address").fill("alex@wallet.example")
    await user.at("transcript-send").click()
    await expect(user.at("transcript-sent")).to_contain_text("alex@wallet.example")
    (mail,) = await post.got(1)
    assert post.receivers == [["alex@wallet.example"]]
    text = text_of(mail, "plain")
    assert "where is my money?" in text
    assert "it has arrived <b>now</b>" in text
    assert "only for us" not in text


async def test_a_copy_is_taken_as_a_file_also_while_the_conversation_goes_on(stage: Stage) -> None:
    user, _, _ = await helped(stage, PHONE, locale="zh-CN")
    await user.at("new-conversation").click()
    await user.at("start-bot").click()
    await user.say("第二次来")
    await user.hears("第二次来")
    await user.open_menu()
    async with user.page.expect_download() as download:
        await user.at("transcript-download").click()
    taken = await download.value
    assert taken.suggested_filename == "聊天记录.html"
    page = Path(await taken.path()).read_text()
    assert "第二次来" in page
    assert "where is my money" not in page


async def test_all_earlier_conversations_are_found_and_read_again(stage: Stage) -> None:
    user, ann, _ = await helped(stage, PHONE)
    await user.at("new-conversation").click()
    await expect(user.at("earlier")).to_contain_text("Not rated yet")
    for number in range(22):
        lin = await stage.served.user("alex")
        started = await lin.call("start_conversation", key=f"h{number}", text=f"matter {number}")
        await lin.call("close_conversation", conversation=started["conversation"]["id"])
        await lin.leave()
    await user.page.reload()
    await user.at("history-open").click()
    await expect(user.at("history-item")).to_have_count(20)
    await user.at("history-more").click()
    await expect(user.at("history-item")).to_have_count(23)
    await expect(user.at("history-more")).to_have_count(0)
    oldest = user.at("history-item").last
    await expect(oldest).to_contain_text("Something is wrong, freeze my account")
    await oldest.click()
    await user.sees(["where is my money?", "it has arrived <b>now</b>"])
    await expect(user.at("composer")).to_have_count(0)
    await user.at("back").or_(user.root.get_by_role("button", name="Back")).first.click()
    await expect(user.at("home")).to_be_visible()
    assert ann.here


@pytest.mark.parametrize("settings", [{}])
async def test_where_no_mail_can_be_sent_none_is_offered(stage: Stage) -> None:
    user, _, _ = await helped(stage, PHONE)
    await expect(user.at("transcript-download")).to_be_visible()
    await expect(user.at("transcript-mail")).to_have_count(0)
