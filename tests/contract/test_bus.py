"""The bus on a real Redis: who asked hears, nobody is believed, and no outage or poison ends it."""

import asyncio
import os
import pickle
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff, NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from chatserver.core import background
from chatserver.core.background import end_all
from chatserver.infra import hint_ears
from chatserver.infra.bus import BACKLOG, Bus
from chatserver.infra.embedded_redis import EmbeddedRedis
from chatserver.infra.redis_link import redis_client
from chatserver.infra.redis_wire import Stream, Wire, packed
from tests.faults.proxy import FaultProxy
from tests.redis_servers import server

SECRET = b"the processes of one installation"
SOON_S = 10.0
Heard = tuple[str, dict[str, Any]]


class Process:
    """The bus of one process, and what it has heard."""

    def __init__(self, redis: Any, operator: "Redis", name: str, secret: bytes) -> None:
        self.operator = operator
        self.bus = Bus(redis, "test", secret, name)
        self.hints: asyncio.Queue[Heard] = asyncio.Queue()
        self.bus.heard = lambda channel, hint: self.hints.put_nowait((channel, hint))

    async def next(self) -> Heard:
        """What is heard next."""
        async with asyncio.timeout(SOON_S):
            return await self.hints.get()

    async def listens(self, channel: str, count: int = 1) -> None:
        """Wait until so many processes hear a channel."""
        async with asyncio.timeout(SOON_S):
            while await listeners(self.operator, channel) != count:
                continue


async def listeners(operator: "Redis", channel: str) -> int:
    """How many processes hear a channel."""
    return int((await operator.pubsub_numsub(f"hint:test:{channel}"))[0][1])


def patient(url: str) -> "Redis":
    """A client that tries again for five seconds while its server is away."""
    retry = Retry(ConstantBackoff(0.02), 250)
    return Redis.from_url(url, retry=retry, retry_on_error=[RedisConnectionError, OSError])


@asynccontextmanager
async def process(url: str, name: str, *channels: str, secret: bytes = SECRET, way: str = "") -> AsyncIterator[Process]:
    """A process that hears these channels already; `way` is another address of the same Redis for it to use."""
    async with redis_client(way or url) as redis, patient(url) as operator:
        made = Process(redis, operator, name, secret)
        before = [await listeners(operator, channel) for channel in channels]
        for channel in channels:
            made.bus.want(channel)
        running = asyncio.create_task(made.bus.run())
        try:
            for channel, count in zip(channels, before, strict=True):
                await made.listens(channel, count + 1)
            yield made
            assert not running.done()
        finally:
            await end_all([running])


@pytest.fixture
async def speaker(redis_url: str) -> AsyncIterator[Process]:
    async with process(redis_url, "p_speaker") as made:
        yield made


@pytest.fixture
async def ear(redis_url: str) -> AsyncIterator[Process]:
    async with process(redis_url, "p_ear", "in:c_1") as made:
        yield made


async def test_a_hint_reaches_every_process_that_asked_in_the_order_it_was_given(
    redis_url: str, speaker: Process, ear: Process
) -> None:
    async with process(redis_url, "p_third", "in:c_1") as third:
        for number in range(300):
            speaker.bus.publish("in:c_1", {"number": number})
        for one in (ear, third):
            heard = [await one.next() for _ in range(300)]
            assert heard == [("in:c_1", {"from": "p_speaker", "number": number}) for number in range(300)]


async def test_nobody_hears_themselves(redis_url: str, speaker: Process) -> None:
    async with process(redis_url, "p_both", "in:c_1") as both:
        both.bus.publish("in:c_1", {"number": 1})
        speaker.bus.publish("in:c_1", {"number": 2})
        assert await both.next() == ("in:c_1", {"from": "p_speaker", "number": 2})


async def test_what_is_wanted_no_longer_is_not_heard(speaker: Process, ear: Process) -> None:
    ear.bus.want("to:user:lin")
    ear.bus.want("to:user:lin")
    await ear.listens("to:user:lin")
    ear.bus.unwant("in:c_1")
    ear.bus.unwant("in:never_wanted")
    await ear.listens("in:c_1", 0)
    speaker.bus.publish("in:c_1", {"number": 1})
    speaker.bus.publish("to:user:lin", {"number": 2})
    assert (await ear.next())[1]["number"] == 2


async def test_what_was_given_up_can_be_wanted_again(speaker: Process, ear: Process) -> None:
    for _ in range(3):
        ear.bus.unwant("in:c_1")
        await ear.listens("in:c_1", 0)
        ear.bus.want("in:c_1")
        await ear.listens("in:c_1")
    speaker.bus.publish("in:c_1", {"number": 1})
    assert (await ear.next())[1]["number"] == 1


