"""The client's wire is the one that the stock Socket.IO server speaks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio
from aiohttp import web

from chatserver.client import ChatError, Client, Habits
from chatserver.conversation.messages import SendMessage
from tests.unit.client.scripted_server import message


@asynccontextmanager
async def stock_server(*, accept_first: bool) -> AsyncIterator[str]:
    """A stock server; it can accept before its handler runs (and then emit in it), or refuse in the handler."""
    server = socketio.AsyncServer(async_mode="aiohttp", transports=["websocket"], always_connect=accept_first)

    async def connect(sid: str, environ: dict[str, Any], auth: dict[str, str]) -> None:
        if auth["token"] != "good":
            raise socketio.exceptions.ConnectionRefusedError("Sign in again.", {"code": "unauthenticated"})
        session = {"id": sid, "role": "user", "subject": "u1", "name": "Ada"}
        body = {"protocol": 1, "session": session, "server_time": 1, "conversations": []}
        await server.emit("welcome", body, to=sid)

    async def send_message(sid: str, body: dict[str, Any]) -> dict[str, Any]:
        await server.emit("message_posted", message(1, text=body["text"]), to=sid)
        return {"ok": True, "result": {"id": "c1-1", "seq": 1, "at": 1, "duplicate": False}}

    server.on("connect", connect)
    server.on("send_message", send_message)
    application = web.Application()
    server.attach(application)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await server.shutdown()
    await runner.cleanup()


async def test_it_signs_in_commands_and_listens() -> None:
    auth = {"as": "user", "token": "good"}
    async with stock_server(accept_first=True) as url, Client.connect(url, auth=auth) as client:
        posted = await client.command(SendMessage(conversation="c1", key="k", text='„好"\u2028😊'))
        assert posted.seq == 1
        event = await client.wait_for(lambda event: event.type == "message_posted")
        assert client.conversation("c1").events == [event]
        assert client.conversation("c1").view.messages[0].text == '„好"\u2028😊'


async def test_it_understands_a_refusal() -> None:
    auth = {"as": "user", "token": "bad"}
    async with stock_server(accept_first=False) as url:
        with pytest.raises(ChatError) as caught:
            async with Client.connect(url, auth=auth, habits=Habits(deadline_s=5)):
                pass
    assert caught.value.code == "unauthenticated"
