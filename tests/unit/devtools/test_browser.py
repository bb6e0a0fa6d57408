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


def write_apt_get(folder: Path, monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """A package manager for root that installs these packages as browsers and knows no other."""
    lines = [f'*" {name} "*) : > {folder}/{name}; exec /bin/chmod +x {folder}/{name};;' for name in packages]
    program = Path(write_browser(folder, "apt-get"))
    cases = "\n".join(['*" update "*) exit 0;;', *lines])
    program.write_text(f'#!/bin/sh\ncase " $* " in {cases}\nesac\nexit 100\n')
    monkeypatch.setattr("os.geteuid", lambda: 0)


def test_chromium_without_a_window_comes_first(path_folder: Path) -> None:
    write_browser(path_folder, "google-chrome")
    chromium = write_browser(path_folder, "chromium")
    assert browser.find_browser() == chromium
    shell = write_browser(path_folder, "chromium-headless-shell")
    assert browser.find_browser() == shell


@pytest.mark.parametrize("packages", [["chromium-headless-shell", "chromium"], ["chromium"]], ids=["both", "one"])
def test_the_first_browser_among_the_packages_is_installed(
    path_folder: Path, monkeypatch: pytest.MonkeyPatch, packages: list[str]
) -> None:
    write_apt_get(path_folder, monkeypatch, *packages)
    browser.install_browser()
    assert browser.find_browser() == str(path_folder / packages[0])


def test_a_chromium_that_is_there_will_do_where_no_other_can_be_got(
    path_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    write_apt_get(path_folder, monkeypatch)
    chromium = write_browser(path_folder, "chromium")
    monkeypatch.setenv("CI", "1")
    browser.install_browser()
    assert browser.find_browser() == chromium
    assert "does as well" in capfd.readouterr().err


def test_the_one_named_is_used_and_no_other(path_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_browser(path_folder, "chromium")
    monkeypatch.setenv("CHATSERVER_TEST_BROWSER", str(path_folder / "mine"))
    assert browser.find_browser() is None
    mine = write_browser(path_folder, "mine")
    assert browser.find_browser() == mine


def test_a_machine_that_cannot_install_one_is_told_how(capfd: pytest.CaptureFixture[str]) -> None:
    browser.install_browser()
    assert "apt-get install chromium" in capfd.readouterr().err
