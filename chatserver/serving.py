"""Serving until told to stop: start, print the addresses, drain on SIGTERM within its time."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import structlog
from aiohttp import web

from chatserver.app import App, build
from chatserver.infra.origins import allowed_origins, check_origins
from chatserver.settings import Settings

HEADER_S: Final = 12.0
"""A client has this long for the header of its next request."""

PROXY_IDLE_S: Final = 75.0
"""A proxy in front gives us whole headers, and keeps idle connections: ours must not end before its own do (60 s)."""

COLLECT_AFTER: Final = (10_000, 10, 10)
"""Objects that hold others, more made than freed, before the young are looked through; and how seldom the old are."""

log = structlog.get_logger(__name__)

Announce = Callable[[App, str], Awaitable[None]]


async def serve(settings: Settings, *, demo: bool = False, announce: Announce | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain. Prints the address when ready."""
    check_origins(settings.allowed_origins)  # before anything is started
    async with build(settings) as app:
        if announce is not None:
            await announce(app, "before")
        async with listening(app, demo=demo) as address:
            _say(f"chatserver serves on {address}")
            if announce is not None:
                await announce(app, address)
            _rest_the_collector()
            await until_stopped(app)
            log.info("draining", sockets=len(app.connections))


@asynccontextmanager
async def listening(app: App, *, demo: bool = False) -> AsyncIterator[str]:
    """Listen where the settings say and give the address; at the end drain and stop listening."""
    settings = app.settings
    app.pages.mount(app.web, demo=demo)
    runner = web_runner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
        port = runner.addresses[0][1]
        app.allow(allowed_origins(settings.allowed_origins, settings.host, port))
        app.health.serving = True
        yield f"http://{settings.host}:{port}"
    finally:
        await app.drain()
        await runner.cleanup()


async def until_stopped(app: App) -> None:
    """Wait for SIGTERM or SIGINT. A defect in the background work ends it too: who is half dead must not look alive."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if app.running is not None:
        app.running.add_done_callback(lambda _: stop.set())
    await stop.wait()


def web_runner(app: App) -> web.AppRunner:
    """What serves the web application; access logs are off, they would hold secrets of URLs."""
    idle_s = PROXY_IDLE_S if app.settings.trusted_hops else HEADER_S
    return web.AppRunner(app.web, access_log=None, shutdown_timeout=1.0, handle_signals=False, keepalive_timeout=idle_s)


def _rest_the_collector() -> None:
    """Leave what was loaded out of every collection, and collect seldom.

    Otherwise each full collection walks through all modules and sockets while everybody waits, many times a second
    under load. What a message makes is freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
