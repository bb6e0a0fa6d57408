"""The desk, the bus and the whole product on a master behind a Sentinel and on a cluster, and after these fail over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatserver.infra.redis_link import redis_client
from tests.desk_house import DeskHouse, desk_house
from tests.people import Person
from tests.redis_servers import HOST, ClusterServers, Server, Watched, redis_cluster, watched_master
from tests.serving import Served, serving

RESUMED_S = 15.0
"""Within this after any failure of Redis, pairing goes on and hints are heard."""

HINTED_S = 2.0
"""Long for a hint, and shorter than the tick that finds what a lost one hid."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    async with watched_master(tmp_path_factory.mktemp("watched")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ClusterServers]:
    async with redis_cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(params=["watched", "cluster"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(request.param).url)


@pytest.fixture
async def house(sqlite_url: str, url: str) -> AsyncIterator[DeskHouse]:
    async with redis_client(url) as redis:
        await redis.flushall()
        await redis.script_flush()
    async with desk_house(sqlite_url, url) as made:
        yield made


async def served_by(house: DeskHouse, conversation: str) -> str | None:
    head = await house.head(conversation)
    return head.agent.name if head.status == "active" and head.agent else None


async def test_the_desk_pairs_in_the_order_of_coming(house: DeskHouse) -> None:
    waiting = [await house.wait(await house.user(name)) for name in ("first", "second", "third")]
    amy = await house.available("amy", capacity=1)
    for conversation in waiting:
        assert await served_by(house, conversation) == "amy"
        await house.run(amy, "close_conversation", conversation=conversation)


async def test_positions_skills_and_a_handoff(house: DeskHouse) -> None:
    amy, ben = await house.available("amy"), await house.agent("ben", tier=2)
    eve = await house.agent("eve", skills=("chain",), capacity=1)
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    assert await served_by(house, conversation) == "amy"
    await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="deep")
    others = [await house.wait(await house.user(name), skill="chain") for name in ("one", "two")]
    heads = [await house.head(one) for one in others]
    assert await house.rooms.ground.queue.positions(heads) == [1, 2]
    await house.run(ben, "set_presence", status="available")
    assert await served_by(house, conversation) == "ben"
    await house.run(eve, "set_presence", status="available")
    assert [await served_by(house, one) for one in others] == ["eve", None]


async def test_a_flushed_index_is_built_anew_and_scripts_are_loaded_again(house: DeskHouse, url: str) -> None:
    waiting = [await house.wait(await house.user(name)) for name in ("first", "second")]
    async with redis_client(url) as redis:
        await redis.flushall()
        await redis.script_flush()
    await house.pass_time(1)
    assert await house.rooms.ground.queue.is_known()
    await house.available("amy")
    assert [await served_by(house, one) for one in waiting] == ["amy", "amy"]


@asynccontextmanager
async def two_processes(folder: Path, url: str, desk: str = "two") -> AsyncIterator[tuple[Served, Served]]:
    """Two processes on one data folder and one Redis."""
    async with serving(folder, url, desk=desk) as one, serving(folder, url, desk=desk) as other:
        other.accounts = one.accounts
        yield one, other


async def talk_across(user: Person, agent: Person, conversation: str, text: str) -> float:
    """Let both say something; seconds until each had heard the other."""
    began = asyncio.get_running_loop().time()
    await user.say(conversation, f"{text}, asked")
    await agent.wait_for("message_posted", conversation=conversation, text=f"{text}, asked")
    await agent.say(conversation, f"{text}, answered")
    await user.wait_for("message_posted", conversation=conversation, text=f"{text}, answered")
    return asyncio.get_running_loop().time() - began


async def hears_across(user: Person, agent: Person, conversation: str) -> None:
    """Talk until hints arrive again."""
    async with asyncio.timeout(RESUMED_S):
        for number in range(1_000):
            if await talk_across(user, agent, conversation, f"try {number}") < HINTED_S:
                return


async def test_two_processes_talk_by_hints(tmp_path: Path, url: str) -> None:
    async with two_processes(tmp_path, url) as (one, other):
        amy, lin = await other.available("amy"), await one.user("lin")
        conversation = await one.chat(lin, amy)
        await hears_across(lin, amy, conversation)
        for number in range(20):
            assert await talk_across(lin, amy, conversation, f"turn {number}") < HINTED_S


async def test_on_a_cluster_conversations_spread_over_the_shards(tmp_path: Path, cluster: ClusterServers) -> None:
    async with two_processes(tmp_path, cluster.url) as (one, other):
        amy = await other.available("amy", capacity=30)
        for number in range(30):  # one of three shards has none of them once in 60,000 times
            await one.chat(await one.user(f"u{number}"), amy)
        async with asyncio.timeout(RESUMED_S):
            while not all([await channels(server, "SHARDCHANNELS") for server in cluster.primaries]):
                continue
        for server in cluster.primaries:
            assert await channels(server, "CHANNELS") == []  # those would cost every server something


async def channels(server: Server, kind: str) -> Any:
    """The conversations' channels that somebody hears at one server."""
    async with Redis(host=HOST, port=server.port) as client:
        return await cast(Any, client).execute_command("PUBSUB", kind, "hint:two:in:*")


async def test_after_a_sentinel_made_another_master_nobody_is_lost_or_paired_twice(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    async with watched_master(tmp_path / "redis") as servers:
        await survive(tmp_path / "data", servers.url, servers.master.kill)


async def test_after_a_shard_failed_over_nobody_is_lost_or_paired_twice(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    async with redis_cluster(tmp_path / "redis") as servers:
        # The first primary is the one with a replica.
        desks = [f"desk{number}" for number in range(100)]
        theirs = [one for one in desks if await servers.owner(f"{{{one}}}") is servers.primaries[0]]
        await survive(tmp_path / "data", servers.url, servers.primaries[0].kill, desk=theirs[0])


async def survive(folder: Path, url: str, fail: Callable[[], Awaitable[Any]], desk: str = "two") -> None:
    """Two processes with waiting and talking people, a failure, and what must hold after it."""
    async with two_processes(folder, url, desk) as (one, other):
        amy, lin = await other.available("amy", capacity=1), await one.user("lin")
        conversation = await one.chat(lin, amy)
        await hears_across(lin, amy, conversation)
        early = [await queue(one, f"early{number}") for number in range(3)]
        await fail()
        late = [await queue(one, f"late{number}") for number in range(3)]
        began = asyncio.get_running_loop().time()
        assert (await lin.say(conversation, "still there?"))["seq"] > 0
        ben = await other.available("ben", capacity=10)
        for user, waiting in early + late:
            assigned = await user.wait_for("agent_assigned", conversation=waiting)
            assert assigned["agent"]["id"] == ben.id
        assert asyncio.get_running_loop().time() - began < RESUMED_S
        await hears_across(lin, amy, conversation)
        async with asyncio.timeout(RESUMED_S):
            while not await index_stands(one):
                continue
        for user, waiting in early + late:
            page = await user.call("sync", conversation=waiting, after=0)
            assert [event["type"] for event in page["events"]].count("agent_assigned") == 1


async def index_stands(served: Served) -> bool:
    try:
        return await served.app.desk.ground.queue.is_known()
    except RedisError:
        return False


async def queue(served: Served, name: str) -> tuple[Person, str]:
    user = await served.user(name)
    started = await user.call("start_conversation", key="k", want_agent=True)
    return user, started["conversation"]["id"]
