"""Agents together: advice that the user never sees, who else looks, what has arrived and was read."""

from tests.people import Person
from tests.serving import Served


async def house(served: Served) -> tuple[Person, Person, str]:
    user, agent = await served.user("lin"), await served.available("zhou")
    return user, agent, await served.chat(user, agent)


async def test_tier_one_asks_tier_two_and_the_user_never_learns_of_it(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, conversation = await house(served)
    expert, bystander = await served.agent("chen", tier=2), await served.agent("meng", tier=1)
    asked = await agent.call("ask_consult", conversation=conversation, key="q", text="can it be reversed?")
    rang = await expert.wait_for("consult", conversation=conversation)
    assert (rang["open"], rang["text"], rang["by"]["id"]) == (True, "can it be reversed?", agent.id)
    listed = (await served.get("/api/v1/consults", expert)).body["consults"]
    assert [(one["conversation"], one["text"]) for one in listed] == [(conversation, "can it be reversed?")]
    for other in (bystander, agent):
        assert (await served.get("/api/v1/consults", other)).body["consults"] == []
    assert await bystander.refusal("join_consult", conversation=conversation) == "not_found"
    assert await agent.refusal("join_consult", conversation=conversation) == "conflict"
    assert await expert.refusal("sync", conversation=conversation, after=0) == "not_found"

    assert (await expert.call("join_consult", conversation=conversation))["conversation"]["id"] == conversation
    assert (await expert.call("join_consult", conversation=conversation))["conversation"]["id"] == conversation
    assert (await agent.wait_for("consultant_joined"))["agent"]["id"] == expert.id
    assert (await served.get("/api/v1/consults", expert)).body["consults"] == []
    await user.say(conversation, "please hurry")
    assert (await expert.wait_for("message_posted", conversation=conversation))["text"] == "please hurry"
    await expert.call("add_note", conversation=conversation, key="a", text="yes, within 2 h")
    assert (await agent.wait_for("note_added"))["text"] == "yes, within 2 h"
    assert await expert.refusal("send_message", conversation=conversation, key="k", text="hi") == "not_assigned"
    await expert.call("leave_consult", conversation=conversation)
    await expert.call("leave_consult", conversation=conversation)
    assert await expert.refusal("add_note", conversation=conversation, key="b", text="x") == "not_assigned"

    internal = [event["type"] for event in await agent.log(conversation, "internal")]
    assert internal == ["consult_asked", "consultant_joined", "note_added", "consultant_left"]
    again = await agent.call("ask_consult", conversation=conversation, key="q", text="other words")
    assert again == asked | {"duplicate": True}
    await user.told()
    assert not {"consult", "consult_asked", "consultant_joined", "note_added"} & {name for name, _ in user.heard}
    assert {event["thread"] for event in await user.log(conversation)} == {"public"}


async def test_one_colleague_can_be_asked_by_name(served: Served) -> None:
    _, agent, conversation = await house(served)
    chen, grace = await served.agent("chen", tier=2), await served.agent("grace", tier=2)
    body = {"conversation": conversation, "key": "q", "text": "?"}
    for nobody in ("a_nobody", agent.id):
        assert await agent.refusal("ask_consult", **body, to_agent=nobody) == "invalid"
    await agent.call("ask_consult", **body, to_agent=grace.id)
    await grace.wait_for("consult", conversation=conversation)
    assert await chen.told("consult") == []
    assert await chen.refusal("join_consult", conversation=conversation) == "not_found"
    await grace.call("join_consult", conversation=conversation)
    assert await chen.refusal("ask_consult", **body) == "not_found"
    await agent.call("close_conversation", conversation=conversation)
    assert await agent.refusal("ask_consult", **body | {"key": "q2"}) == "closed"


async def test_colleagues_see_who_else_looks(served: Served) -> None:
    _, agent, conversation = await house(served)
    lead = await served.agent("lead", role="supervisor")
    assert await agent.call("viewing", conversation=conversation, on=True) == {"viewers": []}
    seen = await lead.call("viewing", conversation=conversation, on=True)
    assert [one["id"] for one in seen["viewers"]] == [agent.id]
    assert (await agent.wait_for("viewing", conversation=conversation))["agent"]["id"] == lead.id
    await lead.call("viewing", conversation=conversation, on=False)
    await agent.wait_for("viewing", on=False)
    assert await agent.call("viewing", conversation=conversation, on=True) == {"viewers": []}
    await lead.call("viewing", conversation=conversation, on=True)
    served.clock.turn(seconds=61)
    assert await agent.call("viewing", conversation=conversation, on=True) == {"viewers": []}


async def test_what_has_arrived_is_told_and_kept_beside_what_was_read(served_on_both: Served) -> None:
    served = served_on_both
    user, agent, conversation = await house(served)
    said = await agent.say(conversation, "hello")
    await user.call("mark_delivered", conversation=conversation, seq=said["seq"])
    arrived = await agent.wait_for("delivered", conversation=conversation)
    assert (arrived["seq"], arrived["by"]["id"]) == (said["seq"], user.id)
    shown = (await served.get(f"/api/v1/conversations/{conversation}", user)).body["conversation"]["marks"]
    assert (shown["user_delivered"], shown["user_read"]) == (said["seq"], 0)
    await user.call("mark_read", conversation=conversation, seq=said["seq"])
    await agent.wait_for("read", conversation=conversation)
    await user.call("mark_delivered", conversation=conversation, seq=1)
    again = await served.user("lin")
    marks = again.welcome["conversations"][0]["marks"]
    assert (marks["user_delivered"], marks["user_read"]) == (said["seq"], said["seq"])
    assert len(await agent.told("delivered")) == 1
    assert await user.refusal("mark_delivered", conversation=conversation, seq=99) == "invalid"