def signed(channel: str, packed: bytes) -> bytes:
    """As a process of the same installation, of another version perhaps, would sign it."""
    return Bus(redis_client("redis://127.0.0.1"), "test", SECRET, "p_other")._sign(channel, packed) + packed


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.file,)


POISON = [
    b"",
    b"5",
    b"[1]",
    b'"x"',
    b"null",
    b"[" * 100_000,
    b"\x00" * 16,
    b"\xff\xfe" * 40,
    b'{"method":"emit","event":"message","room":"c_1","data":{}}',
    b'{"from":"p_x","conversation":"c_1"}',
    b"\x00" * 16 + b'{"from":"p_x","conversation":"c_1"}',
    signed("in:c_2", b'{"from":"p_x","conversation":"c_2"}'),  # signed for another channel
    signed("in:c_1", b"5"),
    signed("in:c_1", b"[1]"),
    signed("in:c_1", b"{}"),
    signed("in:c_1", b"[" * 100_000),
    signed("in:c_1", b"\x80\x04"),
]


@pytest.mark.parametrize("payload", POISON, ids=lambda payload: repr(payload[:24]))
async def test_poison_is_refused_and_the_next_hints_are_heard(
    payload: bytes, redis_url: str, speaker: Process, ear: Process
) -> None:
    async with Redis.from_url(redis_url) as attacker:
        assert await attacker.publish("hint:test:in:c_1", payload) == 1
    for number in range(20):
        speaker.bus.publish("in:c_1", {"number": number})
    assert [(await ear.next())[1]["number"] for _ in range(20)] == list(range(20))
    assert ear.hints.empty()


async def test_nothing_is_ever_unpickled(tmp_path: Path, redis_url: str, speaker: Process, ear: Process) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    async with Redis.from_url(redis_url) as attacker:
        for payload in (trap, b"\x00" * 16 + trap, signed("in:c_1", trap)):
            await attacker.publish("hint:test:in:c_1", payload)
    speaker.bus.publish("in:c_1", {"number": 1})
    assert (await ear.next())[1]["number"] == 1
    assert not (tmp_path / "sprung").exists()


async def test_who_does_not_know_the_secret_is_not_heard(redis_url: str, speaker: Process, ear: Process) -> None:
    async with (
        process(redis_url, "p_forger", secret=b"guessed") as forger,
        process(redis_url, "p_friend", "in:c_1", secret=b"guessed") as friend,
    ):
        forger.bus.publish("in:c_1", {"number": 1})
        assert (await friend.next())[1]["number"] == 1
        speaker.bus.publish("in:c_1", {"number": 2})
        assert (await ear.next())[1]["number"] == 2


async def test_who_fails_over_a_hint_hears_the_next(speaker: Process, ear: Process) -> None:
    take = ear.bus.heard

    def stumble(channel: str, hint: dict[str, Any]) -> None:
        if hint["number"] == 1:
            raise KeyError(channel)
        take(channel, hint)

    ear.bus.heard = stumble
    for number in range(3):
        speaker.bus.publish("in:c_1", {"number": number})
    assert [(await ear.next())[1]["number"] for _ in range(2)] == [0, 2]


async def test_hints_that_nobody_sends_are_kept_up_to_a_bound_and_the_newest_win() -> None:
    async with redis_client("redis://127.0.0.1") as nowhere:
        bus = Bus(nowhere, "test", SECRET, "p_lonely")
        for number in range(BACKLOG + 5):
            bus.publish("in:c_1", {"number": number})
        assert bus.lost == 5
        kept = list(bus._outbox.values())
        assert len(kept) == BACKLOG
        assert b'"number":5}' in kept[0][1]


async def hears_again(speaker: Process, ear: Process, turn: int = 0) -> None:
    """Say something until it is heard."""
    heard = None
    async with asyncio.timeout(SOON_S):
        while heard != turn:
            await ear.listens("in:c_1")
            speaker.bus.publish("in:c_1", {"turn": turn})
            await listeners(speaker.operator, "in:c_1")
            while not ear.hints.empty():
                heard = ear.hints.get_nowait()[1]["turn"]


async def test_after_a_killed_redis_everybody_hears_again_within_seconds(tmp_path: Path) -> None:
    async with (
        EmbeddedRedis(tmp_path) as server,
        process(server.url, "p_speaker") as speaker,
        process(server.url, "p_ear", "in:c_1") as ear,
    ):
        clock = asyncio.get_running_loop().time
        for turn in range(2):
            os.kill(server.pid or 0, signal.SIGKILL)
            killed_at = clock()
            await hears_again(speaker, ear, turn)
            assert clock() - killed_at < 4


