"""Hours, messages for the next agent, calls instead of waiting, and what becomes of the idle."""

from typing import Any

from tests.e2e.test_catalogue import put
from tests.people import Person
from tests.serving import Served

NEVER = {"time_zone": "Asia/Shanghai", "week": {}}


async def routing(served: Served, admin: Person, **fields: Any) -> None:
    assert (await put(served, admin, "routing", "main", fields)).status == 200


async def start(user: Person, **more: Any) -> tuple[str, str]:
    conversation = (await user.call("start_conversation", key="k", **more))["conversation"]
    return conversation["id"], conversation["status"]


async def test_out_of_hours_nobody_waits_and_one_can_leave_a_message(served: Served) -> None:
    admin, user = await served.agent("boss", role="admin"), await served.user("lin")
    assert (await served.get("/api/v1/availability")).body["open"] is True
    await put(served, admin, "hours", "desk", NEVER)
    served.clock.turn(seconds=3)
    told = (await served.get("/api/v1/availability")).body
    assert (told["open"], told["alternatives"]) == (False, ["message", "callback"])
    conversation, status = await start(user, want_agent=True, text="anybody?")
    assert status == "bot"
    assert await user.call("request_agent", conversation=conversation) == {"status": "bot", "position": None}
    body = {"conversation": conversation, "text": "please answer tomorrow", "key": "m"}
    assert await user.refusal("leave_message", conversation=conversation, text="x") == "invalid"
    assert await user.call("leave_message", **body) == {"status": "waiting"}
    assert await user.call("leave_message", **body) == {"status": "waiting"}
    assert (await user.types(conversation)).count("queued") == 1
    said = [one["text"] for one in await user.log(conversation) if one["by"]["role"] == "user" and "text" in one]
    assert said == ["anybody?", "please answer tomorrow"]
    shown = (await served.get(f"/api/v1/conversations/{conversation}", user)).body["conversation"]
    assert (shown["parked"], "position" in shown) == (True, False)
    await served.lost(user)
    await served.sweep(after_s=600)
    agent = await served.available("zhou")
    await agent.sees(agent, conversation)
    await agent.say(conversation, "good morning")


async def test_who_left_a_message_and_comes_back_waits_in_person(served: Served) -> None:
    user = await served.user("lin")
    conversation, _ = await start(user)
    assert await user.call("leave_message", conversation=conversation) == {"status": "waiting"}
    assert (await user.call("request_agent", conversation=conversation))["position"] == 1
    shown = (await served.get(f"/api/v1/conversations/{conversation}", user)).body["conversation"]
    assert "parked" not in shown


