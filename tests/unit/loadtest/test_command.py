"""The command line of the load test."""

from pathlib import Path

import pytest

from chatserver.loadtest.command import run_asked
from chatserver.loadtest.options import Asked


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATSERVER_DATA_DIR", str(tmp_path / "none"))


def test_without_agents_it_says_how_to_give_some(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_asked(Asked(url="http://127.0.0.1:1")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "--agents FILE" in err


def test_an_unusable_file_names_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text("nonsense\n", encoding="utf-8")
    assert run_asked(Asked(url="http://127.0.0.1:1", dialogues=file)) == 2
    assert "line 1" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_asked(Asked(url="http://127.0.0.1:1", dialogues=tmp_path / "none.jsonl")) == 2
    assert "none.jsonl" in capsys.readouterr().err


def test_what_is_no_address_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_asked(Asked(url="127.0.0.1", agent_tokens=["t"])) == 2
    assert "address" in capsys.readouterr().err


def test_looking_for_an_installation_makes_none(tmp_path: Path) -> None:
    run_asked(Asked(url="http://127.0.0.1:1"))
    assert not (tmp_path / "none").exists()
