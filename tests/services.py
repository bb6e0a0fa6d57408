"""The real services that tests run against: PostgreSQL and a browser, each found or started here.

A service that cannot be had fails the tests that need it with a sentence on how to get it; nothing is skipped.
"""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from playwright.async_api import Browser, async_playwright
from sqlalchemy import URL, make_url

from devtools.browser import BROWSER_ADVICE, find_browser
from tests.memory import open_folder
from tests.postgres import PostgresServer, ServiceMissing, find_programs

# Chromium looks for its maker's hosts at every start unless told not to; a graphics card is of no use here.
BROWSER_FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def postgres() -> Iterator[URL]:
    """URL of a server that lets us create databases: `CHATSERVER_TEST_PG_URL`, else one of this process's own."""
    if named := os.environ.get("CHATSERVER_TEST_PG_URL"):
        yield make_url(named)
    else:
        with own_postgres(find_programs()) as url:
            yield url


@contextmanager
def own_postgres(programs: Path) -> Iterator[URL]:
    """URL of a new server, started from these programs and thrown away afterwards."""
    # The server refuses to be root, and its socket needs a short path.
    folder = open_folder("chatserver-pg-")
    try:
        with PostgresServer(programs, folder):
            yield URL.create(
                "postgresql", username="postgres", database="postgres", query={"host": str(folder / "socket")}
            )
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def fresh_database(server: URL) -> AsyncIterator[str]:
    """`DATABASE_URL` of an empty database, dropped afterwards whoever is still connected."""
    name = f"test_{uuid.uuid4().hex}"
    await _execute(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    url = server.set(drivername="postgresql+asyncpg", database=name)
    yield url.render_as_string(hide_password=False)
    await _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _execute(server: URL, statement: str) -> None:
    connection = await asyncpg.connect(server.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium, driven by Playwright. Raises ServiceMissing."""
    path = find_browser()
    if path is None:
        raise ServiceMissing(BROWSER_ADVICE)
    # Chromium's own sandbox does not work for root.
    flags = [*BROWSER_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        await browser.close()
