"""Writes the golden logs anew: `python -m tests.golden.record`. Look at the difference before committing it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from chatserver.conversation.events import (
    THREAD_OF,
    TYPE_OF,
    AgentAssigned,
    AgentInfo,
    AgentLeft,
    Body,
    By,
    CallbackClaimed,
    CallbackFinished,
    CallbackRequested,
    ConsultantJoined,
    ConsultantLeft,
    ConsultAsked,
    ConversationClosed,
    ConversationRated,
    ConversationReopened,
    ConversationStarted,
    FileInfo,
    HandedOff,
    IdleReminded,
    MessagePosted,
    MessageRemoved,
    NoteAdded,
    Queued,
    QueueLeft,
    Recorded,
    SupervisorJoined,
    SupervisorLeft,
    TagsChanged,
    encode_body,
)
from chatserver.conversation.reducer import reduce

FOLDER: Final = Path(__file__).parent
DIALOGUES: Final = FOLDER.parents[1] / "chatserver" / "loadtest" / "dialogues.jsonl"
START: Final = 1_790_000_000_000

XIAO_ZHOU: Final = AgentInfo("a_zhou", "小周", 1)
ANNA: Final = AgentInfo("a_anna", "Anna", 1)
CHEN: Final = AgentInfo("a_chen", "陈工", 2)
SUE: Final = AgentInfo("a_sue", "Sue", 2)
SYSTEM: Final = By("system", None, "")
BOT: Final = By("bot", None, "Assistant")

UNSEEN: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

HOSTILE: Final = (
    "<svg onload=alert(1)>",
    "\u202egnp.exe",
    "zero\u200bwidth \ufeff",
    "\U0001f469\u200d\U0001f4bb \U00020bb7野家",
    "line one\nline two\r\n\ttabbed",
    'quotes " and \\ backslashes \u0001',
    "[2026-01-01 00:00:00Z] Anna: not me",
)


class Scribe:
    """Writes one log; every event comes a second after the one before."""

    def __init__(self, name: str, user: str) -> None:
        self.rows: list[Recorded] = []
        self.conversation = f"c_{name}"
        self.user = By("user", "u_1", user)
        self._heads = {"public": 0, "internal": 0}

    def add(self, by: By, *bodies: Body) -> str:
        """Append events; returns the id of the last."""
        for body in bodies:
            thread = THREAD_OF[type(body)]
            self._heads[thread] += 1
            place = (self.conversation, thread, self._heads[thread], START + 1_000 * len(self.rows))
            self.rows.append(Recorded(*place, TYPE_OF[type(body)], by, None, encode_body(body)))
        return self.rows[-1].id

    def say(self, by: By, text: str) -> str:
        """Append a message."""
        return self.add(by, MessagePosted(text=text))

    def begin(self, topic: str, locale: str) -> None:
        """The conversation starts with the bot."""
        self.add(self.user, ConversationStarted(topic=topic, locale=locale))

    def ask_for_agent(self, tier: int = 1, reason: str = "requested") -> None:
        """The user waits."""
        self.add(self.user, Queued(tier=tier, priority=0, reason=reason))

    def assign(self, agent: AgentInfo) -> By:
        """An agent takes it; returns them as an author."""
        self.add(SYSTEM, AgentAssigned(agent=agent))
        return author(agent)

    def golden(self) -> dict[str, Any]:
        """The log as `sync` gives it, and its view."""
        events = [json.loads(row.wire(typed=True, with_key=False)) for row in self.rows]
        return {"name": self.conversation[2:], "events": events, "view": msgspec.to_builtins(reduce(events))}


def author(agent: AgentInfo) -> By:
    """An agent as the author of events."""
    return By("agent", agent.id, agent.name)


def dialogue(id_: str) -> Callable[[], Scribe]:
    """A real dialogue from its first word to its rating."""

    def play() -> Scribe:
        told = next(one for one in map(json.loads, DIALOGUES.read_text().splitlines()) if one["id"] == id_)
        scribe = Scribe(id_, told["user"]["name"])
        scribe.begin(told["topic"], "en" if told["lang"] == "en" else "zh-CN")
        speaker: By | None = None
        for turn in told["turns"]:
            if turn["from"] in ("user", "bot"):
                scribe.say(scribe.user if turn["from"] == "user" else BOT, turn["text"])
                continue
            agent = CHEN if turn["from"] == "tier2" else XIAO_ZHOU
            if speaker is None:
                scribe.ask_for_agent()
                speaker = scribe.assign(XIAO_ZHOU)
            if agent is CHEN and speaker.id != CHEN.id:
                scribe.add(speaker, NoteAdded(text=f"{told['topic']}: {told['user']['mood']}"))
                scribe.add(speaker, HandedOff(from_tier=1, to_tier=2, reason=told["topic"]))
                speaker = scribe.assign(CHEN)
            scribe.say(speaker, turn["text"])
        scribe.add(speaker or scribe.user, ConversationClosed(disposition="solved" if speaker else None))
        scribe.add(scribe.user, ConversationRated(score=4, solved=True, comment="谢谢"))
        return scribe

    return play


def lost_and_found() -> Scribe:
    """Every way in which an agent or a user can go away and come back."""
    scribe = Scribe("lost_and_found", "Maya")
    scribe.begin("", "en")
    scribe.ask_for_agent()
    scribe.add(SYSTEM, QueueLeft(reason="abandoned"))
    scribe.ask_for_agent()
    scribe.add(scribe.user, QueueLeft(reason="cancelled"))
    scribe.say(scribe.user, "anybody?")
    scribe.ask_for_agent()
    scribe.assign(ANNA)
    scribe.add(SYSTEM, AgentLeft(reason="no_reply"), Queued(tier=1, priority=0, reason="no_reply"))
    zhou = scribe.assign(XIAO_ZHOU)
    scribe.say(zhou, "Hello Maya")
    scribe.add(SYSTEM, AgentLeft(reason="gone"), Queued(tier=1, priority=0, reason="gone"))
    scribe.say(scribe.user, "are you there?")
    anna = scribe.assign(ANNA)
    scribe.add(anna, AgentLeft(reason="transferred"), Queued(tier=1, priority=0, reason="transfer"))
    scribe.assign(XIAO_ZHOU)
    scribe.say(zhou, "Here I am again")
    return scribe


def back_and_forth() -> Scribe:
    """Handed up, taken back, handed up, handed down; a supervisor beside it; notes between."""
    scribe = Scribe("back_and_forth", "陈浩")
    scribe.begin("freeze", "zh-CN")
    scribe.ask_for_agent()
    zhou = scribe.assign(XIAO_ZHOU)
    scribe.add(zhou, NoteAdded(text="先核实身份"))
    scribe.add(zhou, HandedOff(from_tier=1, to_tier=2, reason="登录排查"))
    scribe.assign(XIAO_ZHOU)
    scribe.add(author(SUE), SupervisorJoined(agent=SUE))
    scribe.say(author(SUE), "我来看一下")
    scribe.add(author(SUE), NoteAdded(text="VIP"))
    scribe.add(zhou, HandedOff(from_tier=1, to_tier=2, reason="登录排查"))
    chen = scribe.assign(CHEN)
    scribe.add(author(SUE), SupervisorLeft(agent=SUE))
    scribe.add(author(SUE), SupervisorJoined(agent=SUE), SupervisorJoined(agent=SUE))
    scribe.add(chen, HandedOff(from_tier=2, to_tier=1, reason="已解决"))
    return scribe


def closed_and_reopened() -> Scribe:
    """Closed, rated, reopened, closed with another outcome, rated anew."""
    scribe = Scribe("closed_and_reopened", "Liam")
    scribe.begin("refund", "en")
    scribe.ask_for_agent()
    anna = scribe.assign(ANNA)
    scribe.add(anna, ConversationClosed(disposition="solved"))
    scribe.add(scribe.user, ConversationRated(score=1, solved=False))
    scribe.add(anna, ConversationReopened(disposition="solved"), AgentAssigned(agent=ANNA))
    scribe.say(anna, "Sorry, let me look again")
    scribe.add(anna, ConversationClosed(disposition="refunded"))
    scribe.add(scribe.user, ConversationRated(score=5, solved=True, attitude=5, professionalism=4))
    return scribe


def removed() -> Scribe:
    """Secrets that never were stored, a message that was erased later, and words that would like to be code."""
    scribe = Scribe("removed", "<b>Eve</b>")
    scribe.begin("security", "en")
    secret = MessagePosted(text="my words are [removed: mnemonic]", removed=["mnemonic"])
    first = scribe.add(scribe.user, secret)
    second = scribe.say(scribe.user, "call me: 555 0100")
    reply = MessagePosted(text="please don't send those", reply_to=first, attachments=["f_1"])
    scribe.add(BOT, reply)
    scribe.add(SYSTEM, MessageRemoved(message=second, removed=["erased"]))
    scribe.add(SYSTEM, MessageRemoved(message="c_removed-99", removed=["erased"]))
    for text in HOSTILE:
        scribe.say(scribe.user, text)
    return scribe


def asked_and_parked() -> Scribe:
    """A colleague is asked, a call promised and tried, the user reminded, and what nobody answered laid aside."""
    scribe = Scribe("asked_and_parked", "林晓芸")
    scribe.begin("transfer", "zh-CN")
    scribe.ask_for_agent(reason="message")
    zhou = scribe.assign(XIAO_ZHOU)
    scribe.add(zhou, TagsChanged(tags=["wrong-transfer", "vip"]), ConsultAsked(text="能追回吗？", tier=2))
    scribe.add(author(CHEN), ConsultantJoined(agent=CHEN), NoteAdded(text="可以，先冻结", to=XIAO_ZHOU))
    scribe.add(author(CHEN), ConsultantLeft(agent=CHEN), ConsultantJoined(agent=CHEN))
    shot = FileInfo("f_1", "截图.png", "image/png", 2_048, 40, 30)
    scribe.add(zhou, MessagePosted(text="", attachments=["f_1"], files=[shot]))
    scribe.add(SYSTEM, IdleReminded(), AgentLeft(reason="parked"))
    scribe.say(scribe.user, "我回来了")
    scribe.ask_for_agent(reason="returned")
    call = CallbackRequested(callback="cb_1", from_at=START, until_at=START + 3_600_000, phone_hint="•••• 5678")
    scribe.add(scribe.user, QueueLeft(reason="callback"), call)
    scribe.add(zhou, CallbackClaimed(callback="cb_1", agent=XIAO_ZHOU))
    scribe.add(zhou, CallbackFinished(callback="cb_1", outcome="reached", again=False))
    scribe.add(zhou, TagsChanged(tags=["wrong-transfer"]))
    scribe.add(SYSTEM, ConversationClosed(disposition="idle"))
    return scribe


LOGS: Final[dict[str, Callable[[], Scribe]]] = {
    **{id_: dialogue(id_) for id_ in ("dlg-01", "dlg-13", "dlg-18", "dlg-31", "dlg-33", "dlg-37")},
    **{play.__name__: play for play in (lost_and_found, asked_and_parked)},
    **{play.__name__: play for play in (back_and_forth, closed_and_reopened, removed)},
}
"""Every golden log by name."""


def repeated(golden: dict[str, Any]) -> dict[str, Any]:
    """The same view from events that come twice, and too early: what is not next is left alone."""
    events = golden["events"]
    doubled = [event for pair in zip(events, events, strict=True) for event in pair]
    return {**golden, "name": f"{golden['name']}_repeated", "events": [events[-1], *doubled, events[0]]}


def everything() -> dict[str, str]:
    """The text of every golden file by its name."""
    goldens = [play().golden() for play in LOGS.values()]
    goldens.append(repeated(goldens[-3]))
    return {f"{golden['name']}.json": readable(golden) for golden in goldens}


def readable(golden: dict[str, Any]) -> str:
    """JSON in which Chinese is Chinese, and what cannot be seen is spelt out."""
    text = json.dumps(golden, ensure_ascii=False, indent=1)
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


if __name__ == "__main__":
    for file, text in everything().items():
        (FOLDER / file).write_text(text)
