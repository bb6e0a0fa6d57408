"""What protects people from themselves and each other, as they see it: secrets, foreign links, what agents may ask."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console, Wallet
from tests.people import Person

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
USERS = {"en": "alex", "zh-CN": "lin"}
ASKS = {"en": "Please send me your recovery phrase", "zh-CN": "请把您的助记词发给我"}


async def served_chat(stage: Stage, locale: str = "en") -> tuple[Wallet, Console]:
    """A user and the agent who serves them, each at their screen."""
    ann = await stage.agent("ann", locale=locale)
    await ann.go("available")
    user = await stage.wallet(USERS[locale], locale=locale)
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await ann.take()
    return user, ann


def sent_by(page: Page) -> list[str]:
    """What the sockets of a page send from now on; they must be there already."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    return sent


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_the_widget_warns_of_a_secret_before_it_leaves_the_device(stage: Stage, locale: str) -> None:
    ann = await stage.agent("ann", locale=locale)
    await ann.go("available")
    user = await stage.wallet(USERS[locale], locale=locale)
    sent = sent_by(user.page)
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await ann.take()
    await user.say(f"hello {PHRASE} thanks")
    warning = user.at("secret-warning")
    await expect(warning).to_contain_text("助记词" if locale == "zh-CN" else "a recovery phrase")
    await expect(user.said).to_have_count(0)
    await expect(user.composer).to_have_value(f"hello {PHRASE} thanks")
    await user.at("secret-remove").click()
    await expect(warning).to_have_count(0)
    await user.hears("hello [removed: mnemonic] thanks")
    await ann.hears("hello [removed: mnemonic] thanks")
    assert sent, "the frames that the widget sent were watched"
    assert not any("sausage" in frame for frame in sent)


@pytest.mark.parametrize("way", ["want-agent", "start-bot", "send"])
async def test_the_first_words_are_looked_at_like_all_others(stage: Stage, way: str) -> None:
    user = await stage.wallet("alex", locale="en")
    sent = sent_by(user.page)
    await user.call_support()
    await user.composer.fill(f"hello {PHRASE}")
    await user.at(way).click()
    await expect(user.at("secret-warning")).to_contain_text("a recovery phrase")
    await expect(user.composer).to_have_value(f"hello {PHRASE}")
    await user.at("secret-remove").click()
    await user.hears("hello [removed: mnemonic]")
    await user.is_in("waiting" if way == "want-agent" else "bot")
    assert sent, "the frames that the widget sent were watched"
    assert not any("sausage" in frame for frame in sent)


async def without_the_shield(user: Wallet) -> asyncio.Event:
    """Keeps the finder of secrets from a user's phone until the event is set."""
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await user.page.context.route("**/shield-*.js", late)
    return arrives


async def test_the_first_words_wait_for_the_shield_and_open_one_conversation(stage: Stage) -> None:
    user = await stage.wallet("alex", locale="en")
    arrives = await without_the_shield(user)
    await user.call_support()
    for text in ("where is my money", "I am afraid"):
        await user.say(text)
    await user.composer.fill("half a wo")
    await user.ask_for_a_person()
    arrives.set()
    await user.is_in("waiting")
    await user.sees(["where is my money", "I am afraid", "half a wo"])


