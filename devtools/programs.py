"""Running other programs, and the folders they work in."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Failure(Exception):
    """Something a person must mend; the text says what to do next."""


def say(text: str) -> None:
    """Print one line of progress to standard error, so that the task's own output stays clean."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def call(*command: "str | Path", cwd: Path = ROOT, env: "Mapping[str, str] | None" = None, advice: str = "") -> None:
    """Run a command that must succeed; when it does not, its output and the advice are the Failure's text."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise Failure(
            f"this failed: {' '.join(str(part) for part in command)}\n{done.stdout.strip()}\n{advice}".strip()
        )


def show(*command: "str | Path", cwd: Path = ROOT, env: "Mapping[str, str] | None" = None) -> None:
    """Run a command with its output in sight and stop with its exit code if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env or environment(), check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def replace_process(*command: "str | Path") -> NoReturn:
    """Become another program, so that signals, exit code and the last line of output are its own."""
    os.chdir(ROOT)
    os.execve(str(command[0]), [str(part) for part in command], environment())


def environment() -> "dict[str, str]":
    """The environment for tools: caches go into `.venv` where the home folder cannot take them."""
    env = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    env["PATH"] = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)])
    # Tests start many processes; each would compile every module again.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(VENV / ".cache" / "uv"))
        env.setdefault("npm_config_cache", str(VENV / ".cache" / "npm"))
    return env
