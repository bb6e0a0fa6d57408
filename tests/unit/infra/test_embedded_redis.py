"""The embedded Redis: there when its parent is, gone when it is not, and never two on one folder."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from chatserver.infra.embedded_redis import (
    SOCKET_PATH_MAX_BYTES,
    DataFolderBusy,
    EmbeddedRedis,
    EmbeddedRedisError,
    socket_path,
    url_if_running,
)

PARENT = """
import asyncio, sys
from pathlib import Path
from redis.asyncio import Redis
from chatserver.infra.embedded_redis import EmbeddedRedis

async def main():
    async with EmbeddedRedis(Path(sys.argv[1])) as server:
        async with Redis.from_url(server.url) as client:
            await client.set("written", "before the parent was killed")
        print(server.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def client_of(server: EmbeddedRedis) -> Redis:
    """A client that tries again for five seconds while its server is away."""
    return Redis.from_url(
        server.url,
        decode_responses=True,
        retry=Retry(ConstantBackoff(0.02), 250),
        retry_on_error=[RedisConnectionError, OSError],
    )


def has_ended(process: int, within_ms: int = 5000) -> bool:
    """Whether the process of a pidfd ends within this time."""
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(within_ms))


@contextmanager
def serving_parent(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Another process that runs the Redis of the folder, and a pidfd of that Redis."""
    with subprocess.Popen([sys.executable, "-c", PARENT, folder], stdout=subprocess.PIPE, text=True) as parent:
        server = os.pidfd_open(int(first_line(parent.stdout)))
        try:
            yield parent, server
        finally:
            parent.kill()
            os.close(server)


def first_line(output: IO[str] | None) -> str:
    """What the process says when it is ready."""
    return output.readline() if output else ""


def append_only_file(folder: Path) -> Path:
    """The file that holds what was written since the last rewrite."""
    return next((folder / "redis" / "appendonlydir").glob("*.incr.aof"))


async def write_two_and_stop(folder: Path) -> None:
    """Leave a folder in which `first` and `second` were written, in this order."""
    async with EmbeddedRedis(folder) as server, client_of(server) as client:
        await client.set("first", "1")
        await client.set("second", "2")


async def test_it_keeps_what_was_written_and_never_evicts(tmp_path: Path) -> None:
    await write_two_and_stop(tmp_path)
    async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert await client.mget("first", "second") == ["1", "2"]
        wanted = {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "save": "",
            "port": "0",
        }
        assert await client.config_get(*wanted) == wanted


async def test_only_its_owner_may_connect(tmp_path: Path) -> None:
    async with EmbeddedRedis(tmp_path) as server:
        assert server.folder.stat().st_mode & 0o077 == 0
        assert server.socket.stat().st_mode & 0o077 == 0


async def test_leaving_stops_it_and_removes_the_socket(tmp_path: Path) -> None:
    async with EmbeddedRedis(tmp_path) as server:
        process = os.pidfd_open(server.pid or 0)
    assert has_ended(process, within_ms=0)
    os.close(process)
    assert server.pid is None
    assert not server.socket.exists()


async def test_a_second_server_on_the_folder_is_refused_with_a_clear_line(tmp_path: Path) -> None:
    async with EmbeddedRedis(tmp_path) as first:
        with pytest.raises(DataFolderBusy) as refusal:
            await EmbeddedRedis(tmp_path).__aenter__()
        assert f"process {os.getpid()}" in str(refusal.value)
        assert str(tmp_path) in str(refusal.value)
        assert "REDIS_URL" in str(refusal.value)
        async with client_of(first) as client:
            assert await client.ping()


async def test_a_killed_server_comes_back_on_the_same_url_with_its_data(tmp_path: Path) -> None:
    async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        await client.set("first", "1")
        before = server.pid or 0
        os.kill(before, signal.SIGKILL)
        assert await client.get("first") == "1"
        assert server.pid != before


async def test_it_is_gone_when_its_parent_was_killed(tmp_path: Path) -> None:
    with serving_parent(tmp_path) as (parent, server):
        parent.kill()
        assert has_ended(server)


async def test_after_a_killed_parent_the_next_one_starts_at_once_with_the_data(tmp_path: Path) -> None:
    with serving_parent(tmp_path) as (parent, _):
        parent.kill()
        async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
            assert await client.get("written") == "before the parent was killed"


async def test_a_frozen_parent_still_owns_the_folder(tmp_path: Path) -> None:
    with serving_parent(tmp_path) as (parent, server):
        parent.send_signal(signal.SIGSTOP)
        with pytest.raises(DataFolderBusy):
            await EmbeddedRedis(tmp_path).__aenter__()
        assert not has_ended(server, within_ms=0)


async def test_a_stale_socket_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(socket_path(tmp_path)))
    async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert await client.ping()


async def test_a_file_cut_off_in_the_middle_of_a_write_loses_only_that_write(tmp_path: Path) -> None:
    await write_two_and_stop(tmp_path)
    file = append_only_file(tmp_path)
    os.truncate(file, file.stat().st_size - 4)
    async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert await client.mget("first", "second") == ["1", None]


async def test_a_file_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    await write_two_and_stop(tmp_path)
    append_only_file(tmp_path).write_bytes(b"not a command\r\n" * 10)
    async with EmbeddedRedis(tmp_path) as server, client_of(server) as client:
        assert await client.dbsize() == 0
        assert (server.folder / "appendonlydir.broken").is_dir()


async def test_a_folder_it_cannot_work_in_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonlydir").write_text("in the way")
    with pytest.raises(EmbeddedRedisError, match="appendonlydir"):
        await EmbeddedRedis(tmp_path).__aenter__()
    assert url_if_running(tmp_path) is None


async def test_a_long_folder_with_any_characters_gets_a_short_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("数据 folder?" * 10)
    async with EmbeddedRedis(folder) as server, client_of(server) as client:
        assert len(os.fsencode(server.socket)) <= SOCKET_PATH_MAX_BYTES
        assert await client.ping()
        assert url_if_running(folder) == server.url
    assert not server.socket.parent.exists()


async def test_a_short_folder_with_any_characters_holds_its_socket(tmp_path: Path) -> None:
    folder = tmp_path / "数 ?#%"
    async with EmbeddedRedis(folder) as server, client_of(server) as client:
        assert server.socket.parent == server.folder
        assert await client.ping()


async def test_a_socket_folder_prepared_by_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20)
    trap = socket_path(folder).parent
    trap.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedRedisError, match="somebody else"):
            await EmbeddedRedis(folder).__aenter__()
    finally:
        trap.unlink()


async def test_commands_beside_a_server_find_it(tmp_path: Path) -> None:
    assert url_if_running(tmp_path) is None
    with serving_parent(tmp_path) as (parent, server):
        url = url_if_running(tmp_path)
        assert url is not None
        async with Redis.from_url(url, decode_responses=True) as client:
            assert await client.get("written")
        parent.kill()
        parent.wait()
        assert has_ended(server)
        assert url_if_running(tmp_path) is None
