"""`dev.py` and `.ci/run`, called as a person calls them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from devtools.programs import ROOT


def call(*command: str | Path, path: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command of the checkout, with another PATH if given."""
    env = {**os.environ, "PATH": path if path is not None else os.environ["PATH"]}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def write_python(folder: Path, name: str, script: str) -> None:
    """A program on PATH that answers as a Python would."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["dance"], 2), (["--help"], 0)])
def test_it_lists_its_tasks_when_it_is_not_told_one(arguments: list[str], code: int) -> None:
    done = call(sys.executable, "dev.py", *arguments)
    assert done.returncode == code
    for name, task in dev.TASKS.items():
        assert f"{name:<11} {task.__doc__}" in done.stdout


def test_it_needs_nothing_that_is_not_in_the_standard_library() -> None:
    done = call(sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); import dev")
    assert done.returncode == 0, done.stderr


def run_as_if_old(path: Path) -> "subprocess.CompletedProcess[str]":
    """Call `dev.py test -k x` in a Python that believes it is 3.9."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import dev; dev.__file__ = 'dev.py'; "
    code += "sys.version_info = (3, 9); sys.exit(dev.main(['test', '-k', 'x']))"
    return call(sys.executable, "-c", code, path=str(path))


def test_an_old_python_hands_over_to_a_newer_one(tmp_path: Path) -> None:
    write_python(tmp_path, "python3.12", 'echo "newer got: $@"')
    assert run_as_if_old(tmp_path).stdout == "newer got: dev.py test -k x\n"


def test_an_old_python_alone_is_told_what_to_do(tmp_path: Path) -> None:
    done = run_as_if_old(tmp_path)
    assert done.returncode == 1
    assert "Python 3.11 or later is needed, this is 3.9" in done.stderr
    assert "apt-get install" in done.stderr


@pytest.mark.parametrize("arguments", [["-n0"], ["-n", "3"], ["-s"], ["--pdb"]])
def test_tests_share_the_machine_unless_told_otherwise(arguments: list[str]) -> None:
    assert dev.parallel(["tests/unit", "-k", "name"])[0] == "-n"
    assert dev.parallel(arguments) == []


def test_ci_takes_the_first_python_that_is_new_enough(tmp_path: Path) -> None:
    write_python(tmp_path, "python3", "exit 1")
    write_python(tmp_path, "python3.13", '[ "$1" = -c ] || echo "ran: $@"')
    done = call("/bin/bash", ".ci/run", path=f"{tmp_path}:/nowhere")
    assert done.stdout == "ran: dev.py test\n"


def test_ci_without_a_python_says_so(tmp_path: Path) -> None:
    done = call("/bin/bash", ".ci/run", path=str(tmp_path))
    assert done.returncode == 1
    assert "No Python 3.11 or later found" in done.stderr
