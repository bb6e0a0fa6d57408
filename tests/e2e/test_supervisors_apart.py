"""A supervisor whose socket is on another process than the chat: nobody notices the difference."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.people import Person
from tests.serving import Served, serving


class Apart:
    """Lin and Zhou on one process, Lea, who supervises, on another one of the same desk."""

    def __init__(self, here: Served, there: Served) -> None:
        self.here = here
        self.there = there

    async def meet(self) -> tuple[Person, Person, Person, str]:
        """User, agent and supervisor, and the conversation of the first two."""
        user, zhou = await self.here.user("lin"), await self.here.available("zhou")
        lea = await self.there.agent("lea", role="supervisor")
        return user, zhou, lea, await self.here.chat(user, zhou)


@pytest_asyncio.fixture
async def apart(tmp_path: Path, redis_url: str) -> AsyncIterator[Apart]:
    """Two processes on one database and one Redis."""
    data, desk = tmp_path / "data", f"t-{uuid.uuid4().hex[:8]}"
    async with serving(data, redis_url, desk=desk) as here, serving(data, redis_url, desk=desk) as there:
        yield Apart(here, there)


async def test_watching_from_another_process_shows_everything_and_is_not_noticed(apart: Apart) -> None:
    user, zhou, lea, conversation = await apart.meet()
    await lea.call("watch_conversation", conversation=conversation, reason="new colleague")
    await user.say(conversation, "my money is gone")
    await lea.wait_for("message_posted", text="my money is gone")
    await zhou.call("add_note", conversation=conversation, key="n", text="looks like a nonce gap")
    await lea.wait_for("note_added", text="looks like a nonce gap")
    await lea.call("unwatch_conversation", conversation=conversation)
    await user.say(conversation, "hello?")
    await zhou.wait_for("message_posted", text="hello?")
    assert [one["text"] for one in await lea.told("message_posted")] == ["my money is gone"]
    assert not await user.told("supervisor_joined", "note_added")
    assert not await zhou.told("supervisor_joined")


async def test_a_whisper_from_another_process_reaches_the_agent_and_nobody_else(apart: Apart) -> None:
    user, zhou, lea, conversation = await apart.meet()
    await lea.call("whisper", conversation=conversation, key="w", text="ask for the order number")
    note = await zhou.wait_for("note_added", text="ask for the order number")
    assert (note["by"]["id"], note["to"]["id"]) == (lea.id, zhou.id)
    await zhou.say(conversation, "what is the order number?")
    await user.wait_for("message_posted", text="what is the order number?")
    assert not await user.told("note_added")


async def test_joining_from_another_process_is_seen_by_all_and_gives_a_voice(apart: Apart) -> None:
    user, zhou, lea, conversation = await apart.meet()
    await lea.call("join_conversation", conversation=conversation, reason="complaint")
    for one in (user, zhou, lea):
        assert (await one.wait_for("supervisor_joined"))["agent"]["id"] == lea.id
    await lea.say(conversation, "I am listening")
    for one in (user, zhou):
        await one.wait_for("message_posted", text="I am listening")
    await user.say(conversation, "good")
    await lea.wait_for("message_posted", text="good")
    await lea.call("leave_conversation", conversation=conversation)
    for one in (user, zhou):
        await one.wait_for("supervisor_left")


@pytest.mark.parametrize("command", ["reassign", "force_close"])
async def test_taking_a_chat_away_from_another_process_is_heard_at_once(apart: Apart, command: str) -> None:
    user, zhou, lea, conversation = await apart.meet()
    await zhou.call("set_presence", status="away", reason="lunch")  # who is free would get it again at once
    await lea.call(command, conversation=conversation, reason="asked for")
    told = {"reassign": "agent_left", "force_close": "conversation_closed"}[command]
    for one in (user, zhou):
        await one.wait_for(told, conversation=conversation)
    expected = {"reassign": "not_assigned", "force_close": "closed"}[command]
    assert await zhou.refusal("send_message", conversation=conversation, key="k", text="hi") == expected


async def test_an_agent_is_set_offline_from_another_process(apart: Apart) -> None:
    _, zhou, lea, conversation = await apart.meet()
    await lea.call("force_offline", agent=zhou.id, reason="went home", requeue=True)
    await zhou.wait_for("presence", status="offline")
    await zhou.wait_for("agent_left", conversation=conversation)
