"""The browser that the browser tests drive."""

import os
import shutil
import time

from devtools.programs import Failure, call, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
BROWSER_ADVICE = (
    "No Chromium found, which the browser tests drive. Install it (Debian: apt-get install chromium fonts-noto-cjk; "
    "macOS: brew install --cask chromium) or name one in CHATSERVER_TEST_BROWSER."
)


def find_browser() -> "str | None":
    """Path of a Chromium on this machine."""
    named = os.environ.get("CHATSERVER_TEST_BROWSER")
    candidates = [named] if named else [*NAMES, MAC_BROWSER]
    return next(filter(None, map(shutil.which, candidates)), None)


def install_browser() -> None:
    """Get Chromium and a font with Chinese from the system's packages where that is possible, else say how."""
    if find_browser():
        return
    if os.geteuid() or not shutil.which("apt-get"):
        say(BROWSER_ADVICE)
        return
    started = time.monotonic()
    say("installing Chromium …")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        call("apt-get", "update", "-qq", env=env)
        call("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk", env=env)
    except Failure as failure:
        if os.environ.get("CI"):
            raise
        say(f"{failure}\n{BROWSER_ADVICE}")
        return
    say(f"installing Chromium: {time.monotonic() - started:.1f} s")