async def test_a_call_is_asked_for_worked_on_and_told(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou, meng = await served.user("lin"), await served.agent("zhou"), await served.agent("meng")
    conversation, status = await start(user, want_agent=True)
    assert status == "waiting"
    now = served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    body = {"conversation": conversation, "phone": "+86 138 0013 8000", "note": "after five", **when}
    asked = (await user.call("request_callback", **body))["callback"]
    assert (asked["status"], asked["phone_hint"], "phone" in asked) == ("open", "•••• 8000", False)
    assert (await user.wait_for("queue_left"))["reason"] == "callback"
    promised = await user.wait_for("callback_requested")
    assert (promised["from"], promised["phone_hint"]) == (now, "•••• 8000")
    await zhou.wait_for("callback", id=asked["id"], status="open")
    listed = (await served.get("/api/v1/callbacks", zhou)).body["callbacks"]
    assert [(one["id"], one["note"], "phone" in one) for one in listed] == [(asked["id"], "after five", False)]
    assert await zhou.refusal("sync", conversation=conversation, after=0) == "not_found"
    assert await zhou.refusal("finish_callback", callback=asked["id"], outcome="reached") == "conflict"

    claimed = (await zhou.call("claim_callback", callback=asked["id"]))["callback"]
    assert (claimed["phone"], claimed["agent"]["id"]) == ("+86 138 0013 8000", zhou.id)
    assert (await user.wait_for("callback_claimed"))["agent"]["name"] == "Zhou"
    assert await meng.refusal("claim_callback", callback=asked["id"]) == "conflict"
    assert await zhou.log(conversation)
    again = {"again_from": now, "again_until": now + 7_200_000}
    tried = await zhou.call("finish_callback", callback=asked["id"], outcome="no_answer", note="voicemail", **again)
    assert (tried["callback"]["status"], tried["callback"]["attempts"]) == ("open", 1)
    claimed = (await meng.call("claim_callback", callback=asked["id"]))["callback"]
    assert claimed["note"] == "voicemail"
    assert (await meng.call("release_callback", callback=asked["id"]))["callback"]["status"] == "open"
    await meng.call("claim_callback", callback=asked["id"])
    done = await meng.call("finish_callback", callback=asked["id"], outcome="reached")
    assert (done["callback"]["status"], done["callback"]["attempts"]) == ("done", 2)
    assert (await meng.call("finish_callback", callback=asked["id"], outcome="reached"))["callback"]["attempts"] == 2
    outcomes = [one["outcome"] for one in await user.log(conversation) if one["type"] == "callback_finished"]
    assert outcomes == ["no_answer", "reached"]
    assert (await served.get("/api/v1/callbacks", zhou)).body["callbacks"] == []


async def test_a_call_can_be_moved_and_cancelled_and_no_stranger_learns_of_it(served: Served) -> None:
    user, other, zhou = await served.user("lin"), await served.user("may"), await served.agent("zhou")
    conversation, _ = await start(user)
    now = served.clock.now()
    body = {"conversation": conversation, "phone": "13800138000", "from": now, "until": now + 3_600_000}
    assert await other.refusal("request_callback", **body) == "not_found"
    assert await user.refusal("request_callback", **body | {"until": now + 1}) == "invalid"
    assert await user.refusal("request_callback", **body | {"phone": "1" * 40}) == "invalid"
    first = (await user.call("request_callback", **body))["callback"]
    moved = (await user.call("request_callback", **body | {"phone": "13900139000"}))["callback"]
    assert (moved["id"], moved["phone_hint"]) == (first["id"], "•••• 9000")
    assert await user.call("cancel_callback", conversation=conversation) == {}
    assert await user.call("cancel_callback", conversation=conversation) == {}
    assert (await user.types(conversation)).count("callback_finished") == 1
    assert await zhou.refusal("claim_callback", callback=first["id"]) == "conflict"
    stored = (served.app.settings.data_dir / "chatserver.db").read_bytes()
    wal = served.app.settings.data_dir / "chatserver.db-wal"
    assert b"13900139000" not in stored + (wal.read_bytes() if wal.exists() else b"")


async def test_a_call_that_was_claimed_and_not_made_is_anybodys_again(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.agent("zhou")
    conversation, _ = await start(user)
    now = served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    asked = await user.call("request_callback", conversation=conversation, phone="13800138000", **when)
    await zhou.call("claim_callback", callback=asked["callback"]["id"])
    await served.sweep(after_s=7_300)
    zhou = await served.agent("zhou")
    assert len((await served.get("/api/v1/callbacks", zhou)).body["callbacks"]) == 1


async def test_a_silent_user_is_reminded_laid_aside_and_taken_up_again_by_the_same_agent(
    served_on_both: Served,
) -> None:
    served = served_on_both
    admin = await served.agent("boss", role="admin")
    await routing(served, admin, remind_after_s=20, park_after_s=60, close_after_s=130)
    user, agent = await served.user("lin", ttl_s=3_000), await served.available("zhou", capacity=1)
    conversation = await served.chat(user, agent, text="hello")
    await agent.say(conversation, "which order?")
    await served.sweep(after_s=21)
    assert (await user.wait_for("idle_reminded"))["by"]["role"] == "system"
    await served.sweep(after_s=20)
    assert (await user.types(conversation)).count("idle_reminded") == 1
    await served.sweep(after_s=21)
    assert (await agent.wait_for("agent_left"))["reason"] == "parked"
    assert (await agent.call("set_presence", status="available"))["active"] == 0
    await user.say(conversation, "sorry, here I am")
    assert (await user.wait_for("queued", reason="returned"))["tier"] == 1
    await agent.wait_for("agent_assigned", conversation=conversation)
    await agent.say(conversation, "welcome back")
    await served.sweep(after_s=131)
    assert (await user.wait_for("conversation_closed"))["disposition"] == "idle"


async def test_what_only_the_bot_has_ends_by_itself_but_not_where_a_call_is_promised(served: Served) -> None:
    admin = await served.agent("boss", role="admin")
    await routing(served, admin, close_bot_after_s=600)
    user, other = await served.user("lin", ttl_s=3_000), await served.user("may")
    conversation, _ = await start(user, text="hi")
    promised, _ = await start(other)
    now = served.clock.now()
    when = {"from": now, "until": now + 3_600_000}
    await other.call("request_callback", conversation=promised, phone="13800138000", **when)
    await served.sweep(after_s=601)
    other = await served.user("may")
    assert (await user.wait_for("conversation_closed", conversation=conversation))["disposition"] == "idle"
    assert "conversation_closed" not in await other.types(promised)


async def test_the_history_shows_every_contact_to_those_who_have_to_do_with_the_user(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, other = await served.user("lin"), await served.available("zhou"), await served.agent("meng")
    lead = await served.agent("lead", role="supervisor")
    first = await served.chat(user, agent, topic="refund", text="where is my refund?", attributes={"order": "88-1"})
    await agent.call("close_conversation", conversation=first, disposition="refunded")
    await user.call("rate_conversation", conversation=first, score=4, solved=True)
    second = (await user.call("start_conversation", key="k2", want_agent=True, topic="login"))["conversation"]["id"]
    path = f"/api/v1/users/{user.id}/history"
    told = (await served.get(path, agent)).body
    assert (told["user"]["name"], told["user"]["kind"]) == ("Lin", "signed")
    assert [one["id"] for one in told["contacts"]] == [second, first]
    earlier = told["contacts"][1]
    assert (earlier["topic"], earlier["disposition"]) == ("refund", "refunded")
    assert (earlier["score"], earlier["solved"]) == (4, True)
    assert (earlier["first_text"], earlier["agent"]["id"]) == ("where is my refund?", agent.id)
    assert (await served.get(path, other)).status == 404
    assert (await served.get(path, lead)).status == 200
    assert (await served.get("/api/v1/users/nobody/history", lead)).status == 404
    page = (await served.get(path, lead, limit="1")).body
    assert (len(page["contacts"]), page["next"]) == (1, second)
    assert [one["id"] for one in (await served.get(path, lead, cursor=second)).body["contacts"]] == [first]
    masked = (await served.get(f"/api/v1/conversations/{first}/contact", agent)).body
    assert masked["attributes"] == {"order": "***"}  # it is over, and no question of the topic
    contact = (await served.get(f"/api/v1/conversations/{first}/contact", lead)).body
    assert (contact["attributes"], contact["topic"], contact["user"]["id"]) == ({"order": "88-1"}, "refund", user.id)
