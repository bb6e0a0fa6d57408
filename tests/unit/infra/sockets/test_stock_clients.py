"""The stock Python client, with no code of ours, connects, talks, and understands refusals and goodbyes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio

from chatserver.infra.sockets.house import Limits
from tests.unit.infra.sockets.lab import Lab, served
from tests.unit.infra.sockets.raw_client import SOON_S


@asynccontextmanager
async def stock_client(lab: Lab, auth: dict[str, Any], **options: Any) -> AsyncIterator[socketio.AsyncClient]:
    client = socketio.AsyncClient(**options)
    client.heard = asyncio.Queue()
    for name in ("welcome", "disconnect"):
        client.on(name, lambda *arguments, name=name: client.heard.put_nowait((name, *arguments)))
    try:
        address = f"http://127.0.0.1:{lab.port}"
        await client.connect(address, auth=auth, transports=["websocket"], wait_timeout=SOON_S, retry=False)
        yield client
    finally:
        await client.shutdown()


async def heard(client: socketio.AsyncClient, name: str) -> tuple[Any, ...]:
    """The arguments of the next event of this name."""
    async with asyncio.timeout(SOON_S):
        while (event := await client.heard.get())[0] != name:
            pass
    return tuple(event[1:])


async def test_it_connects_talks_and_leaves(lab: Lab) -> None:
    async with stock_client(lab, {"as": "user", "sub": "ann"}) as client:
        assert await heard(client, "welcome") == ({"subject": "ann"},)
        body = {"text": "héllo 你好 😀", "n": 1.5}
        assert await client.call("echo", body, timeout=SOON_S) == {"ok": True, "result": body}
        replies = await asyncio.gather(*(client.call("echo", number, timeout=SOON_S) for number in range(15)))
        assert [reply["result"] for reply in replies] == list(range(15))
    await lab.door.gone(within_s=0.5)


async def test_it_reads_a_refusal(lab: Lab) -> None:
    client = socketio.AsyncClient(reconnection=False)
    errors: list[Any] = []
    client.on("connect_error", errors.append)
    address, auth = f"http://127.0.0.1:{lab.port}", {"refuse": "unauthenticated"}
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(address, auth=auth, transports=["websocket"], wait_timeout=SOON_S)
    assert errors == [{"message": "refused by the lab", "data": {"code": "unauthenticated"}}]
    await client.shutdown()


async def test_it_stays_through_pings() -> None:
    limits = Limits(ping_interval_s=0.05, ping_timeout_s=0.2)
    async with served(limits) as lab, stock_client(lab, {"as": "user"}, reconnection=False) as client:
        await heard(client, "welcome")
        async with await lab.client() as metronome:
            for _ in range(10):
                while await metronome.frame() != (0x1, b"2"):
                    pass
                metronome.send("3")
        assert (await client.call("echo", 1, timeout=SOON_S))["ok"]
        assert len(lab.door.peers) == 1


async def test_replaced_by_a_newer_one_it_stays_away(lab: Lab) -> None:
    async with stock_client(lab, {"as": "agent"}, reconnection_delay=0.01) as oldest:
        await heard(oldest, "welcome")
        raw = [await lab.client() for _ in range(3)]
        for client in raw:
            await client.enter(**{"as": "agent"})
        await heard(oldest, "disconnect")
        await asyncio.wait_for(oldest.wait(), SOON_S)
        assert len(lab.door.peers) == 4
        for client in raw:
            await client.leave()


async def test_drained_it_comes_back_by_itself() -> None:
    async with served() as lab, stock_client(lab, {"as": "user"}, reconnection_delay=0.01) as client:
        await heard(client, "welcome")
        (connection,) = lab.connections.of("user:ann")
        connection.close("drain", final=False)
        await heard(client, "disconnect")
        await heard(client, "welcome")
        assert await lab.door.gone() == ["drain"]


async def test_it_cannot_use_long_polling(lab: Lab) -> None:
    client = socketio.AsyncClient(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(f"http://127.0.0.1:{lab.port}", auth={}, transports=["polling"])
    await client.shutdown()
