"""Which browser is used."""

from pathlib import Path

import pytest

from devtools import browser


def write_browser(folder: Path, name: str) -> str:
    """A program on PATH."""
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return str(program)


@pytest.fixture(autouse=True)
def path_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, on a machine without a browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHATSERVER_TEST_BROWSER", raising=False)
    monkeypatch.setattr(browser, "MAC_BROWSER", str(tmp_path / "none"))
    return tmp_path


def test_chromium_comes_first(path_folder: Path) -> None:
    write_browser(path_folder, "google-chrome")
    chromium = write_browser(path_folder, "chromium")
    assert browser.find_browser() == chromium


def test_the_one_named_is_used_and_no_other(path_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_browser(path_folder, "chromium")
    monkeypatch.setenv("CHATSERVER_TEST_BROWSER", str(path_folder / "mine"))
    assert browser.find_browser() is None
    mine = write_browser(path_folder, "mine")
    assert browser.find_browser() == mine


def test_a_machine_that_cannot_install_one_is_told_how(capfd: pytest.CaptureFixture[str]) -> None:
    browser.install_browser()
    assert "apt-get install chromium" in capfd.readouterr().err
