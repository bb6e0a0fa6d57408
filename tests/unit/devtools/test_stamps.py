"""A step is done once, and again only when it must be."""

from pathlib import Path

import pytest

from devtools import stamps


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout."""
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / ".stamps")
    return tmp_path


def test_a_finished_step_is_remembered_by_its_stamp() -> None:
    with stamps.doing("build", "one", "building"):
        assert not stamps.is_done("build", "one")
    assert stamps.is_done("build", "one")
    assert not stamps.is_done("build", "two")


def test_a_step_that_failed_is_done_again_even_if_it_was_done_before() -> None:
    with stamps.doing("build", "one", "building"):
        pass
    with pytest.raises(RuntimeError), stamps.doing("build", "one", "building"):
        raise RuntimeError
    assert not stamps.is_done("build", "one")


def test_the_digest_sees_names_contents_and_words_but_not_the_order(folder: Path) -> None:
    first, second = folder / "a", folder / "b"
    first.write_text("1")
    second.write_text("2")
    before = stamps.digest([first, second])
    assert stamps.digest([second, first]) == before
    assert stamps.digest([first, second], "word") != before
    first.write_text("2")
    second.write_text("1")
    assert stamps.digest([first, second]) != before
