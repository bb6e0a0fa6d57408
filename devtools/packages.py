"""The Python side of a checkout: its `.venv`, and packages by the hashes of the lock files."""

import importlib.util
import shutil
import sys
from pathlib import Path

from devtools.programs import PYTHON, ROOT, VENV, Failure, call, say
from devtools.stamps import STAMPS, digest, doing, is_done

TOOLS = VENV / ".tools"
# Each lock file and the words by which `uv export` picks its packages.
LOCKS = {
    "run": ["--no-dev"],
    "dev": [],
    "uv": ["--only-group", "uv"],
    "node": ["--only-group", "node"],
}
NETWORK_ADVICE = (
    "Packages come from the index that pip is set up for: check the network and `pip config list`, then run this again."
)
PIP_ADVICE = "Debian, Ubuntu: apt-get install python3-pip python3-venv, then run this again."


def make_venv() -> None:
    """Create `.venv` and make the checkout importable in it; anew when the folder was moved."""
    stamp = digest([], str(ROOT), "2")
    if PYTHON.exists() and is_done("venv", stamp):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    with doing("venv", stamp, "creating .venv"):
        if importlib.util.find_spec("venv") is None:
            raise Failure(f"this Python has no module venv. {PIP_ADVICE}")
        call(sys.executable, "-m", "venv", "--without-pip", VENV)
        link_checkout()


def link_checkout() -> None:
    """Put the checkout on the path of `.venv` and write its `chatserver` command, without a build."""
    site = next(VENV.glob("lib/python3.*/site-packages"))
    (site / "chatserver.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "chatserver"
    # A plain shebang breaks on blanks and on long paths; sh runs the first line, Python reads it as a string.
    start = f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\n"
    command.write_text(f"{start}import sys\n\nfrom chatserver.cli import main\n\nsys.exit(main())\n")
    command.chmod(0o755)


def pip() -> "list[str]":
    """The command of a pip that can install into `.venv`: this Python's own, else one put there."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if not list(VENV.glob("lib/python3.*/site-packages/pip")):
        if importlib.util.find_spec("ensurepip") is None:
            raise Failure(f"this Python has neither pip nor ensurepip. {PIP_ADVICE}")
        call(PYTHON, "-m", "ensurepip", "--upgrade")
    return [str(PYTHON), "-m", "pip"]


def lock_file(name: str) -> Path:
    """The committed list of exact packages with their hashes."""
    return ROOT / f"requirements-{name}.lock"


def install_tool(name: str) -> Path:
    """Install the packages of one lock into a folder of their own and return it."""
    folder, lock = TOOLS / name, lock_file(name)
    stamp = digest([lock])
    if not is_done(f"tool-{name}", stamp):
        with doing(f"tool-{name}", stamp, f"fetching {name}"):
            shutil.rmtree(folder, ignore_errors=True)
            options = ["--quiet", "--no-deps", "--require-hashes", "--target", str(folder)]
            call(*pip(), "install", *options, "-r", lock, advice=NETWORK_ADVICE)
    return folder


def uv() -> Path:
    """The fast installer, fetched by pip."""
    return install_tool("uv") / "bin" / "uv"


def install_packages(wanted: str) -> None:
    """Install exactly the packages of the lock `run` or `dev`; dev holds all of run, so it is never taken back."""
    name = "dev" if (STAMPS / "packages-dev").exists() else wanted
    lock = lock_file(name)
    stamp = digest([lock])
    if is_done(f"packages-{name}", stamp):
        return
    with doing(f"packages-{name}", stamp, f"installing the packages of {lock.name}"):
        try:
            options = ["--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON)]
            call(uv(), "pip", "sync", *options, lock)
        except (Failure, OSError) as failure:
            say(f"uv could not, trying pip. {failure}")
            call(*pip(), "install", "--quiet", "--require-hashes", "-r", lock, advice=NETWORK_ADVICE)


def choose_packages() -> None:
    """Choose the newest allowed packages and write all lock files."""
    call(uv(), "lock", "--quiet", "--upgrade")
    options = ["--quiet", "--frozen", "--no-header", "--no-annotate", "--no-emit-project"]
    for name, choice in LOCKS.items():
        call(uv(), "export", *options, *choice, "--output-file", lock_file(name))