async def test_what_is_written_before_the_shield_is_there_goes_once_and_in_order(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    arrives = await without_the_shield(user)
    await user.say("where is my money")
    await user.composer.press("Enter")
    await user.composer.press_sequentially(" please")
    await user.composer.press("Enter")
    await user.say("I am afraid")
    await user.composer.fill("half a wo")
    await expect(user.said).to_have_count(0)
    arrives.set()
    for face in (user, ann):
        await face.sees(["where is my money", "please", "I am afraid"])
    await expect(user.composer).to_have_value("half a wo")


async def test_a_secret_sent_before_the_shield_is_there_comes_back_with_what_was_written_since(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    arrives = await without_the_shield(user)
    for text in ("hello", PHRASE, "is that right?"):
        await user.say(text)
    await user.composer.fill("half a wo")
    arrives.set()
    await expect(user.at("secret-warning")).to_contain_text("a recovery phrase")
    await expect(user.composer).to_have_value(f"{PHRASE}\nis that right?\nhalf a wo")
    await ann.sees(["hello"])
    await user.at("secret-remove").click()
    await ann.sees(["hello", "[removed: mnemonic]\nis that right?\nhalf a wo"])


async def test_who_changes_the_text_or_insists_decides_and_the_server_takes_it_out_all_the_same(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    await user.say("my password is Apple#1234")
    await expect(user.at("secret-warning")).to_contain_text("a password")
    await user.composer.fill("my password does not work")
    await expect(user.at("secret-warning")).to_have_count(0)
    await user.composer.press("Enter")
    await ann.hears("my password does not work")
    await user.say(PHRASE)
    await user.at("secret-insist").click()
    await ann.hears("[removed: mnemonic]")
    await expect(user.said_by("bot").last).to_contain_text("recovery phrase")
    assert not any("sausage" in text for text in await ann.texts())


async def test_an_agent_sees_no_draft_that_holds_a_secret(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    # The finder comes meanwhile.
    await user.composer.press_sequentially("so it says that something is missing", delay=120)
    await expect(ann.page.get_by_text("so it says")).to_be_visible()
    await user.composer.fill(f"so it says {PHRASE}")
    await user.composer.press(" ")
    await user.say("my question is another one")
    await user.at("secret-warning").wait_for(state="detached")
    await ann.hears("my question is another one")
    assert "sausage" not in "".join(stage.guard.heard[ann.page])


@pytest.mark.parametrize("settings", [{"official_domains": "tidepurse.com", "official_names": "Tidepurse"}])
async def test_a_foreign_link_names_its_host_and_asks_before_it_opens(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    await user.say(
        "is https://example.org/help yours? and https://tidepurse.com@evil.example/x and https://tidepurse.com/faq"
    )
    for face in (user, ann):
        hosts = face.at("link-host")
        await expect(hosts).to_have_count(3)
        await expect(hosts.nth(1)).to_have_attribute("data-verdict", "phishing")  # once the server has judged
        verdicts = await hosts.evaluate_all(
            "hosts => hosts.map(host => [host.dataset.verdict, host.textContent.match(/[a-z.]+\\.[a-z]+/)[0]])"
        )
        assert verdicts == [["unknown", "example.org"], ["phishing", "evil.example"], ["official", "tidepurse.com"]]
        await expect(face.said.last.locator("a")).to_have_count(2)
        await face.said.last.get_by_role("link", name="example.org").click()
        await expect(face.at("leaving-host")).to_have_text("example.org")
        go = face.at("leaving-go")
        assert await go.get_attribute("rel") == "noopener noreferrer nofollow"
        await face.page.keyboard.press("Escape")
        await expect(face.at("leaving")).to_have_count(0)
    assert not [url for url in stage.guard.urls if "example.org" in url]
    stage.guard.forgive("foreign host asked: https://example.org/help")
    await user.context.route("https://example.org/**", lambda route: route.fulfill(body="elsewhere"))
    await user.said.last.get_by_role("link", name="example.org").click()
    async with user.context.expect_page() as opened:
        await user.at("leaving-go").click()
    page = await opened.value
    await page.wait_for_load_state()
    assert await page.evaluate("[opener, document.referrer]") == [None, ""]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_what_an_agent_must_not_ask_is_released_by_a_second_person(stage: Stage, locale: str) -> None:
    user, ann = await served_chat(stage, locale)
    lea = await stage.agent("lea", locale=locale, role="supervisor")
    await ann.say(ASKS[locale])
    await expect(ann.at("notice")).to_be_visible()
    await expect(ann.composer).to_have_value(ASKS[locale])
    await expect(user.said_by("agent")).to_have_count(0)
    await expect(lea.at("area-records").locator(".rail-count")).to_have_text("1")
    await lea.at("area-records").click()
    case = lea.at("held-text")
    await expect(case).to_contain_text([ASKS[locale]])
    await expect(case).to_contain_text(["索要敏感信息" if locale == "zh-CN" else "asks for a secret"])
    await case.get_by_test_id("held-release").click()
    await expect(case).to_have_count(0)
    await user.hears(ASKS[locale])
    await expect(ann.said_by("agent")).to_have_text([ASKS[locale]])
    await expect(ann.composer).to_have_value("")
    await expect(lea.at("area-records").locator(".rail-count")).to_have_count(0)


async def test_what_is_refused_reaches_nobody_and_its_author_hears_of_it(stage: Stage) -> None:
    user, ann = await served_chat(stage)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.at("area-records").click()
    await ann.say("Install AnyDesk so that I can help")
    case = lea.at("held-text")
    await expect(case).to_contain_text(["leads to remote control"])
    await case.get_by_test_id("held-reason").fill("never remote control")
    await case.get_by_test_id("held-reject").click()
    await expect(case).to_have_count(0)
    await expect(ann.at("notice")).to_contain_text("did not send it")
    await expect(ann.composer).to_have_value("Install AnyDesk so that I can help")
    await expect(user.said_by("agent")).to_have_count(0)
    auditor: Person = await stage.served.agent("ada", role="auditor")
    rows = (await stage.served.get("/api/v1/audit?action=text_rejected", auditor)).body["entries"]
    assert [row["reason"] for row in rows] == ["never remote control"]


async def test_nobody_releases_what_they_wrote_themselves(stage: Stage) -> None:
    lea = await stage.agent("lea", locale="en", role="supervisor")
    await lea.go("available")
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await lea.take()
    await lea.say(ASKS["en"])
    await expect(lea.at("notice")).to_be_visible()
    await lea.at("area-records").click()
    await expect(lea.at("held-text")).to_contain_text(["somebody else has to decide"])
    await expect(lea.at("held-release")).to_have_count(0)
    await expect(lea.at("area-records").locator(".rail-count")).to_have_count(0)
