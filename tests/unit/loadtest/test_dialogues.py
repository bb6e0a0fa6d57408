"""A dialogue becomes what its user and agents do."""

from pathlib import Path

import pytest

from chatserver.loadtest.dialogues import (
    Ask,
    Dialogue,
    DialogueError,
    HandOff,
    Say,
    Speaker,
    Start,
    Step,
    Turn,
    read_dialogues,
    steps_of,
)


def steps(*speakers: Speaker) -> list[Step]:
    turns = [Turn(speaker, f"{number} {speaker}", 1.0) for number, speaker in enumerate(speakers)]
    return steps_of(Dialogue(id="d", turns=turns))


def test_the_own_dialogues_are_24_in_both_languages_with_escalations() -> None:
    dialogues = read_dialogues()
    assert len(dialogues) == 24
    assert {dialogue.locale for dialogue in dialogues} == {"zh-CN", "en"}
    handed_off = [dialogue for dialogue in dialogues if any(isinstance(step, HandOff) for step in steps_of(dialogue))]
    assert len(handed_off) == 8


def test_every_word_of_a_person_in_the_own_dialogues_is_replayed() -> None:
    for dialogue in read_dialogues():
        said = [step.text for step in steps_of(dialogue) if isinstance(step, Start | Say)]
        assert said == [turn.text for turn in dialogue.turns if turn.speaker != "bot"]


def test_an_agent_is_asked_for_when_the_first_one_speaks() -> None:
    assert steps("user", "bot", "user", "tier1") == [
        Start("0 user", want_agent=False),
        Say("user", "2 user", 2.0),
        Ask(),
        Say("agent", "3 tier1", 1.0),
    ]


def test_an_agent_who_answers_the_first_word_was_wanted_from_the_start() -> None:
    assert steps("user", "tier1") == [Start("0 user", want_agent=True), Say("agent", "1 tier1", 1.0)]


def test_the_pause_of_the_bot_is_kept_for_whoever_speaks_next() -> None:
    assert steps("user", "bot", "bot", "user")[1] == Say("user", "3 user", 3.0)


def test_a_change_of_tier_is_a_handoff_in_both_directions() -> None:
    found = steps("user", "tier1", "tier2", "user", "tier1")
    assert [step for step in found if isinstance(step, HandOff)] == [HandOff(2), HandOff(1)]


def test_a_first_agent_of_tier_two_is_reached_through_tier_one() -> None:
    assert steps("user", "bot", "tier2")[1:] == [Ask(), HandOff(2), Say("agent", "2 tier2", 2.0)]


@pytest.mark.parametrize(("speaker", "wanted"), [("tier1", True), ("bot", False)])
def test_a_dialogue_that_no_user_opens_is_opened_without_a_word(speaker: Speaker, *, wanted: bool) -> None:
    assert steps(speaker)[0] == Start(None, want_agent=wanted)


def test_a_file_may_have_blank_lines_and_fields_that_are_not_replayed(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text('\n{"id":"a","mood":"calm","turns":[{"from":"user","text":"hi"}]}\n\n', encoding="utf-8")
    [dialogue] = read_dialogues(file)
    assert dialogue.turns[0].delay_s == 0
    assert dialogue.longest_pause_s == 0


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"id":"a","turns":[]}',
        '{"id":"a","turns":[{"from":"somebody","text":"x"}]}',
        '{"id":"a","turns":[{"from":"user","text":""}]}',
        '{"id":"a","turns":[{"from":"user","text":"x","delay_s":-1}]}',
    ],
)
def test_a_file_that_cannot_be_replayed_is_refused_with_the_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(DialogueError, match="line 1" if line else "no dialogue"):
        read_dialogues(file)
