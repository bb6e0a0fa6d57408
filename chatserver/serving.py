"""Serving until told to stop: start, print the addresses, drain on SIGTERM within its time."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from chatserver.app import App, build, until_stopped, web_runner
from chatserver.infra.origins import allowed_origins, check_origins
from chatserver.settings import Settings

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


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
