"""Who may open a socket, how many, and how everybody is sent away."""

import asyncio
import socket
import struct
import time

import pytest
from aiohttp.test_utils import make_mocked_request

from chatserver.infra.sockets.crowd import Caps
from chatserver.infra.sockets.front import GOODBYE_S, client_address
from chatserver.infra.sockets.house import Limits
from tests.unit.infra.sockets.lab import ORIGIN, Lab, served
from tests.unit.infra.sockets.raw_client import UPGRADE, RawClient, Refused


async def refusal(lab: Lab, path: str = UPGRADE, *, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and code of an upgrade that must not succeed."""
    with pytest.raises(Refused) as caught:
        await RawClient.open(lab.port, path, method, **headers)
    return caught.value.status, caught.value.body["error"]["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/socket.io/",
        "/socket.io/?EIO=4",
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=4&transport=polling&j=0",
        "/socket.io/?EIO=3&transport=websocket",
        "/socket.io/?transport=websocket",
        "/socket.io/?EIO=4&transport=websocket&sid=k_1",
    ],
)
async def test_anything_but_a_fresh_websocket_is_refused(lab: Lab, path: str) -> None:
    assert await refusal(lab, path) == (400, "invalid")
    assert await refusal(lab, path, method="POST", Content_Length="0") == (400, "invalid")


@pytest.mark.parametrize(
    "headers",
    [
        {"Upgrade": ""},
        {"Upgrade": "h2c"},
        {"Connection": "close"},
        {"Sec_WebSocket_Version": "12"},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": ""},
    ],
)
async def test_a_broken_handshake_is_refused(lab: Lab, headers: dict[str, str]) -> None:
    assert await refusal(lab, **headers) == (400, "invalid")


async def test_a_client_who_leaves_during_the_handshake_is_no_defect(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    handshake = (
        f"GET {UPGRADE} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    for _ in range(5):
        hasty = socket.create_connection(("127.0.0.1", lab.port))
        hasty.sendall(handshake.encode())
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
        hasty.close()
    async with await lab.client() as client:
        await client.enter()
    assert caplog.records == []


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        f"{ORIGIN}:444",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}.",
        ORIGIN.upper(),
        ORIGIN.replace("https", "http"),
        "https://sub.wallet.example",
    ],
)
async def test_a_page_of_another_origin_may_not_connect(lab: Lab, origin: str) -> None:
    assert await refusal(lab, Origin=origin) == (403, "forbidden")


@pytest.mark.parametrize("headers", [{}, {"Origin": ORIGIN}])
async def test_no_origin_or_a_listed_one_may_connect(lab: Lab, headers: dict[str, str]) -> None:
    async with await lab.client(**headers) as client:
        await client.enter()
    (peer,) = lab.door.peers
    assert (peer.address, peer.origin) == ("127.0.0.1", headers.get("Origin"))


@pytest.mark.parametrize(
    ("trusted_hops", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
        (3, "1.2.3.4, 10.0.0.2", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_only_what_trusted_proxies_appended_is_believed(trusted_hops: int, forwarded: str, address: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote="10.0.0.1")
    assert client_address(request, trusted_hops) == address


async def test_a_stranger_too_many_pushes_out_the_oldest_and_members_stay() -> None:
    async with served(Limits(caps=Caps(strangers_per_address=2))) as lab, await lab.client() as member:
        await member.enter()
        async with await lab.client() as first, await lab.client() as second, await lab.client() as third:
            await first.rest()
            await third.enter(sub="bob")
            assert (await second.next())[0] == "0"
        assert (await member.call("echo", 1))["ok"]


async def test_an_address_with_too_many_sockets_is_told_to_wait() -> None:
    caps = Caps(per_address=1)
    async with served(Limits(caps=caps)) as lab, await lab.client() as first, await lab.client() as second:
        await first.enter()
        second.send("40{}")
        assert '"rate_limited"' in (await second.rest())[-1]


async def test_a_full_process_asks_to_come_back() -> None:
    caps = Caps(sockets=1)
    async with served(Limits(caps=caps)) as lab, await lab.client() as first, await lab.client() as second:
        await first.enter()
        second.send("40{}")
        assert '"retry"' in (await second.rest())[-1]


async def test_one_socket_too_many_closes_the_oldest_of_the_same_user(lab: Lab) -> None:
    clients = [await lab.client() for _ in range(6)]
    for client in clients:
        await client.enter(sub="ann")
    assert (await clients[0].rest())[-1] == "41"
    assert await lab.door.gone() == ["replaced"]
    for client in clients[1:]:
        assert (await client.call("echo", 1))["ok"]
        await client.leave()
    assert await lab.door.gone(6) == ["replaced"] + ["gone"] * 5
    await clients[0].leave()


async def test_a_client_that_does_not_read_is_dropped_and_others_are_not_held_up(lab: Lab) -> None:
    async with await lab.client() as slow, await lab.client() as other:
        await slow.enter(sub="slow")
        await other.enter(sub="other")
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        slow.send('421["pour",{"packets":20000,"bytes":4000}]')
        assert (await other.call("echo", 1))["ok"]
        assert await lab.door.gone() == ["slow"]


async def test_a_client_that_reads_gets_everything_in_order(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        client.send('421["pour",{"packets":3000,"bytes":2000}]')
        for _ in range(3_000):
            await client.event("poured")
        assert (await client.reply(1))["ok"]


async def test_draining_sends_everybody_away_though_they_ignore_it(lab: Lab) -> None:
    clients = [await lab.client() for _ in range(20)]
    for number, client in enumerate(clients):
        await client.enter(sub=f"u{number}")
    stranger = await lab.client()
    clients[0].send('421["wait",{}]')
    await lab.door.waiting.wait()
    began = time.monotonic()
    draining = asyncio.create_task(lab.front.drain(in_ms_max=8_000))
    waits = [(await client.event("reconnect_soon"))["in_ms"] for client in clients]
    async with await lab.client() as late:
        late.send("40{}")
        assert '"retry"' in (await late.rest())[-1]
    lab.door.gate.set()
    assert (await clients[0].reply(1))["ok"]
    await draining
    assert time.monotonic() - began < 2 * GOODBYE_S + 1
    assert len(set(waits)) > 1
    assert all(0 <= wait <= 8_000 for wait in waits)
    assert await lab.door.gone(20) == ["drain"] * 20
    assert await refusal(lab) == (503, "retry")
    for client in [*clients, stranger]:
        assert "41" not in await client.rest()  # they shall come back
        await client.leave()


async def test_a_command_without_end_does_not_hold_up_a_drain(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        client.send('421["wait",{}]')
        await lab.door.waiting.wait()
        await lab.front.drain(finish_s=0.05)
        assert await lab.door.gone() == ["drain"]


async def test_a_drain_without_sockets_is_quick(lab: Lab) -> None:
    async with asyncio.timeout(0.5):
        await lab.front.drain()


async def test_nothing_is_kept_of_sockets_that_ended(lab: Lab) -> None:
    for number in range(10):
        async with await lab.client() as client:
            if number % 2:
                await client.enter(sub=f"u{number}")
    await lab.door.gone(5)
    await lab.front.drain()
    assert len(lab.house.crowd) == 0
    assert len(lab.connections) == 0
    assert lab.house.closed_for.total() == 10
