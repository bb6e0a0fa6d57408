"""The product's main job, whole: a user finds an agent, is handed to tier 2, and it is kept."""

from tests.serving import Served


async def test_a_user_and_two_tiers_of_agents_find_each_other_talk_and_it_is_kept(served_on_both: Served) -> None:
    served = served_on_both
    user = await served.user("lin")
    started = await user.call("start_conversation", key="k1", text="I cannot withdraw", want_agent=True)
    conversation = started["conversation"]["id"]
    assert started["conversation"]["status"] == "waiting"
    assert (await user.wait_for("queue_position"))["position"] == 1
    zhou = await served.available("zhou")
    for one in (user, zhou):
        assigned = await one.wait_for("agent_assigned", conversation=conversation)
        assert assigned["agent"] == {"id": zhou.id, "name": "Zhou", "tier": 1}
    await zhou.say(conversation, "Hello Lin")
    await user.say(conversation, "It says pending")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain", note="nonce gap")
    await user.say(conversation, "Anybody there?")
    chen = await served.available("chen", tier=2)
    for one in (user, chen, zhou):
        await one.sees(chen)
    history = await chen.log(conversation)
    texts = ["I cannot withdraw", "Hello Lin", "It says pending", "Anybody there?"]
    assert [event["text"] for event in history if event["type"] == "message_posted"] == texts
    assert [note["text"] for note in await chen.log(conversation, "internal")] == ["nonce gap"]
    await chen.say(conversation, "Sped up")
    await user.wait_for("message_posted", text="Sped up")
    await chen.call("close_conversation", conversation=conversation, disposition="solved")
    await user.wait_for("conversation_closed")
    await user.call("rate_conversation", conversation=conversation, score=5, solved=True)
    kept = await user.log(conversation)
    assert [event["seq"] for event in kept] == list(range(1, len(kept) + 1))
    assert [event["type"] for event in kept if event["type"] != "message_posted"] == [
        "conversation_started",
        "queued",
        "agent_assigned",
        "handed_off",
        "agent_assigned",
        "conversation_closed",
        "conversation_rated",
    ]
    assert [{**event, "key": None} for event in kept] == [
        {**event, "key": None} for event in await zhou.log(conversation)
    ]
