"""Dialogues to replay: read from JSON lines, and turned into what each side does. Pure but for reading the file."""

from importlib import resources
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

Speaker = Literal["user", "bot", "tier1", "tier2"]

TIER_OF: Final[dict[Speaker, Literal[1, 2]]] = {"tier1": 1, "tier2": 2}


class DialogueError(ValueError):
    """A file of dialogues that cannot be replayed; the message names the line."""


class Turn(Struct, frozen=True, rename={"speaker": "from"}):
    """One thing said, `delay_s` seconds after the turn before it."""

    speaker: Speaker
    text: Annotated[str, Meta(min_length=1, max_length=4_000)]
    delay_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0


class Person(Struct, frozen=True):
    """Who asks."""

    name: str = "User"


class Dialogue(Struct, frozen=True, kw_only=True):
    """A support dialogue as it happened, or could have."""

    id: str
    turns: Annotated[list[Turn], Meta(min_length=1)]
    lang: str = "en"
    topic: Annotated[str, Meta(max_length=64)] = ""
    user: Person = Person()

    @property
    def locale(self) -> str:
        """The locale its user would have chosen."""
        return "en" if self.lang == "en" else "zh-CN"

    @property
    def longest_pause_s(self) -> float:
        """The longest time in which nobody says anything."""
        return max(turn.delay_s for turn in self.turns)


def read_dialogues(path: Path | None = None) -> list[Dialogue]:
    """The dialogues of a file, by default those that come with the package. Raises `DialogueError`, `OSError`."""
    file = path or resources.files("chatserver.loadtest") / "dialogues.jsonl"
    decoder = msgspec.json.Decoder(Dialogue)
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(decoder.decode(line))
        except msgspec.MsgspecError as error:
            raise DialogueError(f"line {number}: {error}") from None
    if not found:
        raise DialogueError("there is no dialogue in it")
    return found


class Start(Struct, frozen=True):
    """The user opens the conversation."""

    text: str | None
    want_agent: bool


class Ask(Struct, frozen=True):
    """The user asks for a person."""


class Say(Struct, frozen=True):
    """Somebody writes, `delay_s` after the last thing said; the server's own bot says what bots say."""

    speaker: Literal["user", "agent"]
    text: str
    delay_s: float


class HandOff(Struct, frozen=True):
    """The agent gives the conversation to the other tier."""

    to_tier: Literal[1, 2]


Step = Start | Ask | Say | HandOff


def steps_of(dialogue: Dialogue) -> list[Step]:
    """What the user and the agents do to replay it.

    A person is asked for when the first agent speaks; in the start itself where no bot speaks in between. Every
    conversation reaches tier 1 first: one whose first agent is of tier 2 is handed off at once.
    """
    return _Planner().plan(dialogue)


class _Planner:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.tier: int = 0
        self.pause_s = 0.0

    def plan(self, dialogue: Dialogue) -> list[Step]:
        following = [turn.speaker for turn in dialogue.turns[1:]] + ["bot"]
        for turn, after in zip(dialogue.turns, following, strict=True):
            self.pause_s += turn.delay_s
            tier = TIER_OF.get(turn.speaker)
            if turn.speaker == "user":
                self._user(turn.text, then_agent=after in TIER_OF)
            elif tier is not None:
                self._agent(turn.text, tier)
        if not self.steps:
            self.steps.append(Start(None, want_agent=False))
        return self.steps

    def _user(self, text: str, *, then_agent: bool) -> None:
        if self.steps:
            self._say("user", text)
            return
        self.steps.append(Start(text, want_agent=then_agent))
        self.tier, self.pause_s = int(then_agent), 0.0

    def _agent(self, text: str, tier: Literal[1, 2]) -> None:
        if not self.steps:
            self.steps.append(Start(None, want_agent=True))
            self.tier = 1
        if self.tier == 0:
            self.steps.append(Ask())
            self.tier = 1
        if self.tier != tier:
            self.steps.append(HandOff(tier))
            self.tier = tier
        self._say("agent", text)

    def _say(self, speaker: Literal["user", "agent"], text: str) -> None:
        self.steps.append(Say(speaker, text, self.pause_s))
        self.pause_s = 0.0
