"""The browser that the browser tests drive."""

import os
import shutil
import time

from devtools.programs import Failure, call, say

SHELL = "chromium-headless-shell"
"""Chromium without a window: the same engine, and the browser tests take two thirds of the processor time in it."""

NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
BROWSER_ADVICE = (
    "No Chromium found, which the browser tests drive. Install it (Debian: apt-get install chromium fonts-noto-cjk; "
    "macOS: brew install --cask chromium) or name one in CHATSERVER_TEST_BROWSER."
)

APT_OPTIONS = ("-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10", "-o", "Acquire::Retries=1")
"""A machine that cannot reach its packages goes on without them after some seconds, not minutes."""


def find_browser() -> "str | None":
    """Path of a Chromium on this machine."""
    named = os.environ.get("CHATSERVER_TEST_BROWSER")
    candidates = [named] if named else [*NAMES, MAC_BROWSER]
    return next(filter(None, map(shutil.which, candidates)), None)


def install_browser() -> None:
    """Get Chromium and a font with Chinese from the system's packages where that is possible, else say how.

    Where there is a Chromium already, the one without a window is got if that is no trouble.
    """
    found = find_browser()
    if os.environ.get("CHATSERVER_TEST_BROWSER") or shutil.which(SHELL):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        if not found:
            say(BROWSER_ADVICE)
        return
    started = time.monotonic()
    say("installing Chromium …")
    try:
        apt_get("update")
        install_first(SHELL, *([] if found else ["chromium"]))
    except Failure as failure:
        if found:
            say(f"no {SHELL} among this machine's packages: {found} takes longer and does as well")
            return
        if os.environ.get("CI"):
            raise
        say(f"{failure}\n{BROWSER_ADVICE}")
        return
    say(f"installing Chromium: {time.monotonic() - started:.1f} s")


def install_first(*packages: str) -> None:
    """Install the first of these that there is, with a font with Chinese. Raises the last one's Failure."""
    for package in packages:
        try:
            return apt_get("install", "-y", "--no-install-recommends", package, "fonts-noto-cjk")
        except Failure as failure:
            last = failure
    raise last


def apt_get(command: str, *arguments: str) -> None:
    """Run apt-get without questions and without waiting long for a host that does not answer."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    call("apt-get", *APT_OPTIONS, "-qq", command, *arguments, env=env)
