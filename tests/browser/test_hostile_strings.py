"""Whatever somebody writes is shown as they wrote it, code point for code point, and is never more than text."""

import pytest
from playwright.async_api import Locator, expect

from chatserver.trust.links import Official
from chatserver.trust.outbound.rules import stopped
from tests.browser.conftest import Stage
from tests.browser.faces import TEXTS_OF, Console, Viewport, Wallet
from tests.browser.hostile import TEXTS, TOO_LONG, UNSTORABLE, foreign, shortened, typed
from tests.people import Person

ALL_AT_ONCE: Viewport = {"viewport": {"width": 1280, "height": 6_000}}
"""So high that the whole conversation is drawn: of long ones, what nobody sees is not."""


async def paired(stage: Stage) -> tuple[Wallet, Console]:
    """A user and an agent in a conversation."""
    agent = await stage.agent("ann", locale="en")
    await agent.go("available")
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await agent.take()
    return user, agent


async def shown(elements: Locator) -> list[str]:
    """Their text, code point for code point."""
    return list(await elements.evaluate_all(TEXTS_OF))


@pytest.mark.parametrize("writer", ["user", "agent"])
async def test_messages_arrive_as_they_were_written(stage: Stage, writer: str) -> None:
    user, agent = await paired(stage)
    texts = [text for text in TEXTS if writer == "user" or not stopped(text, Official([]))]  # agents send no links
    assert len(texts) > len(TEXTS) - 10
    for text in texts:
        await (user if writer == "user" else agent).say(text)
    for face in (user, agent):
        await expect(face.said).to_have_count(len(texts))
        await expect(face.at("outgoing")).to_have_count(0)
        assert await face.texts() == [typed(text) for text in texts]
        assert await foreign(face) == []


async def test_notes_and_reasons_arrive_as_they_were_written(stage: Stage) -> None:
    _, agent = await paired(stage)
    await agent.at("mode-note").click()
    for text in TEXTS:
        await agent.say(text)
    await expect(agent.at("note")).to_have_count(len(TEXTS))
    notes = await shown(agent.at("note-text"))
    assert notes == [typed(text) for text in TEXTS]
    reason = "<img src=x onerror=alert(1)> ${7*7} \u202egnp"
    await agent.hand_off(reason, note=TEXTS[0])
    line = agent.at("line", type="handed_off")
    await says(line, f"Ann handed off to tier 2: {reason}")
    assert await foreign(agent) == []


@pytest.mark.parametrize("settings", [{"hand_ons": 0}], ids=["unlimited"])
async def test_reasons_are_shown_as_they_were_given_over_the_wire(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en", size=ALL_AT_ONCE)
    ann = await stage.served.available("ann")
    user = await stage.served.user("lin")
    conversation = await stage.served.chat(user, ann)
    for reason in shortened(200):
        await ann.call("hand_off", conversation=conversation, to_tier=2, reason=reason)
        await ann.call("take_back", conversation=conversation)
    await agent.take()
    lines = agent.at("line", type="handed_off")
    await expect(lines).to_have_count(len(TEXTS))
    assert await shown(lines) == [f"Ann handed off to tier 2: {reason}" for reason in shortened(200)]
    assert await foreign(agent) == []


async def test_outcomes_and_comments_are_shown_as_they_were_given_over_the_wire(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en")
    ann = await stage.served.available("ann")
    user = await stage.served.user("lin")
    conversation = await stage.served.chat(user, ann)
    await agent.take()
    details = await agent.show_details()
    for outcome, comment in zip(shortened(64), TEXTS, strict=True):
        await ann.call("close_conversation", conversation=conversation, disposition=outcome)
        await user.call("rate_conversation", conversation=conversation, score=1, comment=comment)
        await says(details.get_by_test_id("rating-comment"), comment)
        await says(details.get_by_test_id("outcome"), outcome)
        await ann.call("reopen_conversation", conversation=conversation)
    assert await foreign(agent) == []


async def says(element: Locator, text: str) -> None:
    """Wait until an element's text is this, code point for code point."""
    await expect(element).to_have_js_property("textContent", text)


async def test_names_and_topics_are_shown_as_they_are(stage: Stage) -> None:
    agent = await stage.agent("ann", locale="en", capacity=len(TEXTS))
    await agent.go("available")
    names: dict[str, str] = {}
    for number, text in enumerate(TEXTS):
        user = await stage.served.user(f"u{number}", name=text[:200])
        start = await user.call("start_conversation", key="k", text=text, topic=text[:64], want_agent=True)
        shown = user.welcome["session"]["name"]
        # Whoever calls themselves support is called by their number; everybody else by their name.
        assert shown in (" ".join(text[:200].split())[:100], f"User u{number}")
        names[start["conversation"]["id"]] = shown
        await user.leave()
    await expect(agent.item()).to_have_count(len(TEXTS))
    for conversation, name in names.items():
        row = agent.item(id=conversation)
        await expect(row).to_contain_text(" ".join(name.split()))
        assert name in (await row.text_content() or "")
    assert await foreign(agent) == []


async def test_an_agents_name_is_only_text_for_the_user(stage: Stage) -> None:
    name = '<img src=x onerror=alert(1)>"onmouseover="alert(1)'
    agent: Person = await stage.served.available(name)
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await expect(user.at("title")).to_have_text(name)
    await user.reads(name)
    assigned = await agent.wait_for("agent_assigned")
    await agent.call("typing", conversation=assigned["conversation"], on=True)
    await expect(user.at("typing")).to_contain_text(name)
    assert await foreign(user) == []


async def test_what_cannot_be_stored_is_refused_in_sight_and_kept(stage: Stage) -> None:
    user, agent = await paired(stage)
    for text in UNSTORABLE:
        await user.paste(text)
        await user.composer.press("Enter")
    failed = user.at("outgoing", state="failed")
    await expect(failed).to_have_count(len(UNSTORABLE))
    await user.say("after all")
    await agent.hears("after all")
    await expect(agent.said).to_have_count(1)
    while await failed.count():
        await failed.first.get_by_test_id("discard").click()
    await user.sees(["after all"])


async def test_what_is_too_long_cannot_be_sent_and_says_so(stage: Stage) -> None:
    user, agent = await paired(stage)
    for face in (user, agent):
        for text in TOO_LONG:
            await face.composer.fill(text)
            await expect(face.at("send")).to_be_disabled()
            await expect(face.root.get_by_text(f"{len(text) - 4_000} characters too long")).to_be_visible()
            await face.composer.press("Enter")
            await expect(face.composer).to_have_value(text)
    await expect(agent.said).to_have_count(0)
