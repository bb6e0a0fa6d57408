"""The wire: everybody's commands on one connection, each answered to whoever asked."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import DataError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from chatserver.infra import redis_wire
from chatserver.infra.redis_link import Server, redis_client
from chatserver.infra.redis_wire import Stream, packed
from tests import redis_servers
from tests.redis_servers import server


@pytest.fixture
async def client(redis_url: str) -> AsyncIterator[Any]:
    """A client of an empty server that knows no scripts."""
    made = redis_client(redis_url)
    assert isinstance(made, Server)
    async with made:
        await made.flushall()
        await made.script_flush()
        yield made


@pytest.fixture
async def paused(tmp_path: Path) -> AsyncIterator[redis_servers.Server]:
    """A server that may be stopped."""
    async with server(tmp_path) as made:
        yield made
        os.kill(made.pid, signal.SIGCONT)


async def test_commands_of_one_turn_leave_in_one_write_and_each_gets_its_own_answer(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await client.ping()
    writes, write = list[int](), Stream.write

    def count(stream: Stream, commands: bytes) -> None:
        writes.append(commands.count(b"ECHO"))
        write(stream, commands)

    monkeypatch.setattr(Stream, "write", count)
    answers = await asyncio.gather(*(client.echo(f"{number}") for number in range(100)))
    assert [int(answer) for answer in answers] == list(range(100))
    assert writes == [100]


async def test_whoever_stops_waiting_leaves_no_answer_to_the_next(client: Any) -> None:
    gone = [client.wire._ask(packed("ECHO", f"gone {number}"), 1) for number in range(5)]
    stays = client.wire._ask(packed("ECHO", "stays"), 1)
    for asked in gone:
        asked.cancel()
    assert await stays == [b"stays"]
    assert await client.echo("next") == b"next"


async def test_what_is_refused_is_refused_to_who_asked(client: Any) -> None:
    await client.set("text", "x")
    asked = (client.get("text"), client.hget("text", "f"), client.get("text"))
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [b"x", b"x"]
    assert isinstance(outcomes[1], ResponseError)
    with pytest.raises(DataError):
        await client.set("text", {})
    pipeline = client.pipeline(transaction=False)
    pipeline.get("text")
    pipeline.hget("text", "f")
    kept = await pipeline.execute(raise_on_error=False)
    assert kept[0] == b"x"
    assert isinstance(kept[1], ResponseError)
    pipeline.hget("text", "f")
    with pytest.raises(ResponseError, match="Command # 1"):
        await pipeline.execute()


async def test_answers_are_read_as_the_library_reads_them(client: Any, redis_url: str) -> None:
    plain: Any
    async with Redis.from_url(redis_url) as plain:
        await plain.hset("hash", mapping={"a": 1, "b": "二"})
        await plain.zadd("zset", {"x": 1.5, "y": 2})
        await plain.sadd("set", "m")
        asked: list[Callable[[Any], Any]] = [
            lambda redis: redis.hgetall("hash"),
            lambda redis: redis.zrange("zset", 0, -1, withscores=True),
            lambda redis: redis.zrank("zset", "nobody"),
            lambda redis: redis.smembers("set"),
            lambda redis: redis.set("new", "x", nx=True, px=60_000),
            lambda redis: redis.pubsub_numsub("nowhere"),
            lambda redis: redis.config_get("maxmemory"),
            lambda redis: redis.script_exists("ab"),
        ]
        for one in asked:
            theirs = await one(plain)
            await plain.delete("new")
            assert await one(client) == theirs
            await plain.delete("new")
        assert isinstance((await client.time())[0], int)


async def test_a_pipeline_loads_the_scripts_that_the_server_has_forgotten(client: Any) -> None:
    script: Any = client.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    for total in (3, 6):
        await client.script_flush()
        pipeline = client.pipeline(transaction=False)
        await script(keys=["sum"], args=[1], client=pipeline)
        pipeline.set("beside", "x")
        await script(keys=["sum"], args=[2], client=pipeline)
        assert await pipeline.execute() == [total - 2, True, total]
    assert await script(keys=["sum"], args=[1]) == 7


async def test_a_server_that_does_not_answer_is_given_up_in_time_and_asked_anew(
    paused: redis_servers.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_wire, "TIMEOUT_S", 0.2)
    async with redis_client(f"redis://{redis_servers.HOST}:{paused.port}") as client:
        await client.set("before", "x")
        os.kill(paused.pid, signal.SIGSTOP)
        with pytest.raises(RedisTimeoutError):
            await client.get("before")
        os.kill(paused.pid, signal.SIGCONT)
        assert await client.get("before") == b"x"


async def test_no_more_wait_than_can_be_answered(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_wire, "WAITING", 3)
    outcomes = await asyncio.gather(*(client.echo(f"{number}") for number in range(5)), return_exceptions=True)
    assert outcomes[:3] == [b"0", b"1", b"2"]
    assert all(isinstance(one, RedisTimeoutError) for one in outcomes[3:])
    assert await client.echo("later") == b"later"


def test_a_command_of_two_words_is_packed_as_two() -> None:
    assert packed("SCRIPT LOAD", "x") == b"*3\r\n$6\r\nSCRIPT\r\n$4\r\nLOAD\r\n$1\r\nx\r\n"
