"""The way to Redis: from one URL a client for one server, the master that Sentinels name, or a cluster.

Whatever it is, nothing waits for it longer than `TIMEOUT_S`, everything that can go wrong is a `RedisError`, and a
burst of work shares a few connections instead of opening hundreds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.cluster import ClusterNode, ClusterPipeline, RedisCluster
from redis.asyncio.connection import BlockingConnectionPool, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisClusterException

from chatserver.infra.redis_wire import TIMEOUT_S, Wire, packed
from chatserver.settings import SettingsError

T = TypeVar("T")

CHECK_AFTER_S: Final = 10
"""A connection that was idle for this long is asked before it is used."""

CONNECTIONS: Final = 16
"""To one server: more only compete for its one thread; who comes later waits for a turn."""

FORMS: Final = (
    "redis://host:port/db, rediss://… (TLS), unix:///path, redis+sentinel://host:port,host:port/service, "
    "redis+cluster://host:port,host:port, the last two also as rediss+…"
)
"""What REDIS_URL may look like."""

SENTINEL_PORT: Final = 26_379
REDIS_PORT: Final = 6_379

RedisClient: TypeAlias = "Server | Cluster"


class RedisUrlError(SettingsError):
    """The URL names no Redis that can be used here; the message says what is wrong, without a password."""


def redis_client(url: str) -> RedisClient:
    """A client for `url`, connected when first used; close it with `aclose`. Raises `RedisUrlError`."""
    scheme = url.partition(":")[0]
    try:
        if scheme in ("redis", "rediss", "unix"):
            server: Server = Server.from_pool(_pool(url))  # type: ignore[assignment]
            return server
        if scheme in ("redis+sentinel", "rediss+sentinel"):
            return _behind_sentinels(urlsplit(url))
        if scheme in ("redis+cluster", "rediss+cluster"):
            return _cluster(urlsplit(url))
    except RedisUrlError:
        raise
    except ValueError:
        # Its text may quote a password that was not escaped.
        raise RedisUrlError(f"A host, port or option in REDIS_URL is wrong. It must look like: {FORMS}.") from None
    raise RedisUrlError(f"REDIS_URL must look like one of: {FORMS}.")


class _Retry(Retry):
    """Takes what the loop says of a link that was reset for the end of a link, like any other."""

    async def call_with_retry(self, do: Callable[[], Awaitable[T]], *args: Any, **options: Any) -> T:
        async def mapped() -> T:
            try:
                return await do()
            except RuntimeError as error:
                raise _ended() from error

        return await super().call_with_retry(mapped, *args, **options)


def _ended() -> RedisConnectionError:
    return RedisConnectionError("The link has ended.")


def _retry() -> Retry:
    # Once, at once: a connection that the server has closed is replaced, an outage is said without delay.
    return _Retry(NoBackoff(), 1)


def _options(given: Any) -> dict[str, Any]:
    """Options of every connection: the defaults are not made for servers."""
    tcp = {} if "path" in given else {"socket_keepalive": True}
    fixed = {
        "socket_timeout": TIMEOUT_S,
        "socket_connect_timeout": TIMEOUT_S,
        "health_check_interval": CHECK_AFTER_S,
        "retry": _retry(),
    }
    return {**tcp, **fixed, **given}


def _pool(url: str) -> BlockingConnectionPool:
    return BlockingConnectionPool(**{"max_connections": CONNECTIONS, "timeout": TIMEOUT_S, **_options(parse_url(url))})


class Server(Redis):
    """One server: whatever is asked of it goes over its wire, but for transactions."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.wire = Wire(self.connection_pool)

    async def execute_command(self, *command: Any, **options: Any) -> Any:
        """The answer to a command, as the client reads it. Raises `RedisError`."""
        (answer,) = await self.wire.ask(packed(*command), 1)
        if isinstance(answer, Exception):
            raise answer
        return _read(self.response_callbacks, command, options, answer)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands to send together."""
        made = _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.wire = self.wire
        return made

    async def aclose(self, *args: Any, **kwargs: Any) -> None:
        """Close its connections."""
        await self.wire.close()
        await super().aclose(*args, **kwargs)


class _Pipeline(Pipeline):
    wire: Wire

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        if self.is_transaction or self.explicit_transaction or self.watching:
            return list(await super().execute(raise_on_error))
        stack, scripts = self.command_stack, self.scripts
        await self.reset()  # type: ignore[no-untyped-call]
        if not stack:
            return []
        answers = await self._ask([command for command, _ in stack])
        unknown = [place for place, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown and scripts:
            await self._ask([("SCRIPT LOAD", one.script) for one in scripts])
            again = await self._ask([stack[place][0] for place in unknown])
            for place, answer in zip(unknown, again, strict=True):
                answers[place] = answer
        if raise_on_error:
            self.raise_first_error(stack, answers)
        return [
            answer if isinstance(answer, Exception) else _read(self.response_callbacks, command, {**options}, answer)
            for (command, options), answer in zip(stack, answers, strict=True)
        ]

    async def _ask(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        return await self.wire.ask(b"".join([packed(*one) for one in commands]), len(commands))


def _read(callbacks: Any, command: Sequence[Any], options: dict[str, Any], answer: Any) -> Any:
    """An answer as the client reads it: `TIME` is a pair of numbers, `HGETALL` a dictionary."""
    options.pop("keys", None)  # what the command is about
    return callbacks[command[0]](answer, **options) if command[0] in callbacks else answer


class _MasterPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to the master that the Sentinels name, as few as to any other server."""