def test_a_link_that_was_reset_is_replaced(tmp_path: Path) -> None:
    """On the loop of the product, which says so in a way of its own."""

    async def reset() -> None:
        async with (
            server(tmp_path) as there,
            FaultProxy(there.port) as proxy,
            Redis(port=proxy.port, retry=Retry(NoBackoff(), 0)) as redis,
        ):
            wire = Wire(redis.connection_pool)
            assert await wire.ask(packed("PING"), 1) == [b"PONG"]
            proxy.rst()
            await asyncio.sleep(0.1)  # the loop learns of it
            assert await wire.ask(packed("PING"), 1) == [b"PONG"]
            await wire.close()

    uvloop.run(reset())


def test_so_is_that_of_any_command(tmp_path: Path) -> None:
    async def reset() -> None:
        async with (
            server(tmp_path) as there,
            FaultProxy(there.port) as proxy,
            redis_client(f"redis://127.0.0.1:{proxy.port}") as redis,
        ):
            for _ in range(20):
                assert await redis.ping()
                proxy.rst()
                await asyncio.sleep(0.02)
                async with redis.pipeline(transaction=False) as pipeline:
                    pipeline.ping()
                    assert await pipeline.execute() == [True]
                proxy.rst()
                await asyncio.sleep(0.02)

    uvloop.run(reset())


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus that tries again at once and soon doubts a silent link."""
    monkeypatch.setattr(hint_ears, "RETRY_S", 0.02)
    monkeypatch.setattr(hint_ears, "SILENCE_S", 0.1)


async def test_a_cut_subscription_is_made_anew(hasty: None, redis_url: str, speaker: Process, ear: Process) -> None:
    async with Redis.from_url(redis_url) as operator:
        for turn in range(3):
            await ear.listens("in:c_1")
            assert await operator.client_kill_filter(_type="pubsub", skipme=False) >= 1
            await hears_again(speaker, ear, turn)


async def test_a_link_that_ends_while_it_is_spoken_on_is_no_defect(
    hasty: None, monkeypatch: pytest.MonkeyPatch, speaker: Process, ear: Process
) -> None:
    failed = dict(background.failed)
    write = Stream.write
    ends = [True, True]

    def end_first(stream: Stream, commands: bytes) -> None:
        if b"SUBSCRIBE" in commands and ends:
            ends.pop()
            stream._writer.transport.abort()
        write(stream, commands)

    monkeypatch.setattr(Stream, "write", end_first)
    ear.bus.want("in:c_2")
    await ear.listens("in:c_2")
    speaker.bus.publish("in:c_2", {"conversation": "c_2"})
    while (await ear.next())[0] != "in:c_2":
        continue
    assert (ends, dict(background.failed)) == ([], failed)


async def test_a_link_that_has_fallen_silent_is_made_anew(
    hasty: None, tmp_path: Path, redis_server: EmbeddedRedis, redis_url: str
) -> None:
    async with (
        relay(redis_server.socket, tmp_path / "relay.sock") as path,
        process(redis_url, "p_speaker") as speaker,
        process(redis_url, "p_ear", "in:c_1", way=f"unix://{path.socket}") as ear,
    ):
        path.swallow()
        await path.used_again()
        await hears_again(speaker, ear)


class Relay:
    """A way to Redis whose present connections can lose everything without being closed."""

    def __init__(self, target: Path, socket: Path) -> None:
        self.socket = socket
        self._target = target
        self._swallowed = asyncio.Event()
        self._opened = asyncio.Event()
        self._pumps: list[asyncio.Task[None]] = []

    def swallow(self) -> None:
        """From now on nothing that present connections carry arrives."""
        self._swallowed.set()
        self._swallowed = asyncio.Event()
        self._opened.clear()

    async def used_again(self) -> None:
        """Wait for a connection that was opened after the last swallowing."""
        async with asyncio.timeout(SOON_S):
            await self._opened.wait()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry both ways."""
        self._opened.set()
        there, back = await asyncio.open_unix_connection(self._target)
        lost = self._swallowed
        self._pumps += [asyncio.create_task(pump(*way, lost)) for way in ((reader, back), (there, writer))]

    async def end(self) -> None:
        """Close everything."""
        await end_all(self._pumps)


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, lost: asyncio.Event) -> None:
    """Carry bytes until the end, or drop them once they are to be lost."""
    try:
        while data := await source.read(65_536):
            if not lost.is_set():
                target.write(data)
    finally:
        target.close()


@asynccontextmanager
async def relay(target: Path, socket: Path) -> AsyncIterator[Relay]:
    """A relay to a Redis that listens on a unix socket."""
    made = Relay(target, socket)
    async with await asyncio.start_unix_server(made.accept, socket):
        yield made
        await made.end()
