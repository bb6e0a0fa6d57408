"""Every form of REDIS_URL, and what is said about those that cannot be used. Nothing here connects."""

from typing import Any

import pytest
from redis.asyncio import Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import SentinelConnectionPool, SentinelManagedSSLConnection

from chatserver.infra.redis_link import CONNECTIONS, Cluster, RedisUrlError, redis_client
from chatserver.infra.redis_wire import TIMEOUT_S


def single(url: str) -> "Redis":
    made = redis_client(url)
    assert isinstance(made, Redis)
    return made


def cluster(url: str) -> Cluster:
    made = redis_client(url)
    assert isinstance(made, Cluster)
    return made


def sentinels_of(pool: Any) -> list[Any]:
    assert isinstance(pool, SentinelConnectionPool)
    return list(pool.sentinel_manager.sentinels)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://example.org:7000/3", {"host": "example.org", "port": 7000, "db": 3}),
        ("redis://lin:p%40ss@example.org", {"host": "example.org", "username": "lin", "password": "p@ss"}),
        ("rediss://example.org?ssl_ca_certs=/ca.pem", {"host": "example.org", "ssl_ca_certs": "/ca.pem"}),
        ("unix:///run/redis%20one.sock?db=2", {"path": "/run/redis one.sock", "db": 2}),
    ],
)
async def test_one_server(url: str, expected: dict[str, Any]) -> None:
    options = single(url).connection_pool.connection_kwargs
    assert options.items() >= expected.items()


@pytest.mark.parametrize(
    ("url", "kind"),
    [("rediss://example.org", SSLConnection), ("unix:///run/redis.sock", UnixDomainSocketConnection)],
)
async def test_how_one_server_is_reached(url: str, kind: type[Any]) -> None:
    assert issubclass(single(url).connection_pool.connection_class, kind)


async def test_the_master_that_sentinels_name() -> None:
    client = single("redis+sentinel://lin:pass@one:7000,two,[::1]:7002/desk?db=2&sentinel_password=other")
    pool: Any = client.connection_pool
    asked = [one.connection_pool.connection_kwargs for one in sentinels_of(pool)]
    assert pool.service_name == "desk"
    assert pool.connection_kwargs.items() >= {"username": "lin", "password": "pass", "db": 2}.items()
    assert [(one["host"], one["port"]) for one in asked] == [("one", 7000), ("two", 26_379), ("::1", 7002)]
    assert {one["password"] for one in asked} == {"other"}
    assert not any(one.get("username") for one in asked)
    await client.aclose()


async def test_sentinels_over_tls() -> None:
    pool = single("rediss+sentinel://one/desk").connection_pool
    assert issubclass(pool.connection_class, SentinelManagedSSLConnection)
    assert issubclass(sentinels_of(pool)[0].connection_pool.connection_class, SSLConnection)


async def test_a_cluster() -> None:
    client = cluster("redis+cluster://lin:pass@one:7000,two")
    assert [(node.host, node.port) for node in client.startup_nodes] == [("one", 7000), ("two", 6_379)]
    assert client.connection_kwargs.items() >= {"username": "lin", "password": "pass"}.items()


async def test_a_cluster_over_tls() -> None:
    client = cluster("rediss+cluster://one")
    assert issubclass(client.connection_kwargs["connection_class"], SSLConnection)
    assert issubclass(client.server(("two", 7001)).connection_pool.connection_class, SSLConnection)


@pytest.mark.parametrize("url", ["redis://one", "unix:///run/redis.sock", "redis+sentinel://one/desk"])
async def test_nothing_waits_long_and_connections_are_few(url: str) -> None:
    pool = single(url).connection_pool
    assert pool.connection_kwargs["socket_timeout"] == TIMEOUT_S
    assert pool.connection_kwargs["socket_connect_timeout"] == TIMEOUT_S
    assert pool.max_connections == CONNECTIONS


async def test_nothing_waits_long_for_a_cluster() -> None:
    client = cluster("redis+cluster://one")
    assert client.connection_kwargs["socket_timeout"] == TIMEOUT_S
    assert client.server(("two", 7001)).connection_pool.connection_kwargs["socket_timeout"] == TIMEOUT_S


@pytest.mark.parametrize(
    "url",
    [
        "example.org:6379",
        "http://example.org",
        "redis://lin:s/ecret@example.org",
        "redis://example.org:99999",
        "redis+sentinel://one:7000",
        "redis+sentinel://one/desk/secret",
        "redis+sentinel:///desk",
        "redis+cluster://one/3",
        "redis+cluster://",
        "redis+cluster://one:secret",
    ],
)
def test_what_cannot_be_used_is_said_without_telling_passwords(url: str) -> None:
    with pytest.raises(RedisUrlError) as refused:
        redis_client(url)
    assert "REDIS_URL" in str(refused.value)
    assert "ecret" not in str(refused.value)
