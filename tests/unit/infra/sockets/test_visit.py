"""One socket's life: let in or refused, served in order, held to its pace, and let go once."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatserver.infra.sockets.house import LET_IN_AT_ONCE, Limits
from tests.unit.infra.sockets.lab import NOW, Lab, served, turn_of_the_loop
from tests.unit.infra.sockets.raw_client import RawClient

SECRET = "canary-4111111111111111"


async def connect_error(client: RawClient, auth: Any) -> dict[str, Any]:
    """What CONNECT is refused with; the transport has to close in time."""
    client.send("40" + json.dumps(auth))
    packets = await client.rest(goodbye=True)
    assert packets[-1].startswith("44")
    return dict(json.loads(packets[-1][2:]))


async def test_the_welcome_comes_first_and_nothing_is_lost_before_it(lab: Lab) -> None:
    async with await lab.client() as client:
        opening = await client.next()
        assert json.loads(opening[1:])["upgrades"] == []
        client.send("40{}")
        packets = [await client.next() for _ in range(4)]
        sid = json.loads(packets[0].removeprefix("40"))["sid"]
        assert packets[1:] == ['42["welcome",{"subject": "ann"}]', '42["before_welcome",{}]', '42["after_welcome",{}]']
        assert [connection.id for connection in lab.connections.of("user:ann")] == [sid]


@pytest.mark.parametrize(
    "code", ["unauthenticated", "forbidden", "invalid", "upgrade_required", "rate_limited", "retry"]
)
async def test_a_refused_connect_tells_its_code_and_closes(lab: Lab, code: str) -> None:
    async with await lab.client() as client:
        error = await connect_error(client, {"refuse": code})
        assert error == {"message": "refused by the lab", "data": {"code": code}}
    assert lab.door.left == []
    assert len(lab.connections) == 0


@pytest.mark.parametrize("auth", [None, [1], "x", True])
async def test_auth_of_the_wrong_shape_reaches_the_door(lab: Lab, auth: Any) -> None:
    async with await lab.client() as client:
        assert (await connect_error(client, auth))["data"] == {"code": "invalid"}


async def test_a_refusal_of_any_other_code_is_one_to_retry(lab: Lab) -> None:
    async with await lab.client() as client:
        assert (await connect_error(client, {"sub": "without_storage"}))["data"] == {"code": "retry"}
    assert await lab.door.gone() == ["refused"]  # it had been let in
    assert len(lab.connections) == 0


async def test_a_defect_at_the_door_is_told_without_its_text(lab: Lab) -> None:
    async with await lab.client() as client:
        with capture_logs() as logs:
            error = await connect_error(client, {"defect": SECRET})
    assert error["data"] == {"code": "retry"}
    (line,) = logs
    assert (line["where"], line["error"]) == ("connect", "RuntimeError")
    assert line["reference"] in error["message"]
    assert SECRET not in str(logs) + str(error)


async def test_a_door_that_says_nothing_of_who_it_is_lets_nobody_in(lab: Lab) -> None:
    async with await lab.client() as client:
        assert (await connect_error(client, {"forget": True}))["data"] == {"code": "retry"}
    assert len(lab.connections) == 0


async def test_a_door_that_takes_too_long_refuses() -> None:
    async with served(Limits(let_in_within_s=0.05)) as lab, await lab.client() as client:
        assert (await connect_error(client, {"linger": True}))["data"] == {"code": "retry"}
        assert lab.door.left == []


async def test_a_few_are_let_in_at_a_time_and_who_has_no_turn_in_time_comes_again() -> None:
    async with served(Limits(turn_within_s=0.2)) as lab, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(await lab.client()) for _ in range(LET_IN_AT_ONCE + 1)]
        for client in clients:
            assert (await client.next())[0] == "0"
            client.send('40{"linger":true}')
        answers = [asyncio.create_task(client.next()) for client in clients]
        (refused,), others = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
        assert json.loads(refused.result().removeprefix("44"))["data"] == {"code": "retry"}
        assert len(lab.door.peers) == LET_IN_AT_ONCE
        lab.door.gate.set()
        assert all([(await answer).startswith('40{"sid":') for answer in others])


async def test_who_does_not_connect_in_time_is_closed() -> None:
    async with served(Limits(speak_within_s=0.05)) as lab, await lab.client() as client:
        assert len(await client.rest()) == 1
        assert lab.house.closed_for == {"no_connect": 1}


async def test_commands_run_one_at_a_time_and_are_answered_in_order(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter(**{"as": "agent"})
        for ack in range(80):
            client.send(f'42{ack}["{"defect" if ack % 7 == 3 else "echo"}",{ack}]')
        for ack in range(80):
            reply = await client.reply(ack)
            assert reply["ok"] is (ack % 7 != 3)
            assert reply.get("result") == (ack if reply["ok"] else None)
    assert lab.door.most_running == 1


async def test_a_refused_command_tells_code_message_and_field(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        assert await client.call("unknown", {}) == {
            "ok": False,
            "error": {"code": "invalid", "message": "no command 'unknown'", "field": "name"},
        }


async def test_a_defect_in_a_command_is_answered_and_logged_without_bodies(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        with capture_logs() as logs:
            reply = await client.call("defect", {"text": SECRET})
        (line,) = logs
        assert reply["error"]["code"] == "retry"
        assert line["reference"] in reply["error"]["message"]
        assert (line["log_level"], line["where"], line["error"]) == ("error", "defect", "RuntimeError")
        assert "lab.py:" in line["at"]
        assert SECRET not in str(logs) + str(reply)
        assert (await client.call("echo", 1))["ok"]


async def test_a_fast_client_is_told_to_wait_and_a_flood_is_closed(lab: Lab) -> None:
    async with await lab.client() as client, await lab.client() as other:
        await client.enter(sub="fast")
        await other.enter(sub="other")
        for ack in range(500):
            client.send(f'42{ack}["echo",{{}}]')
        packets = await client.rest(goodbye=True)
        replies = [json.loads(packet[packet.index("[") :])[0] for packet in packets if packet.startswith("43")]
        refusals = [reply["error"] for reply in replies if not reply["ok"]]
        assert 20 <= len(replies) - len(refusals) <= 25
        assert 40 <= len(refusals) <= 50
        assert {error["code"] for error in refusals} == {"rate_limited"}
        assert all(0 < error["retry_after_ms"] <= 100 for error in refusals)
        assert packets[-1] == "41"
        assert await lab.door.gone() == ["flood"]
        assert (await other.call("echo", 1))["ok"]


async def test_a_factor_of_zero_lifts_the_limit() -> None:
    async with served(Limits(rate_factor=0)) as lab, await lab.client() as client:
        await client.enter()
        for ack in range(500):
            client.send(f'42{ack}["echo",{{}}]')
        for ack in range(500):
            assert (await client.reply(ack))["ok"]


@pytest.mark.parametrize("opcode", [0x1, 0x9, 0xA])
async def test_a_flood_of_pongs_or_websocket_pings_is_closed(lab: Lab, opcode: int) -> None:
    async with await lab.client() as client:
        await client.enter()
        for _ in range(100):
            client.send_frame(opcode, b"3")
        await client.rest(goodbye=True)
        assert await lab.door.gone() == ["flood"]


async def test_a_websocket_ping_is_answered(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        await client.event("after_welcome")
        client.send_frame(0x9, b"there?")
        assert await client.frame() == (0xA, b"there?")


QUICK = Limits(ping_interval_s=0.05, ping_timeout_s=0.05)


async def test_a_silent_link_is_cut_and_the_door_told() -> None:
    async with served(QUICK) as lab, await lab.client() as client:
        await client.enter()
        assert "2" in await client.rest()
        assert await lab.door.gone() == ["silent"]


async def test_a_client_that_answers_pings_stays() -> None:
    async with served(QUICK) as lab, await lab.client() as client:
        await client.enter()
        pings = 0
        while pings < 5:
            opcode, payload = await client.frame()
            if (opcode, payload) == (0x1, b"2"):
                client.send("3")
                pings += 1
        assert (await client.call("echo", 1))["ok"]


async def test_a_slow_command_is_no_silence_of_the_client() -> None:
    async with served(QUICK) as lab, await lab.client() as client:
        await client.enter()
        client.send('421["wait",{}]')
        for _ in range(5):  # pings, none of them answered
            while await client.frame() != (0x1, b"2"):
                pass
        lab.door.gate.set()
        assert (await client.reply(1))["ok"]


async def test_a_token_near_its_end_is_announced_and_its_end_enforced(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter(expires_at=NOW + 42_000)
        assert await client.event("auth_expiring") == {"in_ms": 42_000}
        lab.clock.time = NOW + 72_000
        # The timer was set for then by the old reading of the clock; a renewal makes it look again.
        await client.call("renew", {"expires_at": NOW + 41_999})
        assert (await client.rest(goodbye=True))[-1] == "41"
        assert await lab.door.gone() == ["expired"]


async def test_a_renewed_token_keeps_the_socket_and_is_announced_anew(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter(expires_at=NOW + 1_000)
        assert await client.event("auth_expiring") == {"in_ms": 1_000}
        lab.clock.time = NOW + 50_000
        assert (await client.call("renew", {"expires_at": NOW + 100_000}))["ok"]
        assert await client.event("auth_expiring") == {"in_ms": 50_000}
        assert (await client.call("echo", 1, ack=2))["ok"]


async def test_a_command_may_close_its_socket_after_the_answer(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        client.send('421["steal",{}]')
        client.send('422["echo",{}]')
        packets = await client.rest(goodbye=True)
        assert packets[-1] == "41"
        assert '"forbidden"' in packets[-2]
        assert lab.door.commands == ["steal"]


@pytest.mark.parametrize("packet", ["41", "1"])
async def test_a_client_that_says_goodbye_is_gone_at_once(lab: Lab, packet: str) -> None:
    async with await lab.client() as client:
        await client.enter()
        client.send(packet)
        assert await lab.door.gone(within_s=0.5) == ["left"]
        await client.rest(goodbye=True)


async def test_a_closing_frame_is_answered_with_one(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        await client.event("after_welcome")
        client.send_frame(0x8, (1000).to_bytes(2, "big"))
        assert await client.frame() == (0x8, (1000).to_bytes(2, "big"))
        assert await client.rest() == []
        assert await lab.door.gone() == ["gone"]


async def test_the_door_hears_of_the_end_once_whatever_it_does_with_it(lab: Lab) -> None:
    with capture_logs() as logs:
        async with await lab.client() as client:
            await client.enter(sub="unlucky")
            client.send('421["echo",{}]')
            client.send("x")
            await client.rest(goodbye=True)
        await lab.front.drain()
    assert await lab.door.gone() == ["bad_frame"]
    assert [line["where"] for line in logs if line["event"] == "failed"] == ["connected", "disconnected"]
    assert lab.door.commands == ["echo"]


async def test_a_client_that_vanishes_on_its_way_in_is_let_go(lab: Lab) -> None:
    client = await lab.client()
    client.send('40{"linger":true}')
    await lab.door.waiting.wait()
    await client.leave()
    lab.door.gate.set()
    assert await lab.door.gone() == ["gone"]
    assert len(lab.connections) == 0


async def test_a_drain_lets_in_who_is_at_the_door_and_sends_them_away(lab: Lab) -> None:
    async with await lab.client() as client:
        client.send('40{"linger":true}')
        await lab.door.waiting.wait()
        draining = asyncio.create_task(lab.front.drain())
        await turn_of_the_loop()
        lab.door.gate.set()
        packets = await client.rest(goodbye=True)
        await draining
        assert any(packet.startswith('42["reconnect_soon"') for packet in packets)
        assert await lab.door.gone() == ["drain"]
