"""Messages: acknowledged once they are durable, each exactly once, in one order, on every device."""

import asyncio

import pytest

from chatserver.infra import hub
from tests.e2e.conftest import Serve
from tests.people import Refused
from tests.serving import Served


async def test_a_message_reaches_every_device_of_both_and_its_key_only_its_sender(served_on_both: Served) -> None:
    served = served_on_both
    phone, tablet = await served.user("lin"), await served.user("lin")
    zhou, second_screen = await served.available("zhou"), await served.agent("zhou")
    conversation = await served.chat(phone, zhou)
    posted = await phone.say(conversation, "help", key="k2")
    assert posted == {"id": posted["id"], "seq": 4, "at": posted["at"], "duplicate": False}
    envelope = {
        "id": posted["id"],
        "conversation": conversation,
        "thread": "public",
        "seq": 4,
        "at": posted["at"],
        "by": {"role": "user", "id": "lin", "name": "Lin"},
        "text": "help",
        "attachments": [],
    }
    for device in (phone, tablet):
        assert await device.wait_for("message_posted") == {**envelope, "key": "k2"}
        assert (await device.log(conversation))[-1] == {**envelope, "key": "k2", "type": "message_posted"}
    for device in (zhou, second_screen):
        assert await device.wait_for("message_posted") == envelope
        assert (await device.log(conversation))[-1] == {**envelope, "type": "message_posted"}


