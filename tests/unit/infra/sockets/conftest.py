"""A served front with the product's own limits, on the product's own event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
import uvloop

from tests.unit.infra.sockets.lab import Lab, served

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, LoopFactory]:
    """Transports differ in what they buffer and when: what is promised holds on the loop that is served with."""
    return {"uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture
async def lab() -> AsyncIterator[Lab]:
    async with served() as running:
        yield running
