"""Clients that no stock library is: they are shown the door, and nobody else notices."""

import asyncio
import json

from tests.e2e.conftest import Serve
from tests.serving import Served
from tests.unit.infra.sockets.raw_client import RawClient

ROUGH = (
    '42["send_message",{"conversation":"c","key":"k","text":"no ack id"}]',
    '421["connect",{}]',
    '421["disconnect"]',
    '40/admin,{"as":"user"}',
    '42/evil,1["sync",{}]',
    '451-["send_message",{"_placeholder":true,"num":0}]',
    "42[",
    '421["sync",NaN]',
    '421["sync",{"after":1e999}]',
    '421["sync",' + "[" * 2_000,
    '421["start_conversation",{"key":"k","text":"' + "x" * 70_000 + '"}]',
    '43999["x"]',
    "4",
    "2probe",
    "",
)
"""Frames after which a socket has no future."""


def port_of(served: Served) -> int:
    return int(served.address.rpartition(":")[2])


async def test_a_rough_frame_closes_its_own_socket_within_a_second_and_no_other(served: Served) -> None:
    user, zhou = await served.user("lin"), await served.available("zhou")
    conversation = await served.chat(user, zhou)
    for frame in ROUGH:
        async with await RawClient.open(port_of(served)) as client:
            await client.enter(**{"as": "user"})
            client.send(frame)
            await client.rest(within_s=1.0, goodbye=True)
    await user.say(conversation, "still here")
    await zhou.wait_for("message_posted", text="still here")


async def test_whoever_has_not_said_who_they_are_hears_nothing(served: Served) -> None:
    async with await RawClient.open(port_of(served)) as stranger:
        assert (await stranger.next())[0] == "0"
        user, zhou = await served.user("lin"), await served.available("zhou")
        conversation = await served.chat(user, zhou)
        await user.say(conversation, "between us")
        await zhou.wait_for("message_posted", text="between us")
        stranger.send('40{"as":"user"}')
        assert (await stranger.next()).startswith('40{"sid":')
        assert (await stranger.next()).startswith('42["welcome"')


async def test_a_flood_is_answered_then_ended_while_others_talk_on(serve: Serve) -> None:
    served = await serve(rate_factor=1.0)
    other = await served.user("may")
    conversation = (await other.call("start_conversation", key="k"))["conversation"]["id"]
    async with await RawClient.open(port_of(served)) as client:
        await client.enter(**{"as": "user", "token": served.user_token("lin")})
        for number in range(200):
            client.send(f'42{number}["sync",{{"conversation":"c_x","after":0}}]')
        flood = asyncio.create_task(client.rest(within_s=5.0, goodbye=True))
        await other.say(conversation, "undisturbed")
        replies = [json.loads(packet.partition("[")[2][:-1]) for packet in await flood if packet.startswith("43")]
    codes = [reply["error"]["code"] for reply in replies]
    assert codes[:20] == ["not_found"] * 20
    assert "rate_limited" in codes
    assert len(codes) < 200
    assert all(reply["error"]["retry_after_ms"] > 0 for reply in replies if reply["error"]["code"] == "rate_limited")


async def test_commands_of_one_socket_are_answered_in_the_order_they_came(served: Served) -> None:
    async with await RawClient.open(port_of(served)) as client:
        await client.enter(**{"as": "user"})
        for number in range(50):
            command = "start_conversation" if number % 2 else "no_such_command"
            client.send(f'42{number}["{command}",{{"key":"k{number}"}}]')
        acks: list[int] = []
        while len(acks) < 50:
            packet = await client.next()
            if packet.startswith("43"):
                acks.append(int(packet[2:].partition("[")[0]))
        assert acks == list(range(50))
