"""Readiness tells the truth, and nobody can make it expensive."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from chatserver.infra import health
from chatserver.infra.health import Health


class Storage:
    """A storage whose health a test sets; it counts how often it was tried."""

    def __init__(self) -> None:
        self.works = True
        self.tries = 0

    async def ping(self) -> bool:
        """Try it."""
        self.tries += 1
        await asyncio.sleep(0)
        return self.works


@asynccontextmanager
async def served(storage: Storage, *, hears: bool = True) -> AsyncIterator[tuple[Health, ClientSession]]:
    tells = Health(storage.ping, lambda: hears, CollectorRegistry(), {})
    app = web.Application()
    tells.mount(app)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as http:
        yield tells, http
    await runner.cleanup()


async def ready(http: ClientSession) -> tuple[int, dict[str, bool]]:
    async with http.get("/readyz") as answer:
        return answer.status, await answer.json()


async def test_ready_is_who_serves_can_store_and_hears() -> None:
    storage = Storage()
    async with served(storage) as (tells, http):
        assert await ready(http) == (503, {"ready": False, "serving": False, "storage": True, "hints": True})
        tells.serving = True
        assert await ready(http) == (200, {"ready": True, "serving": True, "storage": True, "hints": True})
    async with served(storage, hears=False) as (tells, http):
        tells.serving = True
        assert await ready(http) == (503, {"ready": False, "serving": True, "storage": True, "hints": False})


async def test_a_storage_that_fails_shows_when_the_last_answer_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", 0.0)
    storage = Storage()
    async with served(storage) as (tells, http):
        tells.serving = True
        for works, status in ((True, 200), (False, 503), (True, 200)):
            storage.works = works
            assert (await ready(http))[0] == status


async def test_many_who_ask_cost_one_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_S", 60.0)
    storage = Storage()
    async with served(storage) as (_, http):
        answers = await asyncio.gather(*(ready(http) for _ in range(50)))
    assert [answer["storage"] for _, answer in answers] == [True] * 50
    assert storage.tries == 1
