"""Frames no proper client sends: their socket ends within a second, signed in or not, and nobody else notices."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from chatserver.infra.sockets.front import GOODBYE_S, LAST_FRAMES
from chatserver.infra.sockets.house import MAX_FRAME_BYTES
from tests.unit.infra.sockets.lab import Lab
from tests.unit.infra.sockets.raw_client import RawClient
from tests.unit.infra.sockets.test_wire import HOSTILE

Attack = Callable[[RawClient], None]


def text(frame: str) -> Attack:
    return lambda client: client.send(frame)


ATTACKS: dict[str, Attack] = {
    **{f"text {frame[:30]}": text(frame) for frame in HOSTILE if len(frame) < MAX_FRAME_BYTES},
    "text without ack id": text('42["echo",{}]'),
    "one byte too much": text('421["echo","' + "x" * (MAX_FRAME_BYTES - 13) + '"]'),
    "far too much": text("4" + "[" * 200_000),
    "binary": lambda client: client.send_frame(0x2, b"\x04"),
    "reserved bit": lambda client: client.send_frame(0x1, b"3", first_bits=0xC0),
    "all reserved bits": lambda client: client.send_frame(0x1, b"3", first_bits=0xF0),
    "unknown opcode": lambda client: client.send_frame(0x5, b"3"),
    "continuation of nothing": lambda client: client.send_frame(0x0, b"3"),
    "close code 9999": lambda client: client.send_frame(0x8, (9999).to_bytes(2, "big")),
    "close code 1": lambda client: client.send_frame(0x8, (1).to_bytes(2, "big")),
    "close of one byte": lambda client: client.send_frame(0x8, b"x"),
    "fragmented ping": lambda client: client.send_frame(0x9, b"", first_bits=0),
    "ping of 126 bytes": lambda client: client.send_frame(0x9, b"x" * 126),
    "text that is not UTF-8": lambda client: client.send_frame(0x1, b'421["echo","\xff\xfe"]'),
    "surrogate in UTF-8": lambda client: client.send_frame(0x1, b'421["echo","\xed\xa0\x80"]'),
    "a length of 63 bits": lambda client: client.writer.write(b"\x81\xff\x7f" + b"\xff" * 7 + b"mask"),
    "not WebSocket at all": lambda client: client.writer.write(b"GET / HTTP/1.1\r\n\r\n"),
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_hostile_frame_ends_its_own_socket_only(lab: Lab, name: str) -> None:
    async with await lab.client() as honest, await lab.client() as stranger, await lab.client() as member:
        await honest.enter(sub="honest")
        await member.enter(sub="member")
        await stranger.next()
        with capture_logs() as logs:
            ATTACKS[name](stranger)
            ATTACKS[name](member)
            await asyncio.gather(stranger.rest(goodbye=True), member.rest(goodbye=True), lab.door.gone(within_s=1.0))
        assert [connection.session and connection.session.subject for connection in lab.door.left] == ["member"]
        assert len(logs) <= 2
        assert lab.door.commands == []
        assert (await honest.call("echo", {"still": "here"}))["result"] == {"still": "here"}
    assert lab.connections.of("user:member") == ()


async def test_a_second_connect_ends_the_socket(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        client.send('40{"sub":"somebody_else"}')
        await client.rest()
        assert await lab.door.gone() == ["bad_frame"]
        assert len(lab.door.peers) == 1


async def test_a_command_before_connect_ends_the_socket(lab: Lab) -> None:
    async with await lab.client() as client:
        client.send('421["echo",{}]')
        assert [packet[0] for packet in await client.rest()] == ["0"]
        assert lab.door.commands == []


async def test_a_frame_of_exactly_the_limit_is_served(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        text = "x" * (MAX_FRAME_BYTES - len('421["echo",""]'))
        client.send(f'421["echo","{text}"]')
        assert (await client.reply(1))["result"] == text


async def test_a_message_in_many_tiny_fragments_is_served(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        message = b'421["echo","' + b"x" * 3_000 + b'"]'
        client.send_frame(0x1, message[:1], first_bits=0)
        for byte in message[1:-1]:
            client.send_frame(0x0, bytes((byte,)), first_bits=0)
        client.send_frame(0x0, message[-1:])
        assert (await client.reply(1))["result"] == "x" * 3_000


async def test_what_comes_after_a_hostile_frame_is_not_run(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        for frame in ('421["echo",{}]', "x", '422["echo",{}]'):
            client.send(frame)
        packets = await client.rest()
        assert [packet for packet in packets if packet.startswith("43")] == ['431[{"ok":true,"result":{}}]']
        assert lab.door.commands == ["echo"]


async def test_who_talks_on_instead_of_saying_goodbye_is_cut_off(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        for _ in range(2 + LAST_FRAMES):
            client.send("x")
        await client.rest(within_s=GOODBYE_S / 2)


async def test_wrong_arguments_are_answered_and_the_socket_lives(lab: Lab) -> None:
    async with await lab.client() as client:
        await client.enter()
        for frame in ('421["echo"]', '421["echo",1,2,3]', '421["",{}]', '421["unknown",{}]', '421["\\ud800",{}]'):
            client.send(frame)
            reply = await client.reply(1)
            assert (reply["ok"], reply["error"]["code"]) == (False, "invalid")
        assert (await client.call("echo", 7))["result"] == 7
