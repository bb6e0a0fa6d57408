"""A served product for each test, on the event loop that serves, and a log that must be free of defects."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
import uvloop

from tests.serving import Served, serving

Serve = Callable[..., Awaitable[Served]]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """What is promised holds on the loop that is served with."""
    return {"uvloop": uvloop.new_event_loop}


class Lines(logging.Handler):
    """Everything that is logged, by us and by libraries, as dictionaries."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """A line of a library."""
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        self.lines.append(line | ({"exc_info": record.exc_info} if record.exc_info else {}))

    def __call__(self, _: Any, method: str, line: MutableMapping[str, Any]) -> dict[str, Any]:
        """A line of ours."""
        self.lines.append({**line, "level": method})
        raise structlog.DropEvent

    @property
    def defects(self) -> list[dict[str, Any]]:
        """Lines that only a defect writes."""
        return [one for one in self.lines if one["level"] in {"error", "critical", "exception"} or "exc_info" in one]


@pytest.fixture(autouse=True)
def log_lines() -> Iterator[Lines]:
    """What is logged during the test; a line that tells of a defect fails it."""
    lines = Lines()
    before = structlog.get_config()
    structlog.configure(processors=[lines])
    logging.getLogger().addHandler(lines)
    yield lines
    logging.getLogger().removeHandler(lines)
    structlog.configure(**before)
    for line in lines.lines:
        sys.stdout.write(f"{line}\n")  # shown when the test fails
    assert lines.defects == []


@pytest_asyncio.fixture
async def serve(tmp_path: Path, redis_url: str) -> AsyncIterator[Serve]:
    """Serves the product with the settings given, until the test ends."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Served:
            return await stack.enter_async_context(serving(tmp_path / "data", redis_url, **settings))

        yield start


@pytest_asyncio.fixture
async def served(serve: Serve) -> Served:
    """The product with its default settings, on SQLite."""
    return await serve()


@pytest_asyncio.fixture
async def served_on_both(database_url: str, serve: Serve) -> Served:
    """The product with its default settings, once on SQLite and once on PostgreSQL."""
    return await serve(database_url="" if database_url.startswith("sqlite") else database_url)


@pytest_asyncio.fixture
async def serve_offers(serve: Serve) -> Served:
    """The product, with agents who accept what is offered to them."""
    return await serve(assignment="offer")
