"""Supervisors beside an agent: join, speak, leave."""

import pytest

from tests.people import Refused
from tests.serving import Served


async def test_a_supervisor_joins_speaks_and_leaves_and_everybody_sees_it(served_on_both: Served) -> None:
    served = served_on_both
    user, zhou = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    joined = await lead.call("join_conversation", conversation=conversation, reason="complaint")
    assert joined["conversation"]["status"] == "active"
    assert joined["conversation"]["agent"]["id"] == zhou.id
    info = {"id": lead.id, "name": "Lead", "tier": 1}
    for one in (user, zhou, lead):
        event = await one.wait_for("supervisor_joined")
        assert event["agent"] == info
        assert event["by"] == {"role": "agent", "id": lead.id, "name": "Lead"}
        assert "complaint" not in str(event)
    await lead.say(conversation, "I am listening")
    for one in (user, zhou):
        assert (await one.wait_for("message_posted"))["by"]["role"] == "agent"
    await user.say(conversation, "good")
    await lead.wait_for("message_posted", text="good")
    assert await lead.call("leave_conversation", conversation=conversation) == {}
    for one in (user, zhou, lead):
        assert (await one.wait_for("supervisor_left"))["agent"] == info
    assert await lead.refusal("send_message", conversation=conversation, key="k", text="hi") == "not_assigned"
    await user.say(conversation, "gone?")
    await zhou.wait_for("message_posted", text="gone?")
    assert [message["text"] for message in await lead.told("message_posted")] == ["I am listening", "good"]


async def test_joining_and_leaving_again_change_nothing(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    for _ in range(2):
        joined = await lead.call("join_conversation", conversation=conversation, reason="help")
        assert joined["conversation"]["id"] == conversation
    for _ in range(2):
        assert await lead.call("leave_conversation", conversation=conversation) == {}
    types = await user.types(conversation)
    assert (types.count("supervisor_joined"), types.count("supervisor_left")) == (1, 1)


async def test_a_reason_is_needed_and_agents_cannot_join(served: Served) -> None:
    user, zhou, meng = await served.user("lin"), await served.available("zhou"), await served.agent("meng")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    with pytest.raises(Refused) as refusal:
        await lead.call("join_conversation", conversation=conversation)
    assert (refusal.value.code, refusal.value.field) == ("invalid", "reason")
    for agent in (zhou, meng):
        assert await agent.refusal("join_conversation", conversation=conversation, reason="x") == "forbidden"
        assert await agent.refusal("leave_conversation", conversation=conversation) == "forbidden"


async def test_a_closed_conversation_cannot_be_joined(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    await user.call("close_conversation", conversation=conversation)
    assert await lead.refusal("join_conversation", conversation=conversation, reason="late") == "closed"


async def test_a_joined_supervisor_sees_it_in_the_welcome_and_keeps_it_over_a_handoff(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    await lead.call("join_conversation", conversation=conversation, reason="help")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await lead.say(conversation, "somebody will come")
    await user.wait_for("message_posted", text="somebody will come")
    screen = await served.agent("lead")
    assert [one["id"] for one in screen.welcome["conversations"]] == [conversation]


async def test_a_joined_supervisor_may_close(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    lead = await served.agent("lead", role="supervisor")
    conversation = await served.chat(user, zhou)
    await lead.call("join_conversation", conversation=conversation, reason="help")
    await lead.call("close_conversation", conversation=conversation, disposition="spam")
    assert (await zhou.wait_for("conversation_closed"))["by"]["id"] == lead.id


async def test_a_supervisor_serves_conversations_like_an_agent(served: Served) -> None:
    user, lead = await served.user("lin"), await served.available("lead", role="supervisor")
    conversation = await served.chat(user, lead)
    await lead.say(conversation, "hello")
    assert (await lead.call("hand_off", conversation=conversation, to_tier=2, reason="chain"))["tier"] == 2
