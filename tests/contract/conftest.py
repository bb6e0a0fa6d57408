"""What several contract tests need: an empty Redis of each shape."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chatserver.infra.redis_link import RedisClient, redis_client
from tests.redis_servers import redis_cluster


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A Redis Cluster of real servers."""
    async with redis_cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made.url


@pytest.fixture(params=["redis_url", "cluster_url"])
def shaped_url(request: pytest.FixtureRequest) -> str:
    """One server, then a cluster."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def redis(shaped_url: str) -> AsyncIterator[RedisClient]:
    """An empty Redis that knows no scripts, of each shape."""
    client = redis_client(shaped_url)
    await client.flushall()
    await client.script_flush()
    yield client
    await client.aclose()
