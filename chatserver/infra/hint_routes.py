"""Which server carries which channel: one for all, or on a cluster the primary that has the channel's slot.

A cluster's ordinary channels go to every server of it; its sharded ones cost only the servers of one slot. A channel's
whole name decides its slot, so that conversations spread over all shards.
"""

from typing import Final, Protocol

from redis.exceptions import RedisError

from chatserver.infra.redis_link import Cluster, RedisClient, Server

PROBES: Final = 10_000
"""Names tried until every shard has a channel of ours; a hundred shards need about five hundred."""


class Routes(Protocol):
    """Knows the servers that carry channels."""

    sharded: bool
    """Whether the sharded commands are to be used."""

    async def learn(self) -> None:
        """Find out anew who carries what. Raises `RedisError`."""
        ...

    def server_of(self, channel: str) -> Server:
        """Who carries this channel. Raises `RedisError` while nobody is known to."""
        ...

    def one_for_each(self, stem: str) -> list[str]:
        """Channels that begin with `stem`, one on every server that carries any."""
        ...

    async def close(self) -> None:
        """Close what was opened for this."""
        ...


class OneServer:
    """One server, or the master that Sentinels name, carries everything."""

    sharded = False

    def __init__(self, redis: Server) -> None:
        self._redis = redis

    async def learn(self) -> None:
        """There is nothing to find out."""

    def server_of(self, channel: str) -> Server:
        """The only one."""
        return self._redis

    def one_for_each(self, stem: str) -> list[str]:
        """One channel."""
        return [stem]

    async def close(self) -> None:
        """The client is not ours."""


class Shards:
    """Every primary of a cluster carries the channels of its slots."""

    sharded = True

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._servers: dict[tuple[str, int], Server] = {}

    async def learn(self) -> None:
        """Find out anew who has which slots."""
        await self._cluster.learn()

    def server_of(self, channel: str) -> Server:
        """The primary that has the slot."""
        address = self._cluster.address_of(channel)
        if address not in self._servers:
            self._servers[address] = self._cluster.server(address)
        return self._servers[address]

    def one_for_each(self, stem: str) -> list[str]:
        """Channels with a number behind the stem, one on each primary."""
        missing = set(self._cluster.addresses())
        found = []
        for number in range(PROBES):
            if not missing:
                break
            channel = f"{stem}:{number}"
            try:
                address = self._cluster.address_of(channel)
            except RedisError:
                continue  # a slot that nobody has
            if address in missing:
                missing.discard(address)
                found.append(channel)
        return found

    async def close(self) -> None:
        """Close the clients of all servers."""
        for server in self._servers.values():
            await server.aclose()


def routes_of(redis: RedisClient) -> Routes:
    """The routes that a client gives."""
    return Shards(redis) if isinstance(redis, Cluster) else OneServer(redis)
