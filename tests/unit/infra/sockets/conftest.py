"""A served front with the product's own limits."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.unit.infra.sockets.lab import Lab, served


@pytest_asyncio.fixture
async def lab() -> AsyncIterator[Lab]:
    async with served() as running:
        yield running
