"""Limits of an identity over several processes, added up in a real Redis, of each shape; and without Redis."""

import asyncio
from pathlib import Path

import pytest

from chatserver.infra import pace_ledger
from chatserver.infra.pace_ledger import PaceLedger
from chatserver.infra.redis_link import RedisClient, redis_client
from chatserver.infra.sockets.identity_pace import IdentityPace
from chatserver.infra.sockets.pace import Rate
from tests.people import Person
from tests.redis_servers import server
from tests.serving import serving

RATE = Rate(10, 20)


class Process:
    """What one process lets through."""

    def __init__(self, redis: RedisClient) -> None:
        self.pace = IdentityPace()
        self.ledger = PaceLedger(redis, "test", self.pace)

    def spend(self, commands: int, identity: str = "user:lin") -> int:
        """How many of so many commands are let through."""
        now = asyncio.get_running_loop().time()
        return sum(self.pace.command(identity, RATE, now) == 0 for _ in range(commands))

    def wait_ms(self, identity: str = "user:lin") -> int:
        """What the next command is told."""
        return self.pace.command(identity, RATE, asyncio.get_running_loop().time())


async def test_what_processes_let_through_together_closes_the_account_on_all(redis: RedisClient) -> None:
    processes = [Process(redis) for _ in range(3)]
    assert [one.spend(20) for one in processes] == [20, 20, 20]
    for one in processes:
        await one.ledger.report()
    # 40 may be done at once, 60 were; what is missing comes back at 20 a second.
    assert 500 < processes[2].wait_ms() <= 1_000
    assert processes[0].wait_ms() == 0, "what the first reported was within the limit"
    processes[0].spend(10)
    await processes[0].ledger.report()
    assert processes[0].wait_ms() > 500


async def test_nobody_owes_more_than_two_seconds(redis: RedisClient) -> None:
    processes = [Process(redis) for _ in range(10)]
    for one in processes:
        one.spend(40)
        await one.ledger.report()
    assert 1_500 < processes[9].wait_ms() <= 2_000


async def test_many_identities_are_added_up_in_one_go(redis: RedisClient) -> None:
    one, other = Process(redis), Process(redis)
    names = [f"user:u{number}" for number in range(300)]
    for process in (one, other):
        for name in names:
            process.spend(30, name)
        await process.ledger.report()
    assert all(other.wait_ms(name) > 0 for name in names)
    assert len([key async for key in redis.scan_iter("pace:test:*")]) == 300
    assert 0 < await redis.pttl("pace:test:user:u1") <= 4_000


async def test_a_redis_that_has_forgotten_the_script_is_told_it_again(redis: RedisClient) -> None:
    one, other = Process(redis), Process(redis)
    one.spend(40)
    await one.ledger.report()
    await redis.script_flush()
    other.spend(40)
    await other.ledger.report()
    assert other.wait_ms() > 1_000


async def test_without_redis_every_process_limits_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_ledger, "EVERY_S", 0.01)
    async with server(tmp_path) as gone, redis_client(f"redis://127.0.0.1:{gone.port}") as client:
        await gone.kill()
        one = Process(client)
        running = asyncio.create_task(one.ledger.run())
        assert one.spend(100) == 40
        await asyncio.wait([running], timeout=0.2)
        assert not running.done()
        assert one.pace.command("user:mei", RATE, asyncio.get_running_loop().time()) == 0
        running.cancel()
        await asyncio.wait([running])


async def test_five_devices_of_one_user_do_together_what_two_may(tmp_path: Path, redis_url: str) -> None:
    async with serving(tmp_path, redis_url, rate_factor=1.0) as served:
        devices = [await served.user("lin") for _ in range(5)]
        started = await devices[0].call("start_conversation", key="k")
        conversation = started["conversation"]["id"]

        async def hurry(device: Person) -> list[dict[str, object]]:
            replies = [device.reply("typing", {"conversation": conversation, "on": True}) for _ in range(18)]
            return list(await asyncio.gather(*replies))

        replies = [reply for some in await asyncio.gather(*map(hurry, devices)) for reply in some]
        refused = [reply["error"] for reply in replies if not reply["ok"]]
        assert 20 <= len(refused) <= 51  # 90 were tried, 39 may be done at once, and 20 more a second
        assert {one["code"] for one in refused} == {"rate_limited"}  # type: ignore[index]
        assert all(one["retry_after_ms"] > 0 for one in refused)  # type: ignore[index]
        assert all(device.here for device in devices)
