"""What is measured: the product as it ships, and its peers; programs of their own, pinned to a core if they can be."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from chatserver.infra.child import die_with_parent
from chatserver.infra.redis_binary import find_redis_binary
from chatserver.trust.identity import mint_user_token
from chatserver.trust.keyring import shared_key
from devtools.programs import ROOT
from devtools.web import node_environment
from tests.faults.processes import free_port

NODE_PEER: Final = Path(__file__).parent / "node"
START_S: Final = 60.0
TOKEN_TTL_S: Final = 3_600
NAME: Final = "Lin Wei"
"""Wallet apps tell the name of who comes."""
TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
Auth = dict[str, Any]


class Program(ABC):
    """A server process and all its children: started, pinned, asked what they use, ended."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """How it is started."""

    def environment(self) -> Mapping[str, str]:
        """What it finds around it."""
        return os.environ

    def start(self, core: int | None) -> None:
        """Start it on a core, or wherever the machine likes; returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        dies = die_with_parent() if sys.platform == "linux" else None

        def before() -> None:
            if core is not None:
                os.sched_setaffinity(0, {core})
            if dies is not None:
                dies()

        with (self.folder / "server.log").open("ab") as out:
            self._process = subprocess.Popen(
                self.command(),
                env=self.environment(),
                stdout=out,
                stderr=out,
                preexec_fn=before,  # noqa: PLW1509
            )
        self._wait_until_it_listens()

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def cpu_s(self) -> float:
        """Processor seconds of it and its children so far."""
        return sum(_cpu_s(pid) for pid in self.pids())

    def memory_bytes(self) -> int:
        """Resident memory of the server process itself."""
        assert self._process is not None
        fields = Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def pids(self) -> list[int]:
        """The process and its children."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return [self._process.pid, *map(int, children.read_text(encoding="ascii").split())]

    def users(self, count: int) -> list[Auth]:
        """What so many new users say at CONNECT."""
        return [{"as": "user"}] * count

    def agents(self, count: int) -> list[Auth]:
        """What the agents say at CONNECT."""
        return [{"as": "agent"}] * count

    def _wait_until_it_listens(self) -> None:
        ends_at = time.monotonic() + START_S
        while time.monotonic() < ends_at:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        tail = (self.folder / "server.log").read_text(errors="replace")[-2_000:]
        raise RuntimeError(f"{self.name} does not start:\n{tail}")


def _cpu_s(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


class Product(Program):
    """`chatserver serve` with nothing switched off but rates and ends that a benchmark runs into.

    Its embedded Redis is a child of it, on the same core and in the same sum.
    """

    name = "product"

    def __init__(self, folder: Path, *, capacity: int = 10, more: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self._capacity = capacity
        self._secret = secrets.token_urlsafe(32)
        self._data = folder / "data"
        self._more = dict(more or {})
        self._users = 0
        self._agents = 0

    def command(self) -> list[str]:
        return [sys.executable, "-m", "chatserver", "serve"]

    def environment(self) -> Mapping[str, str]:
        ours = {
            "PORT": str(self.port),
            "CHATSERVER_DATA_DIR": str(self._data),
            "CHATSERVER_IDENTITY_SECRET": self._secret,
            "CHATSERVER_RATE_FACTOR": "0",
            "CHATSERVER_FIRST_REPLY_S": "86400",
            "CHATSERVER_LOG_LEVEL": "warning",
            "PYTHONPATH": str(ROOT),
        }
        return {**os.environ, **ours, **self._more}

    def beside(self, folder: Path) -> "Product":
        """One more process of the same installation."""
        other = Product(folder, capacity=self._capacity, more=self._more)
        other._secret = self._secret
        other._data = self._data
        return other

    def users(self, count: int) -> list[Auth]:
        key = shared_key(self._secret)
        now = time.time_ns() // 1_000_000
        first, self._users = self._users, self._users + count
        names = [f"u{self.port}-{number}" for number in range(first, first + count)]
        return [{"as": "user", "token": mint_user_token(key, sub, NAME, now=now, ttl_s=TOKEN_TTL_S)} for sub in names]

    def agents(self, count: int) -> list[Auth]:
        words = ["token", "agent", *self._enrol(count), "--ttl", str(TOKEN_TTL_S)]
        return [{"as": "agent", "token": token} for token in self.operate(*words).split()]

    def operate(self, *words: str, given: str = "") -> str:
        """Run `chatserver WORDS` beside it and return what that printed."""
        command = [sys.executable, "-m", "chatserver", *words]
        done = subprocess.run(
            command, env=self.environment(), input=given, capture_output=True, text=True, check=False, cwd=ROOT
        )
        if done.returncode:
            raise RuntimeError(f"chatserver {words[0]} failed: {done.stderr[-500:]}")
        return done.stdout

    def _enrol(self, count: int) -> list[str]:
        """New agents: those of another crowd are busy."""
        first, self._agents = self._agents, self._agents + count
        emails = [f"agent{number}@bench.example" for number in range(first, first + count)]
        rows = [
            {"email": one, "name": "Agent", "tier": 1, "capacity": self._capacity, "password": secrets.token_hex(16)}
            for one in emails
        ]
        self.operate("agent", "import", given="\n".join(map(json.dumps, rows)))
        return emails


class Redis(Program):
    """A Redis that several processes share."""

    name = "redis"

    def command(self) -> list[str]:
        words = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        options = [word for name, value in words.items() for word in (f"--{name}", str(value))]
        return [str(find_redis_binary()), *options]


class NodePeer(Program):
    """Stock Socket.IO for Node with grouped commits of better-sqlite3."""

    name = "node"

    def command(self) -> list[str]:
        install_node_peer()
        return [_node(), str(NODE_PEER / "server.mjs"), str(self.port), str(self.folder / "messages.db")]


class NaivePeer(Program):
    """python-socketio with a commit a message."""

    name = "naive"

    def command(self) -> list[str]:
        script = Path(__file__).with_name("naive.py")
        return [sys.executable, str(script), str(self.port), str(self.folder / "messages.db")]


def _node() -> str:
    found = shutil.which("node", path=node_environment().get("PATH"))
    if found is None:
        raise RuntimeError("no Node found: run `python3 dev.py web` once")
    return found


def install_node_peer() -> None:
    """Fetch the peer's packages once."""
    if not (NODE_PEER / "node_modules" / "better-sqlite3" / "build").is_dir():
        subprocess.run(["npm", "ci", "--no-audit"], cwd=NODE_PEER, env=node_environment(), check=True)


def versions() -> dict[str, str]:
    """Of what takes part."""
    from importlib.metadata import version

    import chatserver

    install_node_peer()
    found = {"chatserver": chatserver.__version__, "Python": sys.version.split()[0]}
    found |= {name: version(name) for name in ("aiohttp", "uvloop", "msgspec", "python-socketio")}
    found["Node"] = subprocess.run([_node(), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    for name in ("socket.io", "better-sqlite3"):
        package = json.loads((NODE_PEER / "node_modules" / name / "package.json").read_text(encoding="utf-8"))
        found[name] = package["version"]
    return found
