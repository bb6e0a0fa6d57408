"""Real Redis servers in the shapes that installations have: a master with replica and Sentinel, and a cluster."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatserver.infra.child import Child
from chatserver.infra.redis_binary import find_redis_binary

HOST = "127.0.0.1"
SERVICE = "desk"
READY_S = 20.0
SLOTS = 16_384
POLL_S = 0.02

OPTIONS = {"bind": HOST, "save": "", "appendonly": "no", "repl-diskless-sync-delay": "0", "daemonize": "no"}


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.bind((HOST, 0))
            found.append(one.getsockname()[1])
        return found


async def until(true: Callable[[], Coroutine[Any, Any, bool]]) -> None:
    """Wait until servers have come to something by themselves; one that does not answer yet is asked again."""
    async with asyncio.timeout(READY_S):
        while True:
            with contextlib.suppress(RedisError, OSError):
                if await true():
                    return
            await asyncio.sleep(POLL_S)  # they tell nobody when they are there


class Server:
    """One server program on a port of its own."""

    def __init__(self, folder: Path, port: int, **options: str) -> None:
        self.folder = folder / str(port)
        self.port = port
        self.client: Any = Redis(host=HOST, port=port)
        self._options = {name.replace("_", "-"): value for name, value in options.items()}
        self._child: Child | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(exist_ok=True)
        options = {**OPTIONS, "port": str(self.port), "dir": str(self.folder), "logfile": "log", **self._options}
        words = [word for name, value in options.items() for word in (f"--{name}", *value.split())]
        await self._run([str(find_redis_binary()), *words])

    async def start_sentinel(self, *lines: str) -> None:
        """Start it as a Sentinel with these lines of configuration."""
        self.folder.mkdir(exist_ok=True)
        file = self.folder / "sentinel.conf"
        file.write_text("\n".join([f"port {self.port}", f"bind {HOST}", f"dir {self.folder}", "logfile log", *lines]))
        await self._run([str(find_redis_binary()), str(file), "--sentinel"])

    async def _run(self, words: list[str]) -> None:
        self._child = await Child.start(words)
        await until(self._answers)

    async def _answers(self) -> bool:
        return bool(await self.client.ping())

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._child is not None
        return self._child.pid

    async def kill(self) -> None:
        """End it at once, as a failing machine would."""
        assert self._child is not None
        await self.client.aclose()
        await self._child.stop(0)

    async def close(self) -> None:
        """End it if it runs."""
        if self._child is not None and not self._child.has_ended:
            await self.kill()


@asynccontextmanager
async def server(folder: Path, **options: str) -> AsyncIterator[Server]:
    """One server alone."""
    async with AsyncExitStack() as stack:
        made = Server(folder, free_ports(1)[0], **options)
        stack.push_async_callback(made.close)
        await made.start()
        yield made


class Watched:
    """A master, its replica, and the Sentinel that makes the one into the other."""

    def __init__(self, master: Server, replica: Server, sentinel: Server) -> None:
        self.master = master
        self.replica = replica
        self.sentinel = sentinel
        self.url = f"redis+sentinel://{HOST}:{sentinel.port}/{SERVICE}"

    async def synchronised(self) -> None:
        """Wait until the replica follows, and the Sentinel knows of it."""
        await until(self._is_synchronised)

    async def _is_synchronised(self) -> bool:
        told = await self.replica.client.info("replication")
        known = await self.sentinel.client.sentinel_slaves(SERVICE)
        return told["master_link_status"] == "up" and any(not one["is_sdown"] for one in known)


@asynccontextmanager
async def watched_master(folder: Path) -> AsyncIterator[Watched]:
    """A master with a replica and a Sentinel that gives it up after a second."""
    async with AsyncExitStack() as stack:
        ports = free_ports(3)
        master, sentinel = Server(folder, ports[0]), Server(folder, ports[2])
        replica = Server(folder, ports[1], replicaof=f"{HOST} {ports[0]}")
        for one in (master, replica, sentinel):
            stack.push_async_callback(one.close)
        await master.start()
        await replica.start()
        await sentinel.start_sentinel(
            f"sentinel monitor {SERVICE} {HOST} {master.port} 1",
            f"sentinel down-after-milliseconds {SERVICE} 1000",
            f"sentinel failover-timeout {SERVICE} 5000",
        )
        made = Watched(master, replica, sentinel)
        await made.synchronised()
        yield made


class ClusterServers:
    """Three primaries that share the slots, and a replica of the first."""

    def __init__(self, primaries: list[Server], replica: Server) -> None:
        self.primaries = primaries
        self.replica = replica
        self.url = f"redis+cluster://{HOST}:{primaries[1].port},{HOST}:{primaries[2].port}"

    async def owner(self, key: str) -> Server:
        """The primary that has the slot of a key."""
        slot = int(await self.primaries[1].client.execute_command("CLUSTER", "KEYSLOT", key))
        return self.primaries[slot * len(self.primaries) // SLOTS]

    async def form(self) -> None:
        """Make the servers one cluster."""
        count = len(self.primaries)
        for index, one in enumerate(self.primaries):
            first, last = (-(-SLOTS * number // count) for number in (index, index + 1))
            await one.client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last - 1)
            await one.client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        for one in (*self.primaries[1:], self.replica):
            meeting = self.primaries[0]
            await one.client.execute_command("CLUSTER", "MEET", HOST, meeting.port, meeting.port + 1)
        first_id = (await self.primaries[0].client.execute_command("CLUSTER", "MYID")).decode()
        await until(lambda: self._knows(self.replica, first_id))
        await self.replica.client.execute_command("CLUSTER", "REPLICATE", first_id)
        for one in (*self.primaries, self.replica):
            await until(lambda one=one: self._is_ready(one))  # type: ignore[misc]

    async def _knows(self, server: Server, node: str) -> bool:
        return node in str(await server.client.execute_command("CLUSTER", "NODES"))

    async def _is_ready(self, server: Server) -> bool:
        state = dict(await server.client.execute_command("CLUSTER INFO"))
        shards = await server.client.execute_command("CLUSTER", "SLOTS")
        return state["cluster_state"] == "ok" and sorted(len(shard) for shard in shards) == [3, 3, 4]


@asynccontextmanager
async def redis_cluster(folder: Path) -> AsyncIterator[ClusterServers]:
    """A cluster of three primaries and a replica that takes over after a second and a half."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(4):
            port = _pair_of_ports()
            options = {"cluster_enabled": "yes", "cluster_port": str(port + 1), "cluster_node_timeout": "1500"}
            one = Server(folder, port, **options, cluster_require_full_coverage="no")
            stack.push_async_callback(one.close)
            await one.start()
            made.append(one)
        cluster = ClusterServers(made[:3], made[3])
        await cluster.form()
        yield cluster


def _pair_of_ports() -> int:
    """A free port whose successor is free too."""
    while True:
        port = free_ports(1)[0]
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind((HOST, port + 1))
            return port
