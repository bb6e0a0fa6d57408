#!/usr/bin/env python3
"""One door to this checkout: sets up what a task needs (once), then does the task.

Standard library only, so that it works on a bare machine with Python 3.11 or later. What was set up is remembered by a
hash of its sources in `.venv/.stamps`, which makes every later call instant.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from devtools.browser import install_browser
from devtools.packages import choose_packages, install_packages, make_venv
from devtools.programs import PYTHON, ROOT, VENV, Failure, environment, replace_process, say, show
from devtools.stamps import alone
from devtools.web import WEB, build_web, node_environment

OLDEST_PYTHON = (3, 11)
TESTS_FAILED = 1  # as pytest tells it; other codes mean that it did not get so far


def prepare(packages: str, web: bool) -> None:
    """Make the packages, and the pages if wanted, as this checkout says."""
    with alone():
        make_venv()
        install_packages(packages)
        if web:
            build_web()


def run(arguments: "list[str]") -> None:
    """Serve the demo on http://127.0.0.1:8080; arguments go to `chatserver demo`."""
    prepare("run", web=True)
    replace_process(VENV / "bin" / "chatserver", "demo", *arguments)


def test(arguments: "list[str]") -> None:
    """Run all tests, the web part's first; with arguments run pytest alone and pass them on."""
    prepare("dev", web=True)
    with alone():
        install_browser()
    if not arguments:
        show("npm", "test", cwd=WEB, env=node_environment())
    if arguments:
        replace_process(PYTHON, "-m", "pytest", *parallel(arguments), *arguments)
    # What fails while everything else runs beside it is tried once more by itself: a crowded machine is no defect.
    code = subprocess.call([str(PYTHON), "-m", "pytest", *parallel([])], cwd=ROOT, env=environment())
    if code == TESTS_FAILED:
        replace_process(PYTHON, "-m", "pytest", "--last-failed")
    sys.exit(code)


def parallel(arguments: "list[str]") -> "list[str]":
    """Spread tests over processes, unless the arguments ask for something that needs one."""
    if any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments) or "-s" in arguments:
        return []
    # Tests wait for half of their time, so one more than there are cores keeps these busy; beyond four the servers get
    # in each other's way.
    return ["-n", str(min(4, (os.cpu_count() or 2) + 1)), "--dist", "loadgroup"]


def setup(_arguments: "list[str]") -> None:
    """Install everything that running and testing need, and build the pages."""
    prepare("dev", web=WEB.is_dir())


def web(_arguments: "list[str]") -> None:
    """Install the web packages and build the pages."""
    prepare("run", web=True)


def gen(arguments: "list[str]") -> None:
    """Write the generated files anew: API descriptions, reference pages, TypeScript types."""
    prepare("dev", web=False)
    replace_process(PYTHON, "-m", "chatserver.gen", *arguments)


def faults(arguments: "list[str]") -> None:
    """Break things on purpose and judge what is left: quick, full, random, soak; prints a table (--help says more)."""
    prepare("dev", web=False)
    replace_process(PYTHON, "-m", "tests.faults", *arguments)


def frames(arguments: "list[str]") -> None:
    """Measure what a frame costs by the browser's trace: the console with thirty chats, [widget] or [first-load]."""
    prepare("dev", web=True)
    with alone():
        install_browser()
    modules = {"widget": "scrolling", "first-load": "first_load"}
    replace_process(PYTHON, "-m", f"tests.browser.{modules.get(arguments[0] if arguments else '', 'frames')}")


def bench(arguments: "list[str]") -> None:
    """Measure it beside stock peers: messages, latency, idle, fleet, pairing; prints tables."""
    prepare("dev", web=True)
    replace_process(PYTHON, "-m", "tests.bench", *arguments)


def screenshots(arguments: "list[str]") -> None:
    """Take pictures of every view: [widget] [console] [--look zh-light-phone] [--to FOLDER] [--cover FILE]."""
    prepare("dev", web=True)
    with alone():
        install_browser()
    replace_process(PYTHON, "-m", "tests.screenshots", *arguments)


def check(_arguments: "list[str]") -> None:
    """Run ruff, mypy and the TypeScript compiler."""
    prepare("dev", web=True)
    show(PYTHON, "-m", "ruff", "check")
    show(PYTHON, "-m", "mypy")
    show("npm", "run", "check", cwd=WEB, env=node_environment())


def lock(_arguments: "list[str]") -> None:
    """Choose the newest allowed packages and write all lock files."""
    with alone():
        make_venv()
        choose_packages()


TASKS: "dict[str, Callable[[list[str]], None]]" = {
    task.__name__: task for task in (run, test, setup, web, gen, check, faults, bench, screenshots, frames, lock)
}


def usage() -> str:
    """What can be asked, from the tasks' own sentences."""
    lines = [f"  {name:<11} {(task.__doc__ or '').strip()}" for name, task in TASKS.items()]
    return "\n".join(["usage: python3 dev.py TASK [ARGUMENT…]", "", *lines])


def require_platform(arguments: "list[str]") -> None:
    """Go on only where this can work, with a newer Python of this machine if need be; else raises Failure."""
    if sys.platform == "win32":
        raise Failure("this runs on Linux and macOS; on Windows use WSL: wsl --install, then run this in there.")
    if sys.version_info >= OLDEST_PYTHON:
        return
    names = [f"python3.{minor}" for minor in range(19, OLDEST_PYTHON[1] - 1, -1)]
    newer = next(filter(None, map(shutil.which, names)), None)
    if newer:
        os.execv(newer, [newer, __file__, *arguments])
    found = ".".join(str(part) for part in sys.version_info[:2])
    raise Failure(
        f"Python 3.11 or later is needed, this is {found}, and no newer one is on PATH. "
        "Install one (Debian 12: apt-get install python3 python3-venv python3-pip; macOS: brew install python) "
        "and run this again with it: python3.11 dev.py …"
    )


def main(arguments: "list[str]") -> int:
    """Do the task named first; 0 when done, 1 with a message when something must be mended, 2 on a wrong call."""
    if not arguments or arguments[0] not in TASKS:
        print(usage())
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        require_platform(arguments)
        TASKS[arguments[0]](arguments[1:])
    except Failure as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
