"""Fixtures that every test may ask for: real services, fresh for the test that asks."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio
from playwright.async_api import Browser
from sqlalchemy import URL

from chatserver.infra.embedded_redis import EmbeddedRedis
from tests import memory, services

FOLDER = pytest.StashKey[Path]()
"""Where this run keeps its temporary files, if that is in memory."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep temporary files in memory; processes that share the tests are told where, and so may the command line."""
    is_told = hasattr(config, "workerinput") or config.option.basetemp is not None
    place = None if is_told else memory.find_memory()
    if place:
        config.stash[FOLDER] = memory.enter(place)
        # Sockets are in there, whose paths are short.
        config.option.basetemp = config.stash[FOLDER] / "t"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What failed can be looked at until the next run."""
    folder = session.config.stash.get(FOLDER, None)
    if folder and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedRedis]:
    """A Redis of this test process; tests that stop or hurt theirs start one of their own."""
    async with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest_asyncio.fixture
async def redis_url(redis_server: EmbeddedRedis) -> str:
    """URL of an empty Redis without scripts."""
    async with redis.asyncio.Redis.from_url(redis_server.url) as client:
        await client.flushall()
        await client.script_flush()
    return redis_server.url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of this test process."""
    with services.postgres() as url:
        yield url


@pytest_asyncio.fixture
async def pg_url(postgres_server: URL) -> AsyncIterator[str]:
    """`DATABASE_URL` of an empty PostgreSQL database."""
    async with services.fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """`DATABASE_URL` of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'chatserver.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """`DATABASE_URL` of an empty database; the test runs once on SQLite and once on PostgreSQL."""
    name = {"sqlite": "sqlite_url", "postgresql": "pg_url"}[request.param]
    return str(request.getfixturevalue(name))


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """A real Chromium without pages."""
    async with services.chromium() as running:
        yield running
