"""The programs that are hurt: a server of ours and a Redis, each a real process on a loopback port of its own."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import aiohttp

from chatserver.infra.child import die_with_parent
from chatserver.infra.redis_binary import find_redis_binary

CHECKOUT = Path(__file__).parents[2]
START_S = 90.0
"""A server is up in a second or two; a machine that is busy with other tests takes much longer."""

POLL_S = 0.05


def resident_kb(pid: int) -> int:
    """Memory that a process holds, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """A program that can be started, killed, stopped and started again; its output goes to the end of one file."""

    def __init__(self, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self._command = command
        self._environment = environment
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id while it runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def spawn(self) -> None:
        """Start it without waiting until it is ready."""
        with self.log.open("ab") as out:
            self._process = self._popen(out)

    def _popen(self, out: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=self._environment,
            start_new_session=True,
            preexec_fn=die_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509  (takes no lock)
        )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self._process is not None and self.running:
            self._process.send_signal(number)

    async def ended(self, within_s: float = START_S) -> int:
        """Wait until it has ended and return its exit code. Raises `TimeoutError`."""
        assert self._process is not None
        async with asyncio.timeout(within_s):
            while (code := self._process.poll()) is None:  # noqa: ASYNC110  (a process tells nobody)
                await asyncio.sleep(POLL_S)
        return code

    async def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        self.signal(signal.SIGKILL)
        await self.ended()


class RedisServer(Process):
    """A private Redis that keeps nothing on disk: after a kill it is empty."""

    def __init__(self, folder: Path, name: str = "redis") -> None:
        self.port = free_port()
        words = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no", "dir": folder}
        options = [word for name, value in words.items() for word in (f"--{name}", str(value))]
        super().__init__([str(find_redis_binary()), *options], folder / f"{name}.log")
        self.url = f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.spawn()
        async with asyncio.timeout(START_S):
            while not await _listens(self.port):  # noqa: ASYNC110  (a process tells nobody)
                await asyncio.sleep(POLL_S)

    async def say(self, *words: str | int | bytes) -> str:
        """Send one command on a connection of its own; returns the first line of the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        writer.write(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
        try:
            return (await reader.readline()).decode(errors="replace").strip()
        finally:
            writer.close()


class Server(Process):
    """One `chatserver serve`, of this checkout unless another is named, on a free port unless one is."""

    def __init__(
        self, name: str, environment: Mapping[str, str], log: Path, *, port: int = 0, checkout: Path = CHECKOUT
    ) -> None:
        self.name = name
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._usual = {**os.environ, **environment, "PYTHONPATH": str(checkout)}
        super().__init__(self._serve("chatserver"), log, self._usual)

    def _serve(self, module: str) -> list[str]:
        return [sys.executable, "-m", module, "serve", "--port", str(self.port)]

    def become(self, module: str = "chatserver", **environment: str) -> None:
        """Run another program, with these variables beside the usual ones, from the next start on."""
        self._command, self._environment = self._serve(module), {**self._usual, **environment}

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        self.spawn()
        await self.until_ready()

    async def ready(self) -> int:
        """The status of `/readyz`, 0 when nobody answers."""
        limit = aiohttp.ClientTimeout(total=3)
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with aiohttp.ClientSession(timeout=limit) as http, http.get(f"{self.url}/readyz") as answer:
                return answer.status
        return 0

    async def until_ready(self, status: int = 200, within_s: float = START_S) -> None:
        """Wait until `/readyz` answers so. Raises `TimeoutError`."""
        async with asyncio.timeout(within_s):
            while await self.ready() != status:
                assert self.running or status == 0, f"{self.name} has ended: {self.log.read_text()[-2000:]}"
                await asyncio.sleep(POLL_S)

    async def until_not_ready(self, within_s: float = START_S) -> None:
        """Wait until `/readyz` does not answer 200 any more. Raises `TimeoutError`."""
        async with asyncio.timeout(within_s):
            while await self.ready() == 200:  # noqa: ASYNC110  (a process tells nobody)
                await asyncio.sleep(POLL_S)

    async def drained(self, within_s: float = 25.0) -> int:
        """SIGTERM, and wait for the exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended(within_s)

    def resident_kb(self) -> int:
        """Memory that it holds, in kB."""
        return resident_kb(self.pid)

    def processor_s(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def figure(self, name: str) -> float:
        """One of its figures, such as `sockets_ended_total{reason="slow"}`; 0 while it is not there."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/metrics") as answer:
            lines = (await answer.text()).splitlines()
        found = [line for line in lines if line.startswith(f"chatserver_{name} ")]
        return float(found[0].rpartition(" ")[2]) if found else 0.0

    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
