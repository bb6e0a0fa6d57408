"""Text that was made to do harm is text: stored and returned code point for code point, everywhere."""

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.serving import Served

FILE = Path(__file__).parent.parent / "data" / "hostile_strings.txt"
HOSTILE: list[str] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
UNSTORABLE = [text for text in HOSTILE if re.search("[\0\ud800-\udfff]", text)]
STORABLE = [text for text in HOSTILE if text not in UNSTORABLE and len(text) <= 4_000 and text.strip()]
TWINS = ["caf\u00e9", unicodedata.normalize("NFD", "caf\u00e9"), "\ufb01", "fi", "\u00c5", "\u212b", "a\rb", "\ufeffx"]
"""What looks alike and is not: nothing is normalised away."""


def test_there_is_something_to_fear() -> None:
    assert len(STORABLE) >= 40


async def test_messages_come_back_as_they_were_sent(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    texts = STORABLE + TWINS
    for text in UNSTORABLE:
        assert await user.refusal("send_message", conversation=conversation, key="k", text=text) == "invalid"
    for text in texts:
        await user.say(conversation, text)
        assert (await user.wait_for("message_posted"))["text"] == text
        assert (await zhou.wait_for("message_posted"))["text"] == text
    for reader in (user, zhou):
        assert [event["text"] for event in await reader.log(conversation) if "text" in event] == texts
    transcript = await served.get(f"/api/v1/conversations/{conversation}/transcript", user)
    assert [event["text"] for event in transcript.body["events"] if "text" in event] == texts


async def test_every_other_field_too(served: Served) -> None:
    lead = await served.available("lead", role="supervisor", capacity=1_000)
    for number, text in enumerate(STORABLE):
        user = await served.user(f"u{number}", name="Lin" if not text.isprintable() else text[:50])
        label, reason = text[:64], text[:200]
        body = {"topic": label, "attributes": {label: reason}, "text": text}
        conversation = await served.chat(user, lead, **body)
        shown = (await served.get(f"/api/v1/conversations/{conversation}", lead)).body["conversation"]
        assert shown["topic"] == label
        await lead.call("add_note", conversation=conversation, key="n", text=text)
        assert (await lead.log(conversation, "internal"))[0]["text"] == text
        await lead.call("close_conversation", conversation=conversation, disposition=label)
        assert (await user.wait_for("conversation_closed"))["disposition"] == label
        await user.call("rate_conversation", conversation=conversation, score=1, comment=text)
        assert (await user.wait_for("conversation_rated"))["comment"] == text
        await user.leave()


class Page(HTMLParser):
    """What a browser makes of a transcript: elements with `data-seq`, and the text in their `.text`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        assert not any(name.startswith("on") for name in given)
        if self._depth:
            self._depth += 1
        elif "text" in (given.get("class") or "").split():
            self._depth = 1
            self.texts.append("")

    def handle_endtag(self, _: str) -> None:
        self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.texts[-1] += data


async def test_transcripts_hold_them_as_text_and_nothing_else(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for text in STORABLE:
        await user.say(conversation, text)
    path = f"/api/v1/conversations/{conversation}/transcript"
    formats: dict[str, Any] = {}
    for name in ("html", "csv", "txt"):
        answer = await served.get(path, zhou, format=name)
        assert answer.status == 200
        formats[name] = answer.body
    page = Page()
    page.feed(formats["html"])
    assert page.tags <= {"html", "head", "meta", "title", "style", "body", "h1", "ol", "li", "time", "span", "div"}
    assert [text for text in page.texts if text in STORABLE] == STORABLE
    rows = list(csv.DictReader(io.StringIO(formats["csv"], newline="")))
    messages = [row["text"] for row in rows if row["type"] == "message_posted"]
    assert [cell.removeprefix("'") if cell not in STORABLE else cell for cell in messages] == STORABLE
    assert not any(cell.startswith(tuple("=+-@\t\r")) for row in rows for cell in row.values())
    assert formats["txt"].count("\n[") + 1 == len(rows)


@pytest.mark.parametrize("text", STORABLE[:12])
async def test_searching_for_them_is_only_ever_a_search(served: Served, text: str) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k", text=text))["conversation"]["id"]
    answer = await served.get("/api/v1/conversations", user, query=text[:200])
    assert answer.status == 200
    assert [one["id"] for one in answer.body["conversations"]] in ([conversation], [])