async def test_sending_again_gives_the_first_result_whatever_the_text(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    first = await user.say(conversation, "first", key="k2")
    for text in ("first", "something else", "x" * 4_000):
        assert await user.say(conversation, text, key="k2") == {**first, "duplicate": True}
    assert await zhou.told("message_posted") == [await zhou.wait_for("message_posted", text="first")]


async def test_a_key_is_its_sender_s_own(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    assert not (await user.say(conversation, "mine", key="k2"))["duplicate"]
    assert not (await zhou.say(conversation, "mine too", key="k2"))["duplicate"]


async def test_a_message_and_a_note_share_the_keys_of_their_sender(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    note = await zhou.call("add_note", conversation=conversation, key="n1", text="calm")
    assert await zhou.say(conversation, "not posted", key="n1") == {**note, "duplicate": True}


async def test_a_retry_is_answered_after_close_handoff_and_loss_of_the_assignment(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    mine = await user.say(conversation, "mine", key="u1")
    theirs = await zhou.say(conversation, "yours", key="a1")
    note = await zhou.call("add_note", conversation=conversation, key="n1", text="calm")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    for _ in range(2):
        assert await user.say(conversation, "again", key="u1") == {**mine, "duplicate": True}
        assert await zhou.say(conversation, "again", key="a1") == {**theirs, "duplicate": True}
        again = await zhou.call("add_note", conversation=conversation, key="n1", text="again")
        assert again == {**note, "duplicate": True}
        await user.call("close_conversation", conversation=conversation)
    assert await user.refusal("send_message", conversation=conversation, key="u2", text="late") == "closed"
    assert await zhou.refusal("send_message", conversation=conversation, key="a2", text="late") == "closed"


async def test_ten_copies_of_each_message_from_three_devices_at_once_are_one_message(served_on_both: Served) -> None:
    devices = [await served_on_both.user("lin") for _ in range(3)]
    conversation = (await devices[0].call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    keys = [f"m{number}" for number in range(20)]
    sends = [devices[turn % 3].say(conversation, key, key=key) for key in keys for turn in range(10)]
    results = await asyncio.gather(*sends)
    answers: dict[str, set[int]] = {key: set() for key in keys}
    for place, result in enumerate(results):
        answers[keys[place // 10]].add(result["seq"])
    assert all(len(seqs) == 1 for seqs in answers.values())
    assert sum(not result["duplicate"] for result in results) == 20
    posted = [event for event in await devices[0].log(conversation) if event["type"] == "message_posted"]
    assert sorted(event["text"] for event in posted) == sorted(keys)


async def test_a_hundred_messages_sent_without_waiting_are_kept_in_the_order_sent(served_on_both: Served) -> None:
    user, zhou = await served_on_both.user("lin"), await served_on_both.available("zhou")
    conversation = await served_on_both.chat(user, zhou)
    texts = [str(number) for number in range(100)]
    results = await asyncio.gather(*(user.say(conversation, text) for text in texts))
    assert [result["seq"] for result in results] == list(range(4, 104))
    await zhou.wait_for("message_posted", text="99")
    assert [message["text"] for message in await zhou.told("message_posted")] == texts


async def test_every_device_sees_one_order_whoever_writes(served_on_both: Served) -> None:
    users = [await served_on_both.user("lin") for _ in range(2)]
    agents = [await served_on_both.available("zhou"), await served_on_both.agent("zhou")]
    conversation = await served_on_both.chat(users[0], agents[0])
    everybody = [*users, *agents]
    await asyncio.gather(*(one.say(conversation, f"{number}") for number in range(25) for one in everybody))
    kept = [event["id"] for event in await users[0].log(conversation) if event["type"] == "message_posted"]
    assert len(kept) == 100
    for one in everybody:
        assert [message["id"] for message in await one.told("message_posted")] == kept


async def test_a_reply_names_a_message_of_the_same_conversation(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    question = await user.say(conversation, "why?")
    await zhou.say(conversation, "because", reply_to=question["id"])
    assert (await user.wait_for("message_posted", text="because"))["reply_to"] == question["id"]
    queued = (await user.log(conversation))[1]["id"]
    for unknown in ("nothing", queued, question["id"] + "0", f"c_x{question['id']}"):
        with pytest.raises(Refused) as refusal:
            await zhou.say(conversation, "because", reply_to=unknown)
        assert (refusal.value.code, refusal.value.field) == ("invalid", "reply_to")


async def test_an_unknown_attachment_is_invalid_but_comes_after_visibility_and_key(served: Served) -> None:
    user, other = await served.user("lin"), await served.user("may")
    conversation = (await user.call("start_conversation", key="k1", want_agent=True))["conversation"]["id"]
    first = await user.say(conversation, "no file", key="k2")
    with pytest.raises(Refused) as refusal:
        await user.say(conversation, "a file", attachments=["nothing"])
    assert (refusal.value.code, refusal.value.field) == ("invalid", "attachments")
    again = await user.say(conversation, "a file", key="k2", attachments=["nothing"])
    assert again == {**first, "duplicate": True}
    with pytest.raises(Refused) as refusal:
        await other.say(conversation, "a file", attachments=["nothing"])
    assert refusal.value.code == "not_found"


async def test_users_write_in_every_state_but_closed(served: Served) -> None:
    user = await served.user("lin")
    conversation = (await user.call("start_conversation", key="k1"))["conversation"]["id"]
    await user.say(conversation, "with the bot")
    await user.call("request_agent", conversation=conversation)
    await user.say(conversation, "waiting")
    zhou = await served.available("zhou")
    await zhou.wait_for("agent_assigned")
    await user.say(conversation, "active")
    await zhou.call("hand_off", conversation=conversation, to_tier=2, reason="chain")
    await user.say(conversation, "handed off")
    await user.call("close_conversation", conversation=conversation)
    assert await user.refusal("send_message", conversation=conversation, key="k", text="closed") == "closed"


async def test_a_note_is_for_agents_and_has_a_log_of_its_own(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    added = await zhou.call("add_note", conversation=conversation, key="n1", text="be kind")
    assert (added["seq"], added["duplicate"]) == (1, False)
    event = await zhou.wait_for("note_added")
    assert (event["thread"], event["seq"], event["key"], event["text"]) == ("internal", 1, "n1", "be kind")
    assert [note["text"] for note in await zhou.log(conversation, "internal")] == ["be kind"]


async def test_users_never_learn_of_the_internal_thread(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "HEADS_EVERY_S", 0.05)
    served = await serve()
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    await zhou.call("add_note", conversation=conversation, key="n1", text="secret")
    for thread in ("internal", "nonsense"):
        with pytest.raises(Refused) as refusal:
            await user.call("sync", conversation=conversation, thread=thread, after=0)
        assert (refusal.value.code, refusal.value.field) == ("invalid", "thread")
        answer = await served.get(f"/api/v1/conversations/{conversation}/transcript", user, thread=thread)
        assert (answer.status, answer.body["error"]["field"]) == (400, "thread")
    await zhou.wait_for("heads", where=lambda heads: heads[conversation] == {"public": 3, "internal": 1})
    await user.wait_for("heads")
    again = await served.user("lin")
    shown = [conversation["heads"] for conversation in again.welcome["conversations"]]
    listed = (await served.get("/api/v1/conversations", user)).body["conversations"]
    shown += [conversation["heads"] for conversation in listed]
    shown += [heads[conversation] for heads in await user.told("heads")]
    assert all(heads.keys() == {"public"} for heads in shown)
    assert "secret" not in str(user.heard)
