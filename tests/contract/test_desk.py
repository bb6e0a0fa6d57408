"""The desk on both databases and a real Redis: who gets whom, and what clocks do."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatserver.core.errors import ChatError
from chatserver.core.session import Session
from chatserver.desk.rules import Terms
from tests.desk_house import DeskHouse, desk_house

OFFERS = Terms(direct=False, offer_ms=20_000, first_reply_ms=60_000)


@pytest.fixture
async def house(database_url: str, redis_url: str) -> AsyncIterator[DeskHouse]:
    async with desk_house(database_url, redis_url) as made:
        yield made


@pytest.fixture
async def offers(sqlite_url: str, redis_url: str) -> AsyncIterator[DeskHouse]:
    async with desk_house(sqlite_url, redis_url, terms=OFFERS) as made:
        yield made


async def served_by(house: DeskHouse, conversation: str) -> str | None:
    head = await house.head(conversation)
    return head.agent.name if head.status == "active" and head.agent else None


async def refusal(house: DeskHouse, session: Session, command: str, **body: Any) -> str:
    with pytest.raises(ChatError) as refused:
        await house.run(session, command, **body)
    return refused.value.code


async def test_a_free_agent_gets_whoever_waits(house: DeskHouse) -> None:
    lin = await house.user("lin")
    await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    assert await served_by(house, conversation) == "amy"


async def test_first_come_first_served_within_a_priority(house: DeskHouse) -> None:
    amy = await house.agent("amy", capacity=1)
    waiting = []
    for name in ("first", "second", "third"):
        waiting.append(await house.wait(await house.user(name)))
        house.clock.turn(seconds=1)
    await house.settle()
    await house.run(amy, "set_presence", status="available")
    for turn, conversation in enumerate(waiting):
        assert [await served_by(house, one) for one in waiting[turn:]] == ["amy"] + [None] * (2 - turn)
        await house.run(amy, "close_conversation", conversation=conversation)


async def test_priority_is_worth_five_minutes_and_no_more(house: DeskHouse) -> None:
    amy = await house.agent("amy", capacity=1)
    old = await house.wait(await house.user("old"))
    house.clock.turn(seconds=301)
    early = await house.wait(await house.user("early"))
    house.clock.turn(seconds=299)
    vip = await house.wait(await house.user("vip", vip=True))
    await house.settle()
    await house.run(amy, "set_presence", status="available")
    order = []
    for _ in range(3):
        order += [one for one in (old, early, vip) if await served_by(house, one)]
        await house.run(amy, "close_conversation", conversation=order[-1])
    assert order == [old, vip, early]


async def test_capacity_is_never_exceeded(house: DeskHouse) -> None:
    await house.available("amy", capacity=2)
    conversations = [await house.wait(await house.user(f"u{n}")) for n in range(5)]
    await house.settle()
    assert [await served_by(house, one) for one in conversations] == ["amy", "amy", None, None, None]


async def test_the_least_loaded_then_the_longest_idle_agent_is_chosen(house: DeskHouse) -> None:
    await house.available("amy")
    house.clock.turn(seconds=1)
    await house.available("bob")
    names = []
    for n in range(4):
        house.clock.turn(seconds=1)
        conversation = await house.wait(await house.user(f"u{n}"))
        await house.settle()
        names.append(await served_by(house, conversation))
    assert names == ["amy", "bob", "amy", "bob"]


async def test_a_skill_is_matched_and_an_unknown_one_keeps_nobody_waiting(house: DeskHouse) -> None:
    await house.available("amy")
    await house.available("kim", skills=("kyc",))
    kyc = await house.wait(await house.user("lin"), skill="kyc")
    unknown = await house.wait(await house.user("may"), skill="astrology")
    await house.settle()
    assert await served_by(house, kyc) == "kim"
    assert await served_by(house, unknown) == "amy"


async def test_the_user_s_language_is_preferred_but_nobody_waits_for_it(house: DeskHouse) -> None:
    await house.available("amy", skills=("en",), capacity=1)
    await house.available("zhou", skills=("zh",), capacity=1)
    chinese = await house.wait(await house.user("lin", locale="zh-CN"))
    also_chinese = await house.wait(await house.user("may", locale="zh-CN"))
    await house.settle()
    assert await served_by(house, chinese) == "zhou"
    assert await served_by(house, also_chinese) == "amy"


async def test_a_returning_user_gets_the_last_agent_when_free(house: DeskHouse) -> None:
    lin = await house.user("lin")
    amy = await house.available("amy")
    first = await house.wait(lin)
    await house.settle()
    await house.run(amy, "close_conversation", conversation=first)
    house.clock.turn(seconds=60)
    await house.available("bob")
    await house.wait(await house.user("may"))
    await house.settle()
    again = await house.wait(lin)
    await house.settle()
    assert await served_by(house, again) == "amy"
    await house.run(lin, "close_conversation", conversation=again)
    await house.run(amy, "set_presence", status="away")
    third = await house.wait(lin)
    await house.settle()
    assert await served_by(house, third) == "bob"


async def test_asking_twice_never_queues_twice(house: DeskHouse) -> None:
    lin = await house.user("lin")
    first, second = await house.wait(lin), await house.wait(lin)
    await house.settle()
    assert first == second
    assert [event["type"] for event in await house.events(first, lin)] == ["conversation_started", "queued"]
    assert await house.rooms.ground.queue.lengths() == {(1, ""): 1}


async def test_a_missed_first_reply_goes_to_the_front_and_to_another_agent(house: DeskHouse) -> None:
    lin = await house.user("lin")
    await house.available("amy", capacity=1)
    conversation = await house.wait(lin)
    await house.settle()
    queued_at = (await house.head(conversation)).queued_at
    await house.available("bob", capacity=1)
    await house.pass_time(61)
    head = await house.head(conversation)
    assert await served_by(house, conversation) == "bob"
    assert head.queued_at == queued_at
    types = [event["type"] for event in await house.events(conversation, lin)]
    assert types[2:] == ["agent_assigned", "agent_left", "queued", "agent_assigned"]


async def test_two_missed_first_replies_in_a_row_make_an_agent_away(house: DeskHouse) -> None:
    amy = await house.available("amy", capacity=1)
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    await house.pass_time(61)
    assert await served_by(house, conversation) == "amy"
    await house.pass_time(61)
    assert (await house.head(conversation)).status == "waiting"
    assert house.hub.events("agents", "presence")[-1].status == "away"
    state = await house.run(amy, "set_presence", status="available")
    assert state.active == 0
    assert await served_by(house, conversation) == "amy"


@pytest.mark.parametrize(
    ("command", "body"),
    [("send_message", {"key": "hi", "text": "hello"}), ("typing", {"on": True}), ("mark_read", {"seq": 1})],
)
async def test_a_sign_of_life_keeps_the_conversation(house: DeskHouse, command: str, body: dict[str, Any]) -> None:
    amy = await house.available("amy")
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    await house.run(amy, command, conversation=conversation, **body)
    await house.pass_time(61)
    assert await served_by(house, conversation) == "amy"


async def test_a_handoff_keeps_the_place_and_waits_for_tier_2(house: DeskHouse) -> None:
    lin = await house.user("lin")
    amy = await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    queued_at = (await house.head(conversation)).queued_at
    handed = await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="logs", note="see 1")
    assert (handed.status, handed.tier) == ("waiting", 2)
    assert await refusal(house, amy, "send_message", conversation=conversation, key="x", text="y") == "not_assigned"
    assert (await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="logs")).status == "waiting"
    await house.available("chen", tier=2)
    await house.settle()
    head = await house.head(conversation)
    assert (await served_by(house, conversation), head.queued_at, head.internal_head) == ("chen", queued_at, 1)
    assert (await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="logs")).status == "active"
    assert await refusal(house, amy, "take_back", conversation=conversation) == "conflict"


async def test_who_handed_off_may_take_it_back_while_nobody_serves_it(house: DeskHouse) -> None:
    amy = await house.available("amy", capacity=1)
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="logs")
    taken = await house.run(amy, "take_back", conversation=conversation)
    assert (taken.conversation.status, taken.conversation.tier) == ("active", 1)


async def test_taking_back_beyond_one_s_capacity_is_refused(house: DeskHouse) -> None:
    amy = await house.available("amy", capacity=1)
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    await house.wait(await house.user("may"))
    await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="logs")
    assert await refusal(house, amy, "take_back", conversation=conversation) == "capacity"


async def test_a_transfer_to_an_agent_rings_and_returns_when_declined(house: DeskHouse) -> None:
    amy, bob = await house.available("amy"), await house.agent("bob")
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    assert await refusal(house, amy, "transfer", conversation=conversation, to_agent=bob.subject) == "conflict"
    await house.run(bob, "set_presence", status="available")
    moved = await house.run(amy, "transfer", conversation=conversation, to_agent=bob.subject, note="yours")
    assert moved.status == "offered"
    offer = house.hub.events(bob.identity, "offer")[-1]
    await house.run(bob, "decline_offer", conversation=conversation, epoch=offer.epoch)
    assert await served_by(house, conversation) == "amy"
    await house.run(amy, "transfer", conversation=conversation, to_agent=bob.subject)
    offer = house.hub.events(bob.identity, "offer")[-1]
    await house.run(bob, "accept_offer", conversation=conversation, epoch=offer.epoch)
    assert await served_by(house, conversation) == "bob"


async def test_an_unanswered_transfer_comes_back(house: DeskHouse) -> None:
    amy, bob = await house.available("amy"), await house.available("bob")
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    first, other = (amy, bob) if await served_by(house, conversation) == "amy" else (bob, amy)
    await house.run(first, "transfer", conversation=conversation, to_agent=other.subject)
    await house.pass_time(21)
    assert await served_by(house, conversation) == first.name


async def test_a_transfer_to_a_skill_waits_for_one_who_has_it(house: DeskHouse) -> None:
    amy = await house.available("amy")
    await house.available("kim", skills=("kyc",), capacity=1)
    blocker = await house.wait(await house.user("may"), skill="kyc")
    conversation = await house.wait(await house.user("lin"))
    await house.settle()
    assert (await served_by(house, blocker), await served_by(house, conversation)) == ("kim", "amy")
    assert await refusal(house, amy, "transfer", conversation=conversation, to_skill="magic") == "invalid"
    moved = await house.run(amy, "transfer", conversation=conversation, to_skill="kyc")
    assert moved.status == "waiting"
    await house.run(await house.user("may"), "close_conversation", conversation=blocker)
    assert await served_by(house, conversation) == "kim"


async def test_an_offer_is_taken_within_its_time(offers: DeskHouse) -> None:
    amy = await offers.available("amy")
    conversation = await offers.wait(await offers.user("lin"), text="my money is gone")
    await offers.settle()
    offer = offers.hub.events(amy.identity, "offer")[-1]
    assert (offer.preview, offer.expires_at) == ("my money is gone", offers.clock.now() + 20_000)
    assert await refusal(offers, amy, "sync", conversation=conversation, after=0) == "not_assigned"
    assert await refusal(offers, amy, "accept_offer", conversation=conversation, epoch=99) == "offer_expired"
    accepted = await offers.run(amy, "accept_offer", conversation=conversation, epoch=offer.epoch)
    again = await offers.run(amy, "accept_offer", conversation=conversation, epoch=offer.epoch)
    assert accepted.conversation.status == again.conversation.status == "active"


async def test_a_missed_offer_goes_to_the_next_agent_and_two_make_away(offers: DeskHouse) -> None:
    amy = await offers.available("amy", capacity=1)
    conversation = await offers.wait(await offers.user("lin"))
    await offers.settle()
    epoch = offers.hub.events(amy.identity, "offer")[-1].epoch
    bob = await offers.available("bob", capacity=1)
    await offers.pass_time(21)
    assert offers.hub.events(amy.identity, "offer_withdrawn")[-1].epoch == epoch
    assert offers.hub.events(bob.identity, "offer")
    assert await refusal(offers, amy, "accept_offer", conversation=conversation, epoch=epoch) == "offer_expired"
    offer = offers.hub.events(bob.identity, "offer")[-1]
    await offers.run(bob, "decline_offer", conversation=conversation, epoch=offer.epoch)
    assert offers.hub.events(amy.identity, "offer")[-1].epoch > epoch
    await offers.pass_time(21)
    assert ("agents", "presence") in {(who, what) for who, what, _ in offers.hub.heard}
    assert offers.hub.events("agents", "presence")[-1].status == "away"


async def test_leaving_the_queue_withdraws_the_offer(offers: DeskHouse) -> None:
    lin, amy = await offers.user("lin"), await offers.available("amy")
    conversation = await offers.wait(lin)
    await offers.settle()
    assert (await offers.run(lin, "cancel_waiting", conversation=conversation)).status == "bot"
    assert offers.hub.events(amy.identity, "offer_withdrawn")
    assert (await offers.run(lin, "cancel_waiting", conversation=conversation)).status == "bot"


async def test_an_agent_who_vanishes_gives_back_what_they_served(house: DeskHouse) -> None:
    lin, amy = await house.user("lin"), await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    await house.run(amy, "send_message", conversation=conversation, key="hi", text="hello")
    queued_at = (await house.head(conversation)).queued_at
    await house.rooms.presence.agent_disconnected(amy)
    await house.pass_time(16)
    assert house.hub.events(lin.identity, "presence")[-1].status == "offline"
    assert await served_by(house, conversation) == "amy"
    await house.pass_time(45)
    head = await house.head(conversation)
    assert (head.status, head.queued_at) == ("waiting", queued_at)
    assert await refusal(house, amy, "send_message", conversation=conversation, key="late", text="x") == "not_assigned"
    left = [event for event in await house.events(conversation, lin) if event["type"] == "agent_left"]
    assert [event["reason"] for event in left] == ["gone"]


async def test_an_agent_back_in_time_keeps_everything(house: DeskHouse) -> None:
    lin, amy = await house.user("lin"), await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    await house.rooms.presence.agent_disconnected(amy)
    await house.pass_time(30)
    await house.rooms.presence.agent_connected(amy)
    await house.pass_time(31)
    assert await served_by(house, conversation) == "amy"
    assert house.hub.events(lin.identity, "presence")[-1].status == "available"


async def test_a_waiting_user_who_stays_away_leaves_the_queue(house: DeskHouse) -> None:
    lin = await house.user("lin")
    conversation = await house.wait(lin)
    await house.rooms.presence.user_went(lin)
    await house.pass_time(100)
    assert (await house.head(conversation)).status == "waiting"
    await house.rooms.presence.user_came(lin)
    await house.pass_time(100)
    assert (await house.head(conversation)).status == "waiting"
    await house.rooms.presence.user_went(lin)
    await house.pass_time(121)
    assert [event["type"] for event in await house.events(conversation, lin)][-1] == "queue_left"


async def test_a_flushed_redis_is_rebuilt_from_sql(house: DeskHouse) -> None:
    first = await house.wait(await house.user("lin"))
    house.clock.turn(seconds=1)
    second = await house.wait(await house.user("may"))
    await house.settle()
    await house.agent("amy", capacity=1)
    await house.rooms.ground.queue._redis.flushall()
    await house.rooms.sweep.sweep()
    places = [await house.rooms.ground.queue.position(await house.head(one)) for one in (first, second)]
    assert places == [1, 2]


async def test_every_step_is_kept_with_its_reason(house: DeskHouse) -> None:
    from chatserver.desk.decisions import read_decisions

    lin, amy = await house.user("lin"), await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    await house.run(amy, "hand_off", conversation=conversation, to_tier=2, reason="needs logs")
    number = (await house.head(conversation)).number
    steps = await house.database.read(lambda conn: read_decisions(conn, number))
    assert [(step.action, step.reason) for step in steps] == [
        ("queued", "asked"),
        ("assigned", "least_loaded"),
        ("handed_off", "needs logs"),
        ("queued", "asked"),
    ]


async def test_a_closed_conversation_is_reopened_by_who_had_it(house: DeskHouse) -> None:
    lin, amy = await house.user("lin"), await house.available("amy")
    conversation = await house.wait(lin)
    await house.settle()
    await house.run(amy, "close_conversation", conversation=conversation, disposition="solved")
    reopened = await house.run(amy, "reopen_conversation", conversation=conversation)
    assert reopened.conversation.status == "active"
    await house.run(lin, "close_conversation", conversation=conversation)
    await house.wait(lin)
    assert await refusal(house, amy, "reopen_conversation", conversation=conversation) == "conflict"


async def test_while_redis_is_away_users_and_agents_are_paired_from_sql(house: DeskHouse) -> None:
    waiting = [await house.wait(await house.user(f"u{n}", locale=("zh-CN", "en")[n % 2])) for n in range(4)]
    await house.settle()
    for name, skills in (("zhou", ("zh",)), ("amy", ("en",))):
        agent = await house.agent(name, capacity=1, skills=skills)
        await house.registry.run(agent, "set_presence", b'{"status":"available"}')
    assert await house.rooms.pairing.pair_from_sql()
    assert not await house.rooms.pairing.pair_from_sql()
    assert [await served_by(house, one) for one in waiting] == ["zhou", "amy", None, None]
