"""Health, readiness and metrics over HTTP, and the documents of the contract."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

JSON: Final = "application/json"

FRESH_S: Final = 0.5
"""How long an answer of the storage counts: a try is a write, and anybody may ask."""


class Health:
    """Tells load balancers and operators how this process is."""

    def __init__(
        self,
        storage_ready: Callable[[], Coroutine[Any, Any, bool]],
        hears: Callable[[], bool],
        metrics: CollectorRegistry,
        documents: Mapping[str, Callable[[], Any]],
    ) -> None:
        self._storage_ready = storage_ready
        self.hears = hears
        """Whether hints of other processes arrive."""
        self._metrics = metrics
        self._documents = documents
        self._asked: tuple[float, asyncio.Task[bool]] | None = None
        self.serving = False
        """False while starting and draining."""

    def mount(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics_page)
        for name, document in self._documents.items():
            app.router.add_get(f"/{name}", _document(document))

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.Response(body=b'{"status":"ok"}', content_type=JSON)

    async def _readyz(self, _: web.Request) -> web.Response:
        storage = await self._storage()
        hints = self.hears()
        ready = self.serving and storage and hints
        body = {"ready": ready, "serving": self.serving, "storage": storage, "hints": hints}
        return web.Response(body=msgspec.json.encode(body), status=200 if ready else 503, content_type=JSON)

    async def _storage(self) -> bool:
        """Whether the storage works; however many ask at a time, it is tried once."""
        now = asyncio.get_running_loop().time()
        if self._asked is None or (self._asked[1].done() and now - self._asked[0] > FRESH_S):
            self._asked = now, asyncio.create_task(self._storage_ready())
        return await asyncio.shield(self._asked[1])

    async def _metrics_page(self, _: web.Request) -> web.Response:
        page = generate_latest(self._metrics)
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _document(made: Callable[[], Any]) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    """Answers with a document, which is made when it is first asked for: a start shall not wait for it."""
    written = cache(lambda: msgspec.json.encode(made()))

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=await asyncio.to_thread(written), content_type=JSON)

    return handle
