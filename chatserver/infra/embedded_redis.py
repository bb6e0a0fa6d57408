"""A Redis of our own in the data folder, for an installation without `REDIS_URL`.

The server is a child that listens on a unix socket, keeps an append-only file, is started again when it dies, and is
gone the moment its parent is, however that ends. What it holds can be rebuilt from SQL, so a file it cannot read any
more is put aside instead of stopping the installation.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from typing import BinaryIO, Self
from urllib.parse import quote

import structlog

from chatserver.infra.child import Child
from chatserver.infra.redis_binary import EmbeddedRedisError, find_redis_binary

__all__ = ["DataFolderBusy", "EmbeddedRedis", "EmbeddedRedisError", "socket_path", "url_if_running"]

log = structlog.get_logger(__name__)

# `sockaddr_un` holds 104 bytes on macOS and 108 on Linux, the closing zero included.
SOCKET_PATH_MAX_BYTES = 100
# Ready in 60-100 ms; only a very large append-only file needs seconds to be read.
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 5.0
# A killed parent's server needs a moment to die; one that holds the folder longer is in use.
LOCK_TIMEOUT_S = 1.0
POLL_S = 0.005
# A server that dies at once again must not eat a core with its restarts.
RESTART_DELAYS_S = (0.0, 0.5, 2.0, 5.0)
OPTIONS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "loglevel": "notice",
    # Everything acknowledged survives a killed process; at most a second is lost with the machine's power.
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    # A queue that forgets silently is worse than one that refuses.
    "maxmemory-policy": "noeviction",
}


class DataFolderBusy(EmbeddedRedisError):
    """Another server runs on this data folder."""


def socket_path(folder: Path) -> Path:
    """Where the Redis of a data folder listens: in the folder, or in a temporary one if that path is too long."""
    inside = folder.resolve() / "redis" / "redis.sock"
    if len(os.fsencode(inside)) <= SOCKET_PATH_MAX_BYTES:
        return inside
    name = hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"chatserver-{os.geteuid()}-{name}" / "redis.sock"


def url_if_running(folder: Path) -> str | None:
    """URL of the Redis that a process runs on this data folder, or None: for commands beside a running server."""
    try:
        with (folder / "redis" / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _url(socket_path(folder))
    return None


class EmbeddedRedis:
    """The Redis server of one data folder: `async with EmbeddedRedis(folder) as redis: redis.url`.

    folder: the data folder; all files go into its `redis/`. Enter it in a thread that lives as long as it should.
    Raises EmbeddedRedisError: DataFolderBusy when another server runs on the folder, NoRedisBinary when there is no
    program to start, itself when that does not start.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve() / "redis"
        """Append-only file, log, lock and, where its path is short enough, the socket."""
        self.socket = socket_path(folder)
        """The unix socket clients connect to."""
        self.url = _url(self.socket)
        """For a Redis client; good from entering to leaving, restarts included."""
        self._child: Child | None = None
        self._stack = AsyncExitStack()

    @property
    def pid(self) -> int | None:
        """Process id of the server, None while it does not run."""
        return self._child.pid if self._child and not self._child.has_ended else None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            _make_private(self.folder)
            binary = await asyncio.to_thread(find_redis_binary)
            lock = stack.enter_context(closing(await _take_lock(self.folder / "lock")))
            _make_private(self.socket.parent)
            stack.callback(self._remove_socket)
            stack.push_async_callback(self._stop)
            child = await self._start_readable(binary, lock)
            keeper = asyncio.create_task(self._keep_running(child, binary, lock))
            stack.push_async_callback(_cancel, keeper)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start_readable(self, binary: Path, lock: BinaryIO) -> Child:
        """Start the server; once more without its append-only file when it cannot read that."""
        try:
            return await self._start(binary, lock)
        except EmbeddedRedisError:
            if "append only file" not in self._log_tail():
                raise
        broken = self.folder / "appendonlydir.broken"
        shutil.rmtree(broken, ignore_errors=True)
        (self.folder / "appendonlydir").rename(broken)
        log.warning("embedded_redis_file_put_aside", moved_to=str(broken))
        return await self._start(binary, lock)

    async def _start(self, binary: Path, lock: BinaryIO) -> Child:
        self.socket.unlink(missing_ok=True)
        log_file = self.folder / "redis.log"
        if log_file.exists():
            log_file.replace(self.folder / "redis.log.before")
        options = OPTIONS | {"unixsocket": str(self.socket), "dir": str(self.folder), "logfile": str(log_file)}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        # The server inherits the lock, so that the folder is free only when both it and its parent are gone.
        self._child = await Child.start([str(binary), *words], pass_fds=[lock.fileno()])
        await self._until_ready(self._child)
        return self._child

    async def _until_ready(self, child: Child) -> None:
        """Wait until the server answers; raises EmbeddedRedisError when it ends or stays silent."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while not await _answers(self.socket):
                    if child.has_ended:
                        raise EmbeddedRedisError(f"The embedded Redis ended at once: {self._log_tail()}")
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise EmbeddedRedisError(f"The embedded Redis does not answer: {self._log_tail()}") from None

    def _log_tail(self) -> str:
        with suppress(FileNotFoundError):
            lines = (self.folder / "redis.log").read_text(errors="replace").strip().splitlines()
            return " / ".join(lines[-3:])
        return "it wrote no log"

    async def _keep_running(self, child: Child, binary: Path, lock: BinaryIO) -> None:
        """Start the server again whenever it ends; clients reconnect to the same socket."""
        while True:
            log.error("embedded_redis_ended", code=await child.wait())
            child = await self._restart(binary, lock)
            log.warning("embedded_redis_restarted", pid=child.pid)

    async def _restart(self, binary: Path, lock: BinaryIO) -> Child:
        failures = 0
        while True:
            await asyncio.sleep(RESTART_DELAYS_S[min(failures, len(RESTART_DELAYS_S) - 1)])
            try:
                return await self._start_readable(binary, lock)
            except (EmbeddedRedisError, OSError) as error:
                failures += 1
                log.warning("embedded_redis_restart_failed", reason=str(error))
                await self._stop()

    async def _stop(self) -> None:
        if self._child:
            await self._child.stop(STOP_TIMEOUT_S)

    def _remove_socket(self) -> None:
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder:
            self.socket.parent.rmdir()


async def _take_lock(path: Path) -> BinaryIO:
    """Hold the exclusive lock of a data folder until the file is closed; raises DataFolderBusy."""
    lock = path.open("a+b")
    deadline = asyncio.get_running_loop().time() + LOCK_TIMEOUT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(POLL_S)
                continue
            lock.close()
            raise DataFolderBusy(
                f"Another chatserver (process {path.read_text() or 'unknown'}) runs on the data folder "
                f"{path.parent.parent}. Stop it, choose another folder with CHATSERVER_DATA_DIR, or set REDIS_URL so "
                "that both use one Redis."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
        lock.flush()
        return lock


async def _answers(path: Path) -> bool:
    """Whether a Redis on this socket answers and has finished reading its file."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    except OSError:
        return False
    finally:
        writer.close()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def _make_private(folder: Path) -> None:
    """Make a folder that nobody else on this machine can enter; one that is somebody else's is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EmbeddedRedisError(f"{folder} belongs to somebody else: remove it or choose another CHATSERVER_DATA_DIR.")
    folder.chmod(0o700)


def _url(path: Path) -> str:
    return f"unix://{quote(str(path))}"
