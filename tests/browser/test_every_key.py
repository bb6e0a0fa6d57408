"""Every key of the sheet that `?` shows does what the sheet says; a quote goes along with a reply."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Stage
from tests.browser.faces import Console
from tests.people import Person


class Hands:
    """Hands on a keyboard, which remember what they pressed."""

    def __init__(self, agent: Console) -> None:
        self.agent = agent
        self.pressed: set[str] = set()

    async def press(self, shown: str) -> None:
        """Press a key by the name that the sheet gives it."""
        self.pressed.add(shown)
        names = {"⌘": "Meta", "Ctrl": "Control", "↓": "ArrowDown", "↑": "ArrowUp", "Esc": "Escape"}
        parts = [names.get(part, part) for part in shown.split(" ")]
        await self.agent.page.keyboard.press(
            "+".join([*parts[:-1], parts[-1].lower() if len(parts[-1]) == 1 else parts[-1]])
        )

    async def opens(self, shown: str, dialog: str) -> None:
        """A key opens a dialog, which Escape closes."""
        await self.press(shown)
        await expect(self.agent.at(dialog)).to_be_visible()
        await self.press("Esc")
        await expect(self.agent.at(dialog)).to_have_count(0)

    async def of_the_sheet(self) -> set[str]:
        """Every key that the sheet names."""
        await self.press("?")
        sheet = self.agent.at("shortcuts")
        await expect(sheet).to_be_visible()
        keys = set(await sheet.locator("kbd").all_text_contents())
        await self.press("Esc")
        await expect(sheet).to_have_count(0)
        return keys


async def asks(stage: Stage, name: str) -> tuple[Person, str]:
    """A user who waits for a person."""
    user = await stage.served.user(name)
    started = await user.call("start_conversation", key="k", text=f"{name} asks", want_agent=True)
    return user, started["conversation"]["id"]


async def answers_offers(stage: Stage, hands: Hands) -> list[str]:
    """Two offers are accepted, a third is declined and rings at a colleague; the chats that came of it."""
    ann, ids = hands.agent, []
    for name in ("lin", "wei"):
        _, conversation = await asks(stage, name)
        ids.append(conversation)
        await expect(ann.at("offer")).to_have_count(1)
        await hands.press("A")
        await expect(ann.at("chat", id=conversation, status="active")).to_be_visible()
        await expect(ann.at("offer")).to_have_count(0)
    await asks(stage, "alex")
    await expect(ann.at("offer")).to_have_count(1)
    await stage.served.available("bob")  # else it would ring at ann again
    await hands.press("D")
    await expect(ann.at("offer")).to_have_count(0)
    return ids


async def moves(hands: Hands, ids: list[str]) -> None:
    """From chat to chat and out of them."""
    ann = hands.agent
    await hands.press("Esc")
    await expect(ann.at("chat")).to_have_count(0)
    for shown, at in (("J", 0), ("J", 1), ("K", 0), ("Alt ↓", 1), ("Alt ↑", 0), ("U", 1), ("K", 0)):
        await hands.press(shown)
        await expect(ann.at("chat", id=ids[at])).to_be_visible()


async def writes(hands: Hands) -> None:
    """A quote, a reply of two lines, a note."""
    ann = hands.agent
    await hands.press("P")
    await expect(ann.at("answering")).to_contain_text("lin asks")
    await hands.press("Esc")
    await expect(ann.at("answering")).to_have_count(0)
    await hands.press("R")
    await expect(ann.at("write-box", mode="reply")).to_be_visible()
    await ann.page.keyboard.type("one")
    await hands.press("Shift Enter")
    await ann.page.keyboard.type("two")
    await hands.press("Enter")
    await expect(ann.said.filter(has_text="two")).to_have_count(1)
    await hands.press("Esc")
    await expect(ann.composer).not_to_be_focused()
    await hands.press("N")
    await expect(ann.at("write-box", mode="note")).to_be_visible()
    await expect(ann.composer).to_be_focused()
    await hands.press("Esc")


async def looks(hands: Hands) -> None:
    """The details, and the palette by both of its keys."""
    ann = hands.agent
    seen = await ann.at("details").is_visible()
    await hands.press("I")
    await expect(ann.at("details")).to_be_visible(visible=not seen)
    for shown in ("Ctrl K", "⌘ K"):
        await hands.press(shown)
        await expect(ann.at("palette-input")).to_be_focused()
        await hands.press("Esc")


async def hands_on(hands: Hands) -> None:
    """What gives a chat away, and what brings it back."""
    ann = hands.agent
    await hands.opens("Q", "consult-dialog")
    await hands.opens("T", "transfer-dialog")
    await hands.press("H")
    await ann.at("handoff-reason").fill("chain")
    await hands.press("Enter")
    await ann.is_in("waiting")
    await hands.press("B")
    await ann.is_in("active")
    await hands.press("E")
    await ann.at("close-submit").click()
    await ann.is_in("closed")
    await hands.press("O")
    await expect(ann.at("chat")).not_to_have_attribute("data-status", "closed")
    await hands.press("/")
    await expect(ann.at("search-input")).to_be_focused()


@pytest.mark.parametrize("settings", [{"assignment": "offer"}], ids=["offer"])
async def test_every_key_of_the_sheet_does_what_it_says(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en", capacity=6)
    hands = Hands(ann)
    keys = await hands.of_the_sheet()
    await ann.go("available")
    ids = await answers_offers(stage, hands)
    await ann.go("away")  # so that nothing else rings
    await moves(hands, ids)
    await writes(hands)
    await looks(hands)
    await hands_on(hands)
    lea = await stage.agent("lea", locale="en", role="supervisor")
    over = Hands(lea)
    await lea.page.goto(f"{stage.served.address}/console#/chats/{ids[1]}")
    await lea.page.reload()
    await expect(lea.at("chat", id=ids[1], status="active")).to_be_visible()
    await over.opens("W", "watch-dialog")
    await over.opens("Y", "join-dialog")
    assert keys == hands.pressed | over.pressed


async def test_a_reply_quotes_what_it_answers_and_both_sides_see_it(stage: Stage) -> None:
    ann = await stage.agent("ann", locale="en")
    await ann.go("available")
    user = await stage.wallet("alex", locale="en")
    await user.call_support()
    await user.ask_for_a_person()
    await user.is_in("active")
    await user.say("order 88-1042")
    await user.say("<b>and</b> the second one")
    await ann.take()
    await ann.hears("<b>and</b> the second one")
    press, quoted = ann.page.keyboard.press, ann.at("answering")
    await press("p")
    await expect(quoted).to_contain_text("<b>and</b> the second one")
    await press("p")
    await expect(quoted).to_contain_text("order 88-1042")
    await ann.page.reload()
    await expect(quoted).to_contain_text("order 88-1042")  # a part of the draft
    await press("r")
    await expect(ann.composer).to_be_focused()
    await press("Escape")
    await expect(quoted).to_have_count(0)
    await expect(ann.composer).to_be_focused()
    await ann.at("message").filter(has_text="order 88-1042").get_by_test_id("reply").click()
    await expect(ann.composer).to_be_focused()
    await ann.at("mode-note").click()
    await expect(quoted).to_have_count(0)  # notes quote nothing
    await ann.at("mode-reply").click()
    await ann.say("I have it")
    await expect(quoted).to_have_count(0)
    for face in (ann, user):
        quote = face.at("message").filter(has_text="I have it").get_by_test_id("quote")
        await expect(quote).to_contain_text("order 88-1042")
        await quote.click()
        await expect(face.at("message").filter(has_text="order 88-1042").first).to_be_in_viewport()
