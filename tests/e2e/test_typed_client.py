"""The typed client does the main job against a served product."""

import aiohttp
import pytest

from chatserver.client import ChatError, Client, Durable, Habits, Link, Rest
from chatserver.conversation.events import AgentAssigned
from chatserver.conversation.messages import StartConversation
from chatserver.desk.messages import SetPresence
from tests.serving import Served

SWIFT = Habits(backoff_s=lambda attempt: 0.0)


async def test_a_user_and_an_agent_talk_hand_off_and_part(served: Served) -> None:
    await served.account("ann")
    await served.account("eve", tier=2)
    user_auth = {"as": "user", "token": served.user_token("lin")}
    async with (
        Client.connect(served.address, auth={"as": "agent", "token": served.agent_token("ann")}) as ann,
        Client.connect(served.address, auth={"as": "agent", "token": served.agent_token("eve")}) as eve,
        Client.connect(served.address, auth=user_auth) as lin,
    ):
        for agent in (ann, eve):
            await agent.command(SetPresence(status="available"))
        start = StartConversation(key=lin.new_key(), text="我的卡被冻结了", want_agent=True)
        chat = lin.conversation((await lin.command(start)).conversation.id)
        await ann.wait_for(lambda event: event.type == "agent_assigned")
        ann_chat = ann.conversation(chat.id)
        await ann_chat.mark_read()
        posted = await ann_chat.send("您好")
        seen = await lin.wait_for(lambda event: isinstance(event, Durable) and event.id == posted.id)
        assert isinstance(seen, Durable)
        assert seen.seq == posted.seq
        await ann_chat.note("checked the card")
        await ann_chat.hand_off(2, "needs a look into the ledger", "card frozen")
        assigned = await eve.wait_for(lambda event: event.type == "agent_assigned")
        eve_chat = eve.conversation(chat.id)
        assert isinstance(assigned, Durable)
        while not (isinstance(assigned.body, AgentAssigned) and assigned.body.agent.id == eve.session.subject):
            assigned = await eve.wait_for(lambda event: event.type == "agent_assigned")
        assert [shown.text for shown in eve_chat.view.messages if shown.role != "bot"] == ["我的卡被冻结了", "您好"]
        assert [note.seq for note in (await eve_chat.sync("internal")).events] == [1, 2]
        await eve_chat.close("solved")
        await lin.wait_for(lambda event: event.type == "conversation_closed")
        await chat.rate(5, solved=True)
        assert (await chat.sync()).last == len(chat.events)
        assert (chat.view.status, chat.view.score) == ("closed", 5)
        async with aiohttp.ClientSession() as http:
            transcript = await Rest(http, served.address, await lin.authorization()).transcript(chat.id)
        assert [event["id"] for event in transcript] == [event.id for event in chat.events]


async def test_what_is_said_after_a_lost_socket_arrives_once(served: Served) -> None:
    async with Client.connect(served.address, auth={"as": "user"}, habits=SWIFT) as visitor:
        started = await visitor.command(StartConversation(key=visitor.new_key()))
        chat = visitor.conversation(started.conversation.id)
        for number in range(5):
            visitor.drop_link()
            await chat.send(f"{number}")
        await chat.sync()
        assert [shown.text for shown in chat.view.messages if shown.role == "user"] == ["0", "1", "2", "3", "4"]
        assert visitor.connects > 1
        assert (await visitor.authorization()).startswith("Visitor ")


async def test_a_wrong_token_is_refused_with_its_code(served: Served) -> None:
    with pytest.raises(ChatError) as caught:
        async with Client.connect(served.address, auth={"as": "user", "token": "no.such.token"}):
            pass
    assert caught.value.code == "unauthenticated"


async def test_a_bare_link_shows_how_the_server_ends_a_bad_socket(served: Served) -> None:
    async with aiohttp.ClientSession() as http:
        link = await Link.open(http, served.address)
        await link.sign_in({"as": "user"})
        await link.send('450-["x",{"_placeholder":true,"num":0}]')
        await link.closed()
        await link.close()
