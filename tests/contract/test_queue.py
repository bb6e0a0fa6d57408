"""The index of who waits and who is free, on a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from chatserver.conversation.states import Head
from chatserver.desk import queue as queue_module
from chatserver.desk.queue import PAIRS_AT_ONCE, AgentState, Pair, Queue
from chatserver.desk.rules import PRIORITY_BOOST_MS
from tests.unit.conversation.cast import NOW, head_with

FREE = AgentState(load=0, capacity=1, tier=1, skills=(), languages=(), idle_since=NOW, routable=True, ticket=0)


class Index:
    """A queue, and what tests do with it again and again."""

    def __init__(self, redis: "Redis") -> None:
        self.redis = redis
        self.queue = Queue(redis, "test")
        self.states: dict[str, AgentState] = {}
        self._came = 0

    async def wait(self, name: str, last: str | None = None, **fields: Any) -> Head:
        """Let a conversation wait, a second after the one before."""
        self._came += 1
        came = {"status": "waiting", "queued_at": NOW + self._came * 1_000, "locale": "en", "id": name}
        head = head_with(**(came | fields))
        await self.queue.enter(head, last)
        return head

    async def agent(self, name: str, *, release: str = "", **fields: Any) -> AgentState:
        """Say what is known of an agent now."""
        state = replace(self.states.get(name, FREE), ticket=await self.queue.ticket(), **fields)
        self.states[name] = state
        await self.queue.set_agent(name, state, release=release)
        return state

    async def pairs(self, tier: int = 1) -> list[tuple[str, str]]:
        """Conversations and agents that are brought together now."""
        return [(pair.conversation, pair.agent) for pair in await self.queue.reserve(tier)]

    async def why(self) -> list[tuple[str, str]]:
        """Agents that are chosen now, and why."""
        return [(pair.agent, pair.why) for pair in await self.queue.reserve(1)]

    async def decided(self, conversation: str, agent: str) -> None:
        """SQL has paired them."""
        await self.agent(agent, release=conversation, load=self.states[agent].load + 1)


@pytest.fixture
async def index(redis_url: str) -> AsyncIterator[Index]:
    async with Redis.from_url(redis_url) as redis:
        made = Index(redis)
        await made.queue.mark_built(NOW)
        yield made


# --- who is next ---


async def test_nobody_is_paired_without_users_or_without_agents(index: Index) -> None:
    assert await index.pairs() == []
    await index.agent("amy")
    assert await index.pairs() == []
    await index.agent("amy", routable=False)
    await index.wait("c_1")
    assert await index.pairs() == []


async def test_who_came_first_is_first_over_all_lanes(index: Index) -> None:
    for name, skill in (("c_1", ""), ("c_2", "kyc"), ("c_3", ""), ("c_4", "kyc")):
        await index.wait(name, skill=skill)
    await index.agent("kim", skills=("kyc",), capacity=4)
    assert [pair for pair, _ in await index.pairs()] == ["c_1", "c_2", "c_3", "c_4"]


async def test_a_priority_counts_as_five_minutes_of_waiting(index: Index) -> None:
    await index.wait("old", queued_at=NOW - PRIORITY_BOOST_MS - 1)
    await index.wait("young", queued_at=NOW - PRIORITY_BOOST_MS + 1)
    await index.wait("vip", queued_at=NOW, priority=1)
    await index.agent("amy", capacity=3)
    assert [pair for pair, _ in await index.pairs()] == ["old", "vip", "young"]


async def test_tiers_do_not_mix(index: Index) -> None:
    await index.wait("c_1", tier=2)
    await index.agent("amy")
    assert await index.pairs(1) == await index.pairs(2) == []
    await index.agent("eve", tier=2)
    assert await index.pairs(1) == []
    assert await index.pairs(2) == [("c_1", "eve")]


async def test_a_skill_is_a_condition_and_blocks_only_its_own_lane(index: Index) -> None:
    await index.wait("c_kyc", skill="kyc")
    await index.wait("c_kyc_too", skill="kyc")
    await index.wait("c_any")
    await index.agent("amy", capacity=3)
    assert await index.pairs() == [("c_any", "amy")]
    await index.agent("kim", skills=("aml", "kyc"))
    assert await index.queue.reserve(1) == [Pair("c_kyc", "kim", "kyc", "least_loaded")]


# --- which agent ---


async def test_the_least_loaded_is_chosen_then_the_longest_idle(index: Index) -> None:
    await index.agent("amy", load=1, capacity=3, idle_since=NOW - 9_000)
    await index.agent("bob", capacity=3, idle_since=NOW - 1_000)
    await index.agent("cid", capacity=3, idle_since=NOW - 5_000)
    for number in range(5):
        await index.wait(f"c_{number}")
    assert [agent for _, agent in await index.pairs()] == ["cid", "bob", "amy", "cid", "bob"]


async def test_the_user_s_language_is_preferred_but_nobody_waits_for_it(index: Index) -> None:
    await index.agent("amy", languages=("en",), idle_since=NOW - 9_000)
    await index.agent("zhou", languages=("zh",), load=1, capacity=2)
    await index.wait("c_1", locale="zh-CN")
    await index.wait("c_2", locale="zh-CN")
    assert await index.why() == [("zhou", "least_loaded"), ("amy", "other_language")]


async def test_an_agent_who_names_no_language_speaks_all(index: Index) -> None:
    await index.agent("amy", idle_since=NOW - 9_000)
    await index.agent("zhou", languages=("zh",))
    await index.wait("c_1", locale="zh-CN")
    assert await index.why() == [("amy", "least_loaded")]


async def test_who_lost_it_last_gets_it_only_when_nobody_else_can(index: Index) -> None:
    await index.agent("amy", idle_since=NOW - 9_000)
    await index.agent("bob", languages=("zh",), load=4, capacity=5)
    await index.wait("c_1", avoid_agent="amy")
    await index.wait("c_2", avoid_agent="amy")
    assert await index.why() == [("bob", "other_language"), ("amy", "only_agent")]


async def test_the_last_agent_of_a_returning_user_is_taken_when_free(index: Index) -> None:
    await index.agent("amy", load=2, capacity=3, languages=("zh",))
    await index.agent("bob")
    await index.wait("c_1", last="amy")
    assert await index.why() == [("amy", "last_agent")]


@pytest.mark.parametrize(
    ("state", "wish"),
    [
        ({"load": 1}, {}),
        ({"routable": False}, {}),
        ({"tier": 2}, {}),
        ({}, {"avoid_agent": "amy"}),
        ({"skills": ()}, {"skill": "kyc"}),
    ],
    ids=["full", "away", "other tier", "lost it", "lacks the skill"],
)
async def test_nobody_waits_for_the_last_agent(index: Index, state: dict[str, Any], wish: dict[str, Any]) -> None:
    await index.agent("amy", **state)
    await index.agent("bob", skills=("kyc",))
    await index.wait("c_1", last="amy", **wish)
    await index.wait("c_2", last="nobody_we_know")
    assert await index.pairs() == [("c_1", "bob")] + ([("c_2", "amy")] if not state or "skills" in state else [])


async def test_a_fitting_agent_is_found_behind_many_who_do_not_fit(index: Index) -> None:
    for number in range(150):
        await index.agent(f"a_{number:03}", idle_since=NOW - 1_000 + number)
    await index.agent("kim", skills=("kyc",), idle_since=NOW)
    await index.wait("c_1", skill="kyc")
    assert await index.pairs() == [("c_1", "kim")]


# --- slots ---


async def test_held_slots_count_until_sql_has_decided(index: Index) -> None:
    await index.agent("amy", load=1, capacity=3)
    for number in range(4):
        await index.wait(f"c_{number}")
    assert await index.pairs() == [("c_0", "amy"), ("c_1", "amy")]
    await index.agent("amy")  # an unrelated reading of SQL, in which nothing is decided yet
    assert await index.pairs() == []
    await index.decided("c_0", "amy")
    assert await index.pairs() == []
    await index.agent("amy", release="c_1")  # refused
    assert await index.pairs() == [("c_2", "amy")]


async def test_a_release_frees_one_slot_once(index: Index) -> None:
    await index.agent("amy", capacity=1)
    for number in range(3):
        await index.wait(f"c_{number}")
    assert await index.pairs() == [("c_0", "amy")]
    for _ in range(3):
        await index.agent("amy", release="c_0")
    await index.agent("amy", release="c_never_held")
    assert await index.pairs() == [("c_1", "amy")]
    assert await index.pairs() == []


async def test_the_same_pair_held_twice_is_released_once(index: Index) -> None:
    await index.agent("amy", capacity=2)
    head = await index.wait("c_1")
    assert await index.pairs() == [("c_1", "amy")]
    await index.queue.enter(head, None)  # mended, since SQL had not decided yet
    assert await index.pairs() == [("c_1", "amy")]
    await index.decided("c_1", "amy")
    await index.agent("amy", release="c_1")
    await index.wait("c_2")
    assert await index.pairs() == [("c_2", "amy")]


async def test_one_round_takes_a_limited_number_and_the_next_goes_on(index: Index) -> None:
    await index.agent("amy", capacity=PAIRS_AT_ONCE + 3)
    for number in range(PAIRS_AT_ONCE + 5):
        await index.wait(f"c_{number:03}")
    assert len(await index.pairs()) == PAIRS_AT_ONCE
    assert await index.pairs() == [(f"c_{number:03}", "amy") for number in range(PAIRS_AT_ONCE, PAIRS_AT_ONCE + 3)]


async def test_an_expired_hold_is_found_until_it_is_released(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    await index.agent("amy", capacity=2)
    await index.wait("c_1")
    await index.pairs()
    assert await index.queue.expired_holds() == []
    monkeypatch.setattr(queue_module, "HOLD_MS", 0)
    await index.wait("c_2")
    await index.pairs()
    assert await index.queue.expired_holds() == [("c_2", "amy")]
    await index.agent("amy", release="c_2")
    assert await index.queue.expired_holds() == []
    await index.wait("c_3")
    assert await index.pairs() == [("c_3", "amy")]


# --- what is known of an agent ---


async def test_an_older_reading_never_overwrites_a_newer_one(index: Index) -> None:
    older = replace(FREE, ticket=await index.queue.ticket())
    newer = replace(FREE, ticket=await index.queue.ticket(), routable=False)
    await index.queue.set_agent("amy", newer)
    await index.queue.set_agent("amy", older)
    await index.wait("c_1")
    assert await index.pairs() == []
    assert (await index.queue.agents())["amy"] == newer


async def test_an_older_reading_still_frees_its_slot(index: Index) -> None:
    await index.agent("amy", capacity=2)
    await index.wait("c_1")
    older = replace(FREE, ticket=await index.queue.ticket(), capacity=2)
    await index.pairs()
    await index.agent("amy", load=1)
    await index.queue.set_agent("amy", older, release="c_1")
    await index.wait("c_2")
    await index.wait("c_3")
    assert await index.pairs() == [("c_2", "amy")]


async def test_an_agent_of_another_tier_leaves_the_first(index: Index) -> None:
    await index.agent("amy")
    await index.agent("amy", tier=2)
    await index.wait("c_1", tier=1)
    await index.wait("c_2", tier=2)
    assert await index.pairs(1) == []
    assert await index.pairs(2) == [("c_2", "amy")]


async def test_tickets_only_grow_also_after_redis_was_emptied(index: Index) -> None:
    tickets = [await index.queue.ticket() for _ in range(50)]
    await index.redis.flushall()
    tickets += [await index.queue.ticket() for _ in range(50)]
    assert tickets == sorted(set(tickets))
    assert len(set(await asyncio.gather(*(index.queue.ticket() for _ in range(50))))) == 50


# --- waiting ---


async def test_positions_are_counted_from_one_within_the_lane(index: Index) -> None:
    heads = [await index.wait(f"c_{number}") for number in range(3)]
    kyc = await index.wait("c_kyc", skill="kyc")
    tier_2 = await index.wait("c_tier_2", tier=2)
    assert [await index.queue.position(head) for head in heads] == [1, 2, 3]
    assert await index.queue.positions([heads[2], kyc, tier_2]) == [3, 1, 1]
    await index.queue.leave(heads[0])
    assert await index.queue.positions(heads) == [None, 1, 2]
    assert await index.queue.position(heads[0]) is None
    assert await index.queue.positions([]) == []


async def test_entering_again_changes_nothing_and_leaving_twice_neither(index: Index) -> None:
    first, second = await index.wait("c_1"), await index.wait("c_2")
    for _ in range(2):
        await index.queue.enter(first, None)
    assert await index.queue.lengths() == {(1, ""): 2}
    for _ in range(2):
        await index.queue.leave(first)
    assert await index.queue.position(second) == 1


async def test_who_comes_back_with_the_first_time_stands_in_front(index: Index) -> None:
    first, second = await index.wait("c_1"), await index.wait("c_2")
    await index.queue.leave(first)
    await index.queue.enter(first, None)
    assert await index.queue.positions([first, second]) == [1, 2]


async def test_lanes_and_members_tell_who_waits_where(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_module, "PAGE", 2)  # a lane longer than a page
    heads = [await index.wait(f"c_{number}") for number in range(5)]
    await index.wait("c_kyc", skill="kyc")
    assert await index.queue.lanes(1) == ["", "kyc"]
    assert await index.queue.lanes(2) == []
    assert await index.queue.members(1, "") == {head.id: head.queued_at for head in heads}
    await index.queue.drop(1, "", ["c_0", "c_3", "c_kyc"])
    await index.queue.drop(1, "", [])
    assert await index.queue.members(1, "") == {head.id: head.queued_at for head in heads if head.id in "c_1 c_2 c_4"}
    assert await index.queue.lengths() == {(1, ""): 3, (1, "kyc"): 1}


# --- many at once ---


async def test_racing_processes_never_hand_out_a_user_or_a_slot_twice(redis_url: str, index: Index) -> None:
    for number in range(20):
        await index.agent(f"a_{number:02}", capacity=3)
    names = [(await index.wait(f"c_{number:03}")).id for number in range(100)]
    async with Redis.from_url(redis_url) as one, Redis.from_url(redis_url) as other:
        queues = [Queue(one, "test"), Queue(other, "test")] * 4
        rounds = await asyncio.gather(*(queue.reserve(1) for queue in queues))
    pairs = [pair for round_ in rounds for pair in round_]
    assert sorted(pair.conversation for pair in pairs) == names[:60]
    assert {pair.agent: sum(one.agent == pair.agent for one in pairs) for pair in pairs} == dict.fromkeys(
        index.states, 3
    )
    for round_ in rounds:
        assert [pair.conversation for pair in round_] == sorted(pair.conversation for pair in round_)


# --- the index as a whole ---


async def test_nobody_is_paired_from_an_index_that_is_not_built(index: Index) -> None:
    await index.agent("amy")
    await index.wait("c_1")
    assert await index.queue.is_known()
    await index.queue.clear()
    assert not await index.queue.is_known()
    await index.agent("amy")
    await index.wait("c_1")
    assert await index.pairs() == []
    await index.queue.mark_built(NOW)
    assert await index.pairs() == [("c_1", "amy")]


async def test_clearing_forgets_everything_but_the_tickets(index: Index) -> None:
    await index.agent("amy", capacity=2)
    for tier in (1, 2):
        await index.wait(f"c_{tier}", tier=tier, skill="kyc")
        await index.wait(f"c_{tier}_general", tier=tier)
    await index.pairs()
    ticket = await index.queue.ticket()
    await index.queue.clear()
    assert await index.redis.keys("*") == [b"{test}:ticket"]
    assert await index.queue.ticket() > ticket


async def test_another_desk_on_the_same_redis_is_another_index(redis_url: str, index: Index) -> None:
    await index.agent("amy")
    await index.wait("c_1")
    async with Redis.from_url(redis_url) as redis:
        other = Queue(redis, "other")
        await other.mark_built(NOW)
        assert await other.reserve(1) == []
        await other.clear()
    assert await index.pairs() == [("c_1", "amy")]


async def test_a_lease_is_held_by_one_until_it_ends(index: Index) -> None:
    queue = index.queue
    assert await queue.lease("sweep", "p_1", 60_000)
    assert await queue.lease("sweep", "p_1", 60_000)
    assert not await queue.lease("sweep", "p_2", 60_000)
    assert await queue.lease("another job", "p_2", 60_000)
    await index.redis.pexpire("{test}:lease:sweep", 0)
    assert await queue.lease("sweep", "p_2", 60_000)
    assert not await queue.lease("sweep", "p_1", 60_000)
