"""The lock files say exactly what is installed, from wherever it comes."""

import re

import pytest

from devtools.packages import LOCKS, lock_file
from devtools.programs import ROOT

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z0-9,-]+\])?==([^ ;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    """Packages of a lock and their versions."""
    return dict(PIN.findall(lock_file(name).read_text()))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_is_exact_and_hashed(name: str) -> None:
    entries = lock_file(name).read_text().replace("\\\n", "").splitlines()
    assert entries
    for entry in entries:
        assert PIN.match(entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_address(name: str) -> None:
    assert not re.search(r"https?:|index-url|find-links", lock_file(name).read_text())


def test_the_packages_for_developers_hold_those_for_running() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_the_lock_for_running_has_no_test_tools() -> None:
    assert not {"pytest", "playwright", "mypy", "ruff", "locust"} & pins("run").keys()


def test_every_dependency_is_locked() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    names = {name.lower() for name in re.findall(r'"([A-Za-z0-9_.-]+)', listed[1])}
    assert names
    assert names <= pins("run").keys()
