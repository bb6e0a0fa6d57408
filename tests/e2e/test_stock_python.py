"""The main job through the stock Python client, with no code of ours on its side."""

import asyncio
from typing import Any

import aiohttp
import socketio

from tests.serving import Served


async def test_the_stock_python_client_does_the_main_job(served: Served) -> None:
    await served.account("zhou")
    await served.account("chen", tier=2)
    tokens = {"zhou": served.agent_token("zhou"), "chen": served.agent_token("chen")}
    auths = {name: {"as": "agent", "token": token} for name, token in tokens.items()}
    auths["lin"] = {"as": "user", "token": served.user_token("lin")}
    async with aiohttp.ClientSession() as http:
        heard: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()
        clients = {name: await connect(served.address, name, auth, heard, http) for name, auth in auths.items()}
        lin, zhou, chen = clients["lin"], clients["zhou"], clients["chen"]

        async def call(client: socketio.AsyncClient, command: str, **body: Any) -> Any:
            reply = await client.call(command, body, timeout=5)
            assert reply["ok"], reply
            return reply["result"]

        async def hear(name: str, event: str) -> Any:
            async with asyncio.timeout(5):
                while (news := await heard.get())[:2] != (name, event):
                    continue
            return news[2]

        started = await call(lin, "start_conversation", key="k1", text="我的钱不见了", want_agent=True)
        conversation = started["conversation"]["id"]
        await call(zhou, "set_presence", status="available")
        assert (await hear("zhou", "agent_assigned"))["conversation"] == conversation
        await call(zhou, "send_message", conversation=conversation, key="k1", text="您好")
        assert (await hear("lin", "message_posted"))["text"] == "您好"
        await call(zhou, "hand_off", conversation=conversation, to_tier=2, reason="logs", note="look at the chain")
        await call(chen, "set_presence", status="available")
        assert (await hear("chen", "agent_assigned"))["agent"]["tier"] == 2
        page = await call(chen, "sync", conversation=conversation, after=0)
        assert [event["seq"] for event in page["events"]] == [1, 2, 3, 4, 5, 6, 7]
        await call(chen, "send_message", conversation=conversation, key="k1", text="已处理")
        assert (await hear("lin", "message_posted"))["text"] == "已处理"
        await call(chen, "close_conversation", conversation=conversation, disposition="solved")
        assert (await hear("lin", "conversation_closed"))["disposition"] == "solved"
        assert await call(lin, "rate_conversation", conversation=conversation, score=5, solved=True) == {}
        for client in clients.values():
            await client.disconnect()


async def connect(
    address: str, name: str, auth: Any, heard: asyncio.Queue[tuple[str, str, Any]], http: aiohttp.ClientSession
) -> socketio.AsyncClient:
    """A stock client that puts all it hears into one queue, as `(name, event, body)`."""
    client = socketio.AsyncClient(http_session=http, handle_sigint=False)
    client.on("*", lambda event, body=None: heard.put_nowait((name, event, body)))
    await client.connect(address, transports=["websocket"], auth=auth, wait_timeout=5)
    return client
