"""What agents may not say, and everything that they may."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.trust.links import Official
from chatserver.trust.outbound.rules import stopped
from chatserver.trust.shield.notices import ADVICE, NEVER_ASKED

DATA = Path(__file__).parents[3] / "data"
_SAID = json.loads((DATA / "links" / "official.json").read_text(encoding="utf-8"))
OURS = Official(_SAID["domains"], _SAID["brand"], _SAID["emails"])


MISSED = {"fifth": ["z h u 记 词 发 我"]}
"""What the rules do not stop: pinyin and characters in one word, spaced out."""


def rows(name: str) -> list[dict[str, Any]]:
    lines = (DATA / "outbound" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", ["first", "second", "third", "fourth", "fifth", "sixth"])
def test_the_sets_held_out_are_judged_as_they_say(name: str) -> None:
    wrong = [row["text"] for row in rows(name) if bool(stopped(row["text"], OURS)) is not row["stop"]]
    assert wrong == MISSED.get(name, [])


def test_no_turn_of_a_real_dialogue_is_stopped() -> None:
    file = Path(__file__).parents[4] / "chatserver" / "loadtest" / "dialogues.jsonl"
    turns = [turn for line in file.read_text(encoding="utf-8").splitlines() for turn in json.loads(line)["turns"]]
    said = [turn["text"] for turn in turns if turn["from"] != "user"]
    assert len(said) > 100
    assert [text for text in said if stopped(text, OURS)] == []


def test_what_the_house_itself_says_passes() -> None:
    texts = [text for language in ("zh", "en") for text in (*ADVICE[language].values(), NEVER_ASKED[language])]
    assert [text for text in texts if stopped(text, OURS)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请把助记词发给我", "secret"),
        ("please install AnyDesk", "remote_control"),
        ("transfer it to 0x6e024fffb91034ce81c20d41c24de49cffc3df46", "payment"),
        ("see https://example.com/x", "link"),
        ("加我微信 kefu_01", "contact"),
    ],
)
def test_what_it_was_is_told(text: str, kind: str) -> None:
    assert stopped(text, OURS) == [kind]


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    stopped(text, OURS)


@pytest.mark.parametrize(
    "piece", ["密码", "请发给我", "send me ", "a b c ", "1.", "“", "0x", "，", "code ", "转到", "p-"]
)
def test_no_text_can_hold_it_up(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    start = time.thread_time()
    stopped(text, OURS)
    assert time.thread_time() - start < 1.0
