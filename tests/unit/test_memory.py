"""Temporary files of tests are in memory where that has room."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import memory


@pytest.fixture
def no_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a control group without bounds, on a machine with 5,120 bytes to spare."""
    monkeypatch.setattr(memory, "MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTROL_GROUP", tmp_path)
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 5 kB\n")
    return tmp_path


def test_a_place_with_room_is_taken_and_one_without_is_not(no_group: Path) -> None:
    assert memory.find_memory(no_group, spare=5_120) == no_group
    assert memory.find_memory(no_group, spare=5_121) is None
    assert memory.find_memory(no_group / "none", spare=1) is None


def test_what_the_group_of_the_process_may_take_is_a_bound(no_group: Path) -> None:
    (no_group / "memory.max").write_text("3000\n")
    (no_group / "memory.current").write_text("1000\n")
    assert memory.find_memory(no_group, spare=2_000) == no_group
    assert memory.find_memory(no_group, spare=2_001) is None
    (no_group / "memory.max").write_text("max\n")
    assert memory.find_memory(no_group, spare=2_001) == no_group


def test_a_run_clears_what_ended_ones_left_and_leaves_running_ones_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr(tempfile, "tempdir", None)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as running:
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        for process in (running, ended):
            (tmp_path / f"{memory.PREFIX}{process.pid}").mkdir()
        folder = memory.enter(tmp_path)
        assert set(tmp_path.iterdir()) == {tmp_path / f"{memory.PREFIX}{running.pid}", folder}
        running.communicate(b"\n")
    assert Path(tempfile.gettempdir()) == Path(os.environ["TMPDIR"]) == folder
    assert memory.open_folder("x-").parent == folder
