"""What supervisors do: watch, whisper, reassign, close, move in the queue, send offline; and the board they see."""

from typing import Any

from sqlalchemy import Connection

from chatserver.conversation.events import By
from chatserver.desk.catalogue.kinds import Routing
from chatserver.desk.catalogue.rules import ROUTING_ID
from chatserver.desk.catalogue.store import save_item
from tests.people import Person
from tests.serving import Served


async def set_routing(served: Served, **fields: Any) -> None:
    def unit(conn: Connection) -> None:
        save_item(conn, ROUTING_ID, Routing(**fields), By("agent", "a_admin", "Admin"), served.clock.now())

    await served.app.database.write(unit)


async def house(served: Served) -> tuple[Person, Person, Person, str]:
    user, agent = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    return user, agent, lead, await served.chat(user, agent)


async def test_a_supervisor_watches_and_nobody_learns_of_it(served: Served) -> None:
    user, agent, lead, conversation = await house(served)
    before = await agent.types(conversation)
    watched = await lead.call("watch_conversation", conversation=conversation, reason="quality")
    assert watched["conversation"]["id"] == conversation
    await user.say(conversation, "hello")
    assert (await lead.wait_for("message_posted", conversation=conversation))["text"] == "hello"
    await agent.call("add_note", conversation=conversation, key="n", text="vip")
    assert (await lead.wait_for("note_added"))["text"] == "vip"
    assert await agent.types(conversation) == [*before, "message_posted"]
    assert await lead.refusal("send_message", conversation=conversation, key="k", text="x") == "not_assigned"
    again = await served.agent("lead")
    assert [one["id"] for one in again.welcome["conversations"]] == [conversation]
    await lead.call("unwatch_conversation", conversation=conversation)
    await user.say(conversation, "more")
    await agent.wait_for("message_posted", text="more")
    assert len(await lead.told("message_posted")) == 1
    await agent.call("close_conversation", conversation=conversation)
    assert await lead.refusal("watch_conversation", conversation=conversation, reason="x") == "closed"


async def test_a_whisper_is_a_note_for_the_agent_alone(served: Served) -> None:
    user, agent, lead, conversation = await house(served)
    sent = await lead.call("whisper", conversation=conversation, key="w", text="offer a refund")
    heard = await agent.wait_for("note_added", conversation=conversation)
    assert (heard["text"], heard["to"]["id"], heard["by"]["name"]) == ("offer a refund", agent.id, "Lead")
    assert await lead.call("whisper", conversation=conversation, key="w", text="x") == sent | {"duplicate": True}
    assert "note_added" not in {name for name, _ in user.heard}
    await agent.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    assert await lead.refusal("whisper", conversation=conversation, key="w2", text="x") == "conflict"


