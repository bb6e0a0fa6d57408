"""A process that Redis answers but that hears nothing: it says so, mends itself, or ends. Without Redis it stays."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chatserver.core.background import end_all
from chatserver.infra import canary, hint_ears
from chatserver.infra.bus import Bus, DeafError
from chatserver.infra.redis_link import redis_client
from tests.redis_servers import HOST, Server, server
from tests.serving import serving

SOON_S = 10.0


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Server]:
    async with server(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything happens a hundred times as fast."""
    monkeypatch.setattr(hint_ears, "RETRY_S", 0.01)
    for name in ("EVERY_S", "RENEW_S", "DEAF_S", "END_S"):
        monkeypatch.setattr(canary, name, getattr(canary, name) / 100)


@asynccontextmanager
async def listening(redis: Server) -> AsyncIterator[tuple[Bus, "asyncio.Task[None]"]]:
    """A bus that runs."""
    async with redis_client(url_of(redis)) as client:
        bus = Bus(client, "test", b"secret", "p_1")
        running = asyncio.create_task(bus.run())
        try:
            yield bus, running
        finally:
            await end_all([running])


def url_of(redis: Server) -> str:
    return f"redis://{HOST}:{redis.port}"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not true():  # noqa: ASYNC110  (a figure that grows with time tells nobody)
            await asyncio.sleep(0)


async def deafen(redis: Server, deaf: bool = True) -> None:
    """Refuse every subscription, and cut those that stand; or allow them again."""
    await redis.client.acl_setuser("default", enabled=True, commands=["-subscribe" if deaf else "+subscribe"])
    if deaf:
        await redis.client.client_kill_filter(_type="pubsub")


async def test_who_hears_nothing_that_redis_takes_is_not_ready_and_ends_at_last(redis: Server) -> None:
    async with listening(redis) as (bus, running):
        await until(lambda: bool(bus._canaries))
        assert bus.hears
        await deafen(redis)
        await until(lambda: not bus.hears)
        assert canary.DEAF_S <= bus.deaf_for_s < canary.END_S
        assert not running.done()
        with pytest.raises(DeafError):
            await asyncio.wait_for(running, SOON_S)


async def test_who_hears_again_is_ready_again_and_goes_on(redis: Server) -> None:
    async with listening(redis) as (bus, running):
        await until(lambda: bool(bus._canaries))
        await deafen(redis)
        await until(lambda: not bus.hears)
        await deafen(redis, deaf=False)
        await until(lambda: bus.hears)
        assert not running.done()


async def test_without_redis_a_process_stays_and_is_not_called_deaf(redis: Server) -> None:
    async with listening(redis) as (bus, running):
        await until(lambda: bool(bus._canaries))
        await redis.kill()
        bus.publish("in:c_1", {})
        await until(lambda: bus.lost > 0)
        await asyncio.wait([running], timeout=canary.END_S * 2)
        assert bus.hears
        assert not running.done()
        await redis.start()
        await until(lambda: bus.hears)


async def test_a_paused_redis_makes_nobody_deaf(redis: Server) -> None:
    async with listening(redis) as (bus, running):
        await until(lambda: bool(bus._canaries))
        os.kill(redis.pid, signal.SIGSTOP)
        try:
            bus.publish("in:c_1", {})
            await until(lambda: bus.lost > 0)
            await asyncio.wait([running], timeout=canary.END_S * 2)
        finally:
            os.kill(redis.pid, signal.SIGCONT)
        assert not running.done()
        await until(lambda: bus.hears)


async def test_the_product_says_which_part_is_not_ready_and_ends_by_itself(redis: Server, tmp_path: Path) -> None:
    said = []

    async def serve_to_the_end() -> None:
        async with serving(tmp_path / "data", url_of(redis)) as served:
            said.append(await served.get("/readyz"))
            await deafen(redis)
            await until(lambda: not served.app.health.hears())
            said.append(await served.get("/readyz"))
            assert served.app.running is not None
            await asyncio.wait([served.app.running], timeout=SOON_S)
            assert served.app.running.done()

    with pytest.raises(DeafError):
        await serve_to_the_end()
    assert [one.status for one in said] == [200, 503]
    assert [one.body["hints"] for one in said] == [True, False]
    assert said[1].body == {"ready": False, "serving": True, "storage": True, "hints": False}
