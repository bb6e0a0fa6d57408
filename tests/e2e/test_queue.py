"""The queue: first come first served, priorities, positions, and capacity that nothing exceeds."""

import asyncio

from redis.asyncio import Redis

from tests.people import Person
from tests.serving import Served


async def waits(user: Person, **more: object) -> str:
    """A conversation that waits for an agent."""
    started = await user.call("start_conversation", key="k1", want_agent=True, **more)
    return str(started["conversation"]["id"])


async def test_first_come_is_first_served(served_on_both: Served) -> None:
    served = served_on_both
    users = [await served.user(f"u{number}") for number in range(6)]
    conversations = [await waits(user) for user in users]
    zhou = await served.available("zhou", capacity=6)
    served_order = [(await zhou.wait_for("agent_assigned"))["conversation"] for _ in users]
    assert served_order == conversations


async def test_a_vip_comes_first_but_not_before_who_has_waited_long(served: Served) -> None:
    early, later, vip = await served.user("early"), await served.user("later"), await served.user("vip", vip=True)
    order = {"early": await waits(early)}
    await served.sweep(after_s=301)
    order["later"] = await waits(later)
    order["vip"] = await waits(vip)
    queued = await vip.wait_for("queued")
    assert queued["priority"] == 1
    zhou = await served.available("zhou")
    got = [(await zhou.wait_for("agent_assigned"))["conversation"] for _ in range(3)]
    assert got == [order["early"], order["vip"], order["later"]]


async def test_everybody_who_waits_is_told_where_they_stand(served: Served) -> None:
    users = [await served.user(f"u{number}") for number in range(3)]
    for place, user in enumerate(users, 1):
        conversation = await waits(user)
        told = await user.wait_for("queue_position")
        assert told == {"conversation": conversation, "position": place, "estimate_s": None}
    zhou = await served.available("zhou", capacity=1)
    await users[0].sees(zhou)
    await served.app.desk.positions.tell_all()
    for place, user in enumerate(users[1:], 1):
        assert (await user.wait_for("queue_position", position=place))["estimate_s"] is None
    shown = await served.get("/api/v1/conversations", users[2])
    assert shown.body["conversations"][0]["position"] == 2


async def test_a_position_counts_those_of_the_same_tier_and_skill(served: Served) -> None:
    await served.agent("kyc", skills=("kyc",))
    general, special = await served.user("general"), await served.user("special")
    await waits(general)
    await waits(special, skill="kyc")
    for user in (general, special):
        assert (await user.wait_for("queue_position"))["position"] == 1


async def test_an_expected_wait_is_a_range_once_something_was_measured(served: Served) -> None:
    zhou = await served.available("zhou", capacity=1)
    users = [await served.user(f"u{number}") for number in range(6)]
    conversations = [await waits(user) for user in users]
    for user, conversation in list(zip(users, conversations, strict=True))[:4]:
        await user.sees(zhou)
        await zhou.say(conversation, "hello")
        await served.sweep(after_s=30)
        await zhou.call("close_conversation", conversation=conversation)
    await users[4].sees(zhou)
    last = await served.user("last")
    await last.call("start_conversation", key="k1", want_agent=True)
    low, high = (await last.wait_for("queue_position"))["estimate_s"]
    assert 0 <= low <= high
    estimates = await served.get("/api/v1/desk/estimates", zhou)
    assert estimates.status == 200


async def test_a_hundred_users_at_once_never_exceed_an_agent_s_capacity(served_on_both: Served) -> None:
    served = served_on_both
    zhou, meng = await served.available("zhou", capacity=3), await served.available("meng", capacity=2)
    users = [await served.user(f"u{number}") for number in range(30)]
    await asyncio.gather(*(waits(user) for user in users))
    await served.sweep()
    for agent, capacity in ((zhou, 3), (meng, 2)):
        await agent.wait_for("agent_assigned")
        state = await agent.call("set_presence", status="away")
        assert state["active"] <= capacity
        assert len(await agent.told("agent_assigned")) == capacity
    await served.sweep()  # who entered the index after having been given away is taken out again
    lanes = (await served.get("/api/v1/desk/lanes", zhou)).body["lanes"]
    assert lanes == [{"tier": 1, "skill": "", "waiting": 25}]


async def test_one_user_and_twenty_agents_at_once_make_one_pair(served_on_both: Served) -> None:
    served = served_on_both
    agents = [await served.agent(f"a{number}") for number in range(20)]
    for round_ in range(3):
        user = await served.user(f"u{round_}")
        calls = [agent.call("set_presence", status="available") for agent in agents]
        await asyncio.gather(waits(user), *calls)
        await user.wait_for("agent_assigned")
        await served.sweep()
        assert len(await user.told("agent_assigned")) == 1
        await asyncio.gather(*(agent.call("set_presence", status="offline") for agent in agents))
    told = [len(await agent.told("agent_assigned")) for agent in agents]
    assert sum(told) == 3


async def test_flipping_one_s_state_leaves_at_most_one_offer(serve_offers: Served) -> None:
    served = serve_offers
    zhou, user = await served.agent("zhou", capacity=1), await served.user("lin")
    await waits(user)
    for _ in range(20):
        await zhou.call("set_presence", status="available")
        await zhou.call("set_presence", status="away")
    state = await zhou.call("set_presence", status="away")
    assert state["active"] <= 1
    assert len(await zhou.told("offer")) <= 1


async def test_a_stale_entry_of_the_index_is_dropped_without_harm(served: Served) -> None:
    settings = served.app.settings
    user = await served.user("lin")
    waiting = await waits(user)
    async with Redis.from_url(settings.redis_url) as redis:
        lane = f"{{{settings.desk}}}:waiting:1:"
        await redis.zadd(lane, {"c_unknown": 1, "c_another": 2})
        zhou = await served.available("zhou")
        assert (await zhou.wait_for("agent_assigned"))["conversation"] == waiting
        assert await redis.zcard(lane) == 0


async def test_every_step_is_kept_with_its_reason(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await zhou.call("take_back", conversation=conversation)
    await served.app.desk.follower.all_settled()
    routing = (await served.get(f"/api/v1/conversations/{conversation}/routing", zhou)).body["decisions"]
    steps = {step["action"]: step for step in routing}
    assert list(steps) == ["queued", "assigned", "handed_off", "taken_back"]
    assert steps["handed_off"]["reason"] == "chain"
    assert (steps["assigned"]["agent"], steps["assigned"]["tier"]) == (zhou.id, 1)