async def test_a_conversation_is_reassigned_to_an_agent_at_once(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, lead, conversation = await house(served)
    other = await served.agent("meng", tier=2)
    body = {"conversation": conversation, "reason": "balance"}
    assert await lead.refusal("reassign", **body, to_agent="a_nobody") == "invalid"
    assert await lead.refusal("reassign", **body, to_agent=other.id) == "conflict"  # not at work
    await other.call("set_presence", status="away", reason="paperwork")
    assert await lead.call("reassign", **body, to_agent=other.id) == {"status": "active"}
    assert (await agent.wait_for("agent_left", conversation=conversation))["reason"] == "transferred"
    for one in (user, other):
        assert (await one.sees(other, conversation))["agent"]["tier"] == 2
    assert await lead.call("reassign", **body, to_agent=other.id) == {"status": "active"}
    assert await agent.refusal("send_message", conversation=conversation, key="k", text="x") == "not_assigned"
    await other.say(conversation, "hello from tier 2")
    steps = (await served.get(f"/api/v1/conversations/{conversation}/routing", lead)).body["decisions"]
    assert (steps[-1]["action"], steps[-1]["reason"], steps[-1]["agent"]) == ("reassigned", "balance", lead.id)


async def test_a_conversation_is_reassigned_to_whoever_has_a_skill(served: Served) -> None:
    user, agent, lead, conversation = await house(served)
    cards = await served.available("meng", skills=("cards",))
    body = {"conversation": conversation, "reason": "cards", "to_skill": "cards"}
    assert await lead.refusal("reassign", **body | {"to_skill": "none"}) == "invalid"
    assert (await lead.call("reassign", **body))["status"] in {"waiting", "active"}
    await user.sees(cards, conversation)
    assert await lead.refusal("reassign", **body, to_agent=agent.id) == "invalid"


async def test_a_supervisor_closes_what_is_somebody_elses(served: Served) -> None:
    user, agent, lead, conversation = await house(served)
    await lead.call("force_close", conversation=conversation, reason="abuse", disposition="abuse")
    for one in (user, agent):
        ended = await one.wait_for("conversation_closed", conversation=conversation)
        assert (ended["disposition"], ended["by"]["id"]) == ("abuse", lead.id)
    assert await lead.call("force_close", conversation=conversation, reason="again") == {}


async def test_who_is_moved_comes_before_who_waited_longer(served: Served) -> None:
    lead = await served.agent("lead", role="supervisor")
    users = [await served.user(name) for name in ("ann", "bob", "cat")]
    waiting = [
        (await user.call("start_conversation", key="k", want_agent=True))["conversation"]["id"] for user in users
    ]
    moved = await lead.call("move_in_queue", conversation=waiting[2], priority=3, reason="money is moving")
    assert moved == {"status": "waiting", "position": 1}
    queued = await users[2].wait_for("queued", where=lambda event: event["reason"] == "moved")
    assert queued["priority"] == 3
    board = (await served.get("/api/v1/board", lead)).body
    assert {one["conversation"]: one["priority"] for one in board["waiting"]}[waiting[2]] == 3
    agent = await served.available("zhou", capacity=1)
    await users[2].sees(agent)
    assert await lead.refusal("move_in_queue", conversation=waiting[2], priority=1, reason="x") == "conflict"


async def test_who_is_sent_offline_gets_nothing_new_and_may_lose_what_they_have(served: Served) -> None:
    user, agent, lead, conversation = await house(served)
    state = await lead.call("force_offline", agent=agent.id, reason="left the desk")
    assert (state["status"], state["active"]) == ("offline", 1)
    await agent.wait_for("presence", status="offline")
    await agent.say(conversation, "still here")
    other = await served.available("meng")
    await lead.call("force_offline", agent=agent.id, reason="gone home", requeue=True)
    await user.sees(other, conversation)
    assert await lead.refusal("force_offline", agent="a_nobody", reason="x") == "invalid"
    assert (await agent.call("set_presence", status="available"))["status"] == "available"


async def test_the_board_shows_queue_agents_and_today_and_is_told_when_it_changes(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, lead, conversation = await house(served)
    await served.app.counter.board.tell_all()
    first = await lead.wait_for("board")
    mine = next(one for one in first["agents"] if one["id"] == agent.id)
    assert (mine["status"], mine["active"], mine["conversations"][0]["id"]) == ("available", 1, conversation)
    assert mine["conversations"][0]["user"] == {"id": user.id, "name": "Lin"}
    await agent.call("set_presence", status="away", reason="lunch")
    second = await served.user("may")
    waiting = (await second.call("start_conversation", key="k", want_agent=True, topic="refund"))["conversation"]["id"]
    await agent.say(conversation, "hello")
    await agent.call("close_conversation", conversation=conversation)
    await user.call("rate_conversation", conversation=conversation, score=4, solved=True)
    served.clock.turn(seconds=2)
    await served.app.counter.board.tell_all()
    board = await lead.wait_for("board", where=lambda body: bool(body["waiting"]))
    assert board["waiting"][0]["conversation"] == waiting
    assert (board["waiting"][0]["topic"], board["lanes"][0]["waiting"]) == ("refund", 1)
    mine = next(one for one in board["agents"] if one["id"] == agent.id)
    assert (mine["status"], mine["reason"], mine["active"]) == ("away", "lunch", 0)
    today = board["today"]
    assert (today["started"], today["closed"], today["rated"], today["score"]) == (2, 1, 1, 4.0)
    assert today["wait_s"] is not None
    assert today["first_reply_s"] is not None
    assert sum(hour["started"] for hour in today["hours"]) == 2
    asked = (await served.get("/api/v1/board", lead)).body
    assert asked.keys() == board.keys()
    served.clock.turn(seconds=2)
    heard = len(await lead.told("board"))
    await served.app.counter.board.tell_all()
    assert len(await lead.told("board")) == heard
    assert not await agent.told("board")


async def test_who_has_closed_gets_time_to_wrap_up(served: Served) -> None:
    await set_routing(served, wrap_up_s=30)
    user, agent, _, conversation = await house(served)
    await agent.call("close_conversation", conversation=conversation)
    began = await agent.wait_for("wrap_up")
    assert began["until"] > served.clock.now()
    second = await served.user("may")
    waiting = await second.call("start_conversation", key="k", want_agent=True)
    assert waiting["conversation"]["status"] == "waiting"
    state = await agent.call("finish_wrap_up")
    assert (state["status"], "wrap_up_until" in state) == ("available", False)
    await second.sees(agent)
    await agent.call("close_conversation", conversation=waiting["conversation"]["id"])
    await agent.wait_for("wrap_up", where=lambda body: body["until"] > 0)
    third = await served.user("wen")
    await third.call("start_conversation", key="k", want_agent=True)
    await served.sweep(after_s=31)
    await agent.wait_for("wrap_up", until=0)
    await third.sees(agent)
    assert user.here


async def test_a_close_names_its_outcome_where_the_desk_wants_one(served: Served) -> None:
    await set_routing(served, disposition_required=True)
    served.clock.turn(seconds=3)
    user, agent, _, conversation = await house(served)
    reply = await agent.reply("close_conversation", {"conversation": conversation})
    assert (reply["error"]["code"], reply["error"]["field"]) == ("invalid", "disposition")
    await agent.call("close_conversation", conversation=conversation, disposition="solved")
    other = await served.user("may")
    theirs = (await other.call("start_conversation", key="k"))["conversation"]["id"]
    await other.call("close_conversation", conversation=theirs)
    assert user.here
