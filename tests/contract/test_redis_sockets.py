"""Sockets of an identity over several processes, counted in a real Redis, of each shape; and without Redis."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from chatserver.core.session import Role, Session
from chatserver.infra import socket_ledger
from chatserver.infra.redis_link import RedisClient, redis_client
from chatserver.infra.socket_ledger import SocketLedger
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import Connections
from tests.redis_servers import server
from tests.serving import serving


class NoLink:
    """A socket whose client hears nothing."""

    def write(self, packets: object) -> None: ...
    def ready(self) -> bool:
        return True

    def when_ready(self, callback: object) -> None: ...
    def soon(self, callback: object) -> None: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


class Processes:
    """Several processes; what one says must close is closed wherever it is."""

    def __init__(self, redis: RedisClient, count: int) -> None:
        self.connections = [Connections() for _ in range(count)]
        self.live = [f"p{number}" for number in range(count)]
        self.ledgers = [
            SocketLedger(redis, "test", name, mine, lambda: self.live)
            for name, mine in zip(self.live, self.connections, strict=True)
        ]
        for ledger in self.ledgers:
            ledger.tell = self._tell

    def _tell(self, identity: str, ids: list[str]) -> None:
        for connections in self.connections:
            connections.replace(identity, ids)

    async def connect(self, process: int, role: Role = Role.USER, subject: str = "lin") -> Connection:
        """One more socket, and its process's report."""
        connection = Connection(f"k{len(self.made)}", NoLink())
        connection.session = Session(f"s{len(self.made)}", role, subject, "")
        self.made.append(connection)
        self.connections[process].add(connection, connection.session)
        await self.ledgers[process].report()
        return connection

    made: list[Connection]


@pytest.fixture
def processes(redis: RedisClient) -> Processes:
    made = Processes(redis, 3)
    made.made = []
    return made


def open_ones(processes: Processes) -> list[int]:
    return [number for number, one in enumerate(processes.made) if not one.closed]


async def test_one_too_many_closes_the_oldest_wherever_it_is(processes: Processes) -> None:
    for number in range(7):
        await processes.connect(number % 3)
    assert open_ones(processes) == [2, 3, 4, 5, 6]
    assert processes.made[0].closed_for == "replaced"


async def test_staff_have_three_and_others_are_none_of_their_business(processes: Processes) -> None:
    for number in range(4):
        await processes.connect(number % 3, Role.AGENT, "zhou")
        await processes.connect(number % 3, Role.USER, "may")
    assert [processes.made[number].closed for number in (0, 2)] == [True, False]
    assert not any(one.closed for one in processes.made[1::2])


async def test_who_left_makes_room(processes: Processes) -> None:
    for number in range(5):
        await processes.connect(number % 3)
    processes.made[1].close("left")
    await processes.ledgers[1].report()
    await processes.connect(2)
    assert open_ones(processes) == [0, 2, 3, 4, 5]


async def test_sockets_of_a_process_that_died_push_nobody_out(
    processes: Processes, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await processes.connect(0)
    for _ in range(4):
        await processes.connect(1)
    # A minute passes, and process 1 is gone.
    key = "sockets:test:user:lin"
    members: list[Any] = await redis.zrange(key, 0, -1)
    for member in members:
        await redis.zincrby(key, -61_000, member)
    processes.live.remove("p1")
    await processes.connect(2)
    assert not processes.made[0].closed
    assert await redis.zcard(key) == 2


async def test_an_emptied_redis_learns_again_who_is_here(
    processes: Processes, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_ledger, "ALL_WITHIN_S", 1.0)
    for number in range(5):
        await processes.connect(number % 3)
    await redis.flushall()
    await redis.script_flush()
    for ledger in processes.ledgers:
        await ledger.report()
    assert await redis.zcard("sockets:test:user:lin") == 5


async def test_without_redis_every_process_counts_by_itself_and_tells_later(tmp_path: Path) -> None:
    async with server(tmp_path) as gone, redis_client(f"redis://127.0.0.1:{gone.port}") as client:
        processes = Processes(client, 2)
        processes.made = []
        await processes.connect(0)
        await gone.kill()
        with pytest.raises((RedisError, TimeoutError)):
            await processes.connect(1)
        assert open_ones(processes) == [0, 1]


async def test_the_sixth_device_anywhere_sends_the_first_away(tmp_path: Path, redis_url: str, pg_url: str) -> None:
    options: dict[str, Any] = {
        "database_url": pg_url,
        "desk": "both",
        "identity_secret": "s" * 40,
        "secret_key": "k" * 40,
    }
    async with (
        serving(tmp_path / "one", redis_url, **options) as one,
        serving(tmp_path / "two", redis_url, **options) as two,
    ):
        devices = [await (one if number % 2 else two).user("lin") for number in range(6)]
        await asyncio.wait_for(devices[0].gone(), 10)
        assert all(device.here for device in devices[1:])
