"""Who sees which conversation: own, foreign and random ids, over sockets and HTTP alike."""

from typing import Any

from tests.people import Person
from tests.serving import Served

RANDOM = "c_9hVtYtZ6m3aP3nCkq3v4Yb"


async def looks(served: Served, who: Person, conversation: str) -> list[Any]:
    """Every way to look at a conversation, and what came of it: ok, or the error."""
    found: list[Any] = []
    for name, body in (
        ("sync", {"after": 0}),
        ("mark_read", {"seq": 0}),
        ("typing", {"on": True}),
        ("send_message", {"key": "probe", "text": "hi"}),
    ):
        reply = await who.reply(name, {"conversation": conversation, **body})
        found.append(reply.get("error"))
    for path in ("", "/transcript", "/routing"):
        answer = await served.get(f"/api/v1/conversations/{conversation}{path}", who)
        found.append(answer.body.get("error"))
    return found


async def test_a_foreign_and_a_random_id_are_told_apart_by_nobody(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for other in (await served.user("may"), await served.visitor(), await served.agent("chen")):
        foreign = await looks(served, other, conversation)
        assert foreign == await looks(served, other, RANDOM)
        codes = {error["code"] for error in foreign}
        assert codes <= {"not_found", "forbidden"}
        assert [error["code"] for error in foreign[:6]] == ["not_found"] * 6


async def test_with_an_offer_only_an_agent_sees_that_it_is_there_and_no_text(serve_offers: Served) -> None:
    served = serve_offers
    user, zhou = await served.user("lin"), await served.available("zhou")
    started = await user.call("start_conversation", key="k1", text="my secret question", want_agent=True)
    conversation = started["conversation"]["id"]
    offer = await zhou.wait_for("offer")
    assert offer["preview"] == "my secret question"
    assert await zhou.refusal("sync", conversation=conversation, after=0) == "not_assigned"
    assert await zhou.refusal("sync", conversation=conversation, after=0, thread="internal") == "not_assigned"
    assert await zhou.refusal("send_message", conversation=conversation, key="k", text="hi") == "not_assigned"
    path = f"/api/v1/conversations/{conversation}"
    assert (await served.get(path, zhou)).body["conversation"]["status"] == "offered"
    assert (await served.get(f"{path}/transcript", zhou)).body["error"]["code"] == "not_assigned"
    assert (await served.get("/api/v1/conversations", zhou, query="secret")).body["conversations"] == []
    await zhou.call("decline_offer", conversation=conversation, epoch=offer["epoch"])
    assert await zhou.refusal("sync", conversation=conversation, after=0) == "not_assigned"


async def test_an_agent_goes_on_seeing_what_was_theirs_but_writes_no_more(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    chen = await served.available("chen", tier=2)
    conversation = await served.chat(user, zhou)
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await chen.wait_for("agent_assigned", conversation=conversation)
    await chen.say(conversation, "I am Chen")
    assert (await zhou.log(conversation))[-1]["text"] == "I am Chen"
    for name, body in (
        ("send_message", {"key": "k", "text": "hi"}),
        ("add_note", {"key": "k", "text": "hi"}),
        ("close_conversation", {}),
        ("transfer", {"to_skill": "zh"}),
        ("transfer", {"to_agent": "a_nobody"}),
    ):
        assert await zhou.refusal(name, conversation=conversation, **body) == "not_assigned"


async def test_supervisors_and_auditors_see_all_and_administrators_no_transcript(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    lead = await served.agent("lead", role="supervisor")
    assert (await lead.types(conversation))[0] == "conversation_started"
    path = f"/api/v1/conversations/{conversation}"
    for role in ("supervisor", "auditor"):
        reader = await served.agent(role, role=role)
        assert (await served.get(path, reader)).status == 200
        assert (await served.get(f"{path}/transcript", reader)).status == 200
        assert (await served.get(f"{path}/transcript", reader, thread="internal")).status == 200
        listed = (await served.get("/api/v1/conversations", reader)).body["conversations"]
        assert [one["id"] for one in listed] == [conversation]
    boss = await served.agent("boss", role="admin")
    for where in (path, f"{path}/transcript", "/api/v1/conversations"):
        answer = await served.get(where, boss)
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden")


async def test_a_supervisor_writes_only_after_joining(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    lead = await served.agent("lead", role="supervisor")
    for name, body in (
        ("send_message", {"key": "k", "text": "hi"}),
        ("add_note", {"key": "k", "text": "hi"}),
        ("typing", {"on": True}),
        ("close_conversation", {}),
    ):
        assert await lead.refusal(name, conversation=conversation, **body) == "not_assigned"
    await lead.call("join_conversation", conversation=conversation, reason="help")
    assert not (await lead.say(conversation, "hello"))["duplicate"]


async def test_the_welcome_shows_what_matters_now(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    chen = await served.agent("chen", tier=2)
    conversation = await served.chat(user, zhou)

    async def shown() -> list[list[tuple[str, str]]]:
        devices = [await served.user("lin"), await served.agent("zhou"), await served.agent("chen")]
        found = [[(one["id"], one["status"]) for one in device.welcome["conversations"]] for device in devices]
        for device in devices:
            await device.leave()
        return found

    active = [(conversation, "active")]
    assert await shown() == [active, active, []]
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    waiting = [(conversation, "waiting")]
    assert await shown() == [waiting, waiting, []]
    await chen.call("set_presence", status="available")
    await chen.wait_for("agent_assigned")
    assert await shown() == [active, [], active]
    await chen.call("close_conversation", conversation=conversation)
    assert await shown() == [[(conversation, "closed")], [], []]
    served.clock.turn(seconds=24 * 3_600 + 1)
    assert (await served.user("lin")).welcome["conversations"] == []
