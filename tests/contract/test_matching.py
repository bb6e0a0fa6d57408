"""The choice made over SQL while Redis is away is the one that the script makes."""

import random
from collections.abc import Sequence

import pytest
from redis.asyncio import Redis

from chatserver.conversation.states import Head
from chatserver.desk.matching import Waiting, match
from chatserver.desk.queue import PAIRS_AT_ONCE, TIERS, AgentState, Pair, Queue, entry_of, wish_of
from tests.unit.conversation.cast import NOW, head_with

SKILLS = ("", "kyc", "aml")
NAMES = [f"a_{number:02}" for number in range(12)]


def some_agents(chance: random.Random) -> dict[str, AgentState]:
    """Up to a dozen agents of both tiers, many of them alike."""
    return {
        name: AgentState(
            load=chance.randrange(3),
            capacity=chance.randint(1, 4),
            tier=chance.choice(TIERS),
            skills=tuple(chance.sample(SKILLS[1:], chance.randrange(3))),
            languages=chance.choice([(), ("en",), ("zh",), ("en", "zh")]),
            idle_since=NOW - chance.randrange(3) * 1_000,
            routable=chance.random() < 0.8,
            ticket=1,
        )
        for name in NAMES[: chance.randint(0, len(NAMES))]
    }


def somebody(chance: random.Random, number: int) -> tuple[Head, str | None]:
    """A waiting conversation and the user's last agent."""
    agent = [None, None, *NAMES]
    head = head_with(
        id=f"c_{number:02}",
        status="waiting",
        tier=chance.choice(TIERS),
        skill=chance.choice(SKILLS),
        priority=chance.randrange(2),
        locale=chance.choice(["en", "zh-CN", "fr"]),
        queued_at=NOW + chance.randrange(30) * 20_000,
        avoid_agent=chance.choice(agent),
    )
    return head, chance.choice(agent)


async def by_script(
    redis: "Redis", waiting: Sequence[tuple[Head, str | None]], agents: dict[str, AgentState]
) -> list[Pair]:
    """The pairs that the script makes, over both tiers."""
    await redis.flushall()
    queue = Queue(redis, "test")
    await queue.enter_many(entry_of(head, last) for head, last in waiting)
    for name, state in agents.items():
        await queue.set_agent(name, state)
    await queue.mark_built(NOW)
    return [pair for tier in TIERS for pair in await queue.reserve(tier)]


@pytest.mark.parametrize("seed", range(60))
async def test_both_bring_the_same_users_and_agents_together(seed: int, redis_url: str) -> None:
    chance = random.Random(seed)
    agents = some_agents(chance)
    waiting = [somebody(chance, number) for number in range(chance.randint(0, 25))]
    asked = [Waiting(head, wish_of(head, last)) for head, last in chance.sample(waiting, len(waiting))]
    chosen = match(asked, agents, PAIRS_AT_ONCE)
    async with Redis.from_url(redis_url) as redis:
        expected = await by_script(redis, waiting, agents)
    tier_of = {head.id: head.tier for head, _ in waiting}
    assert sorted(chosen, key=lambda pair: tier_of[pair.conversation]) == expected


def test_the_scenes_are_not_all_alike() -> None:
    whys = set()
    for seed in range(60):
        chance = random.Random(seed)
        agents = some_agents(chance)
        asked = [
            Waiting(head, wish_of(head, last)) for head, last in (somebody(chance, number) for number in range(25))
        ]
        whys |= {pair.why for pair in match(asked, agents, PAIRS_AT_ONCE)}
    assert whys == {"last_agent", "least_loaded", "other_language", "only_agent"}


def test_a_round_has_its_limit_and_keeps_the_order() -> None:
    chance = random.Random(1)
    waiting = [somebody(chance, number) for number in range(25)]
    agents = {"a_1": AgentState(0, 100, 1, SKILLS[1:], (), NOW, True, 1)}
    asked = [Waiting(head, wish_of(head, last)) for head, last in waiting]
    everybody = match(asked, agents, PAIRS_AT_ONCE)
    assert len(everybody) > 3
    assert match(asked, agents, 3) == everybody[:3]