class _Master(Server):
    """The master of a service; closes what asks the Sentinels with it."""

    guide: Sentinel

    async def aclose(self, *args: Any, **kwargs: Any) -> None:
        await super().aclose(*args, **kwargs)
        await self.guide.aclose()


def _behind_sentinels(url: SplitResult) -> Server:
    service = unquote(url.path.strip("/"))
    if not service or "/" in service:
        raise RedisUrlError("REDIS_URL names no service after the Sentinels, as in redis+sentinel://host:26379/main.")
    given = _given(url, path="")
    names = {name: given.pop(f"sentinel_{name}") for name in ("username", "password") if f"sentinel_{name}" in given}
    tls = {"ssl": True} if url.scheme.startswith("rediss") else {}
    asking = {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S, "retry": _Retry(NoBackoff(), 0)}
    known: Any = Sentinel  # without types of its own
    guide = known(_hosts(url, SENTINEL_PORT), sentinel_kwargs={**asking, **names, **tls})
    options = {**_options(given), **tls, "max_connections": CONNECTIONS, "timeout": TIMEOUT_S}
    master: _Master = guide.master_for(service, redis_class=_Master, connection_pool_class=_MasterPool, **options)
    master.guide = guide
    return master


class Cluster(RedisCluster):
    """A cluster whose failures are `RedisError`s like any other Redis's, and which lets few commands run at a time."""

    def __init__(self, nodes: list[ClusterNode], **options: Any) -> None:
        # Waiting for a turn comes before asking for a connection; pipelines and new addresses take some beside.
        # Shards that stand must be used while another one is away.
        super().__init__(startup_nodes=nodes, max_connections=4 * CONNECTIONS, require_full_coverage=False, **options)
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._options = options

    async def __aenter__(self) -> "Cluster":
        await super().__aenter__()
        return self

    async def execute_command(self, *args: Any, **kwargs: Any) -> Any:
        async with self._turns:
            try:
                return await super().execute_command(*args, **kwargs)
            except RedisClusterException as error:
                raise RedisConnectionError(str(error)) from error
            except RuntimeError as error:
                raise _ended() from error

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        made: Any = _ClusterPipeline  # an attribute that it sets is declared abstract
        pipeline: ClusterPipeline = made(self, transaction)
        return pipeline

    async def learn(self) -> None:
        """Ask anew which server has which keys. Raises `RedisError`."""
        try:
            await self.initialize()  # opens it when it is closed
            await self.nodes_manager.initialize()
        except RedisClusterException as error:
            raise RedisConnectionError(str(error)) from error

    def address_of(self, key: str) -> tuple[str, int]:
        """Host and port of the primary that has this key. Raises `RedisError` when nobody is known to."""
        try:
            node = self.get_node_from_key(key)
        except RedisClusterException as error:
            raise RedisConnectionError(str(error)) from error
        if node is None:
            raise RedisConnectionError("No server of the cluster is known to have this key.")
        return node.host, int(node.port)

    def addresses(self) -> list[tuple[str, int]]:
        """Host and port of every primary that is known."""
        return [(node.host, int(node.port)) for node in self.get_primaries()]

    def server(self, address: tuple[str, int]) -> Server:
        """A client for one server of the cluster, to be closed by who asked."""
        return Server(host=address[0], port=address[1], **self._options)


class _ClusterPipeline(ClusterPipeline):
    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:
        try:
            return list(await super().execute(raise_on_error, allow_redirections))
        except RedisClusterException as error:
            raise RedisConnectionError(str(error)) from error
        except RuntimeError as error:
            raise _ended() from error


def _cluster(url: SplitResult) -> Cluster:
    nodes = [ClusterNode(host, port) for host, port in _hosts(url, REDIS_PORT)]
    if url.path.strip("/"):
        raise RedisUrlError("REDIS_URL names a database, but a cluster has only one.")
    options = _options(_given(url, path=""))
    if url.scheme.startswith("rediss"):
        options["ssl"] = True
    return Cluster(nodes, **options)


def _hosts(url: SplitResult, port: int) -> list[tuple[str, int]]:
    """`host:port,host:port` of a URL; IPv6 addresses are in brackets."""
    found = []
    for place in url.netloc.rpartition("@")[2].split(","):
        one = urlsplit(f"//{place}")
        if not one.hostname:
            raise RedisUrlError(f"REDIS_URL names no server. It must look like: {FORMS}.")
        found.append((one.hostname, one.port or port))
    return found


def _given(url: SplitResult, *, path: str) -> dict[str, Any]:
    """User, password and options of a URL that names several servers."""
    who = url.netloc.rpartition("@")[0]
    one = url._replace(scheme="redis", netloc=f"{who}@localhost" if who else "localhost", path=path)
    given = dict(parse_url(one.geturl()))
    given.pop("host", None)
    return given
