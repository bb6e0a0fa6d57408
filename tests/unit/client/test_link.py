"""A bare socket: for tests that misbehave, and the ground under the client."""

import aiohttp
import pytest

from chatserver.client import ChatError, Link, LinkLost, WireError
from chatserver.client.link import socket_url
from tests.unit.client.scripted_server import ACCEPT, OPEN, Visit, serving


@pytest.mark.parametrize(
    ("base", "socket"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/socket.io/?EIO=4&transport=websocket"),
        ("https://chat.example/", "wss://chat.example/socket.io/?EIO=4&transport=websocket"),
        ("https://chat.example/support", "wss://chat.example/support/socket.io/?EIO=4&transport=websocket"),
        ("ws://h:1", "ws://h:1/socket.io/?EIO=4&transport=websocket"),
    ],
)
def test_the_socket_lives_beside_the_pages(base: str, socket: str) -> None:
    assert socket_url(base) == socket


@pytest.mark.parametrize("base", ["", "127.0.0.1:8080", "ftp://h", "http://"])
def test_what_is_no_address_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="address"):
        socket_url(base)


async def test_frames_go_out_as_they_are_and_the_close_is_seen() -> None:
    async def script(visit: Visit) -> None:
        await visit.say(OPEN)
        assert await visit.hear() == "40[garbage"
        await visit.hang_up()

    async with serving(script) as url, aiohttp.ClientSession() as http:
        link = await Link.open(http, url)
        assert link.opened.ping_interval_ms == 15_000
        await link.send("40[garbage")
        assert await link.closed() == 1000
        with pytest.raises(LinkLost):
            await link.send("3")
        with pytest.raises(LinkLost):
            await link.send_bytes(b"3")
        await link.close()


async def test_signing_in_answers_pings_and_ends_accepted() -> None:
    async def script(visit: Visit) -> None:
        await visit.say(OPEN)
        await visit.hear()
        await visit.say("2")
        assert await visit.hear() == "3"
        await visit.say(ACCEPT)
        await visit.stay()

    async with serving(script) as url, aiohttp.ClientSession() as http:
        link = await Link.open(http, url)
        await link.sign_in({"as": "user"})
        assert link.accepted is not None
        await link.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [('44{"message":"m","data":{"code":"forbidden"}}', ChatError), ("41", LinkLost), ('42["a",{}]', WireError)],
)
async def test_everything_but_acceptance_is_an_error(answer: str, error: type[Exception]) -> None:
    async def script(visit: Visit) -> None:
        await visit.say(OPEN)
        await visit.hear()
        await visit.say(answer)
        await visit.stay()

    async with serving(script) as url, aiohttp.ClientSession() as http:
        link = await Link.open(http, url)
        with pytest.raises(error):
            await link.sign_in({"as": "user"})
        await link.close()


async def test_a_transport_that_does_not_begin_with_its_handshake_is_refused() -> None:
    async def script(visit: Visit) -> None:
        await visit.say("2")
        await visit.stay()

    async with serving(script) as url, aiohttp.ClientSession() as http:
        with pytest.raises(WireError):
            await Link.open(http, url)


async def test_an_address_without_a_server_is_a_lost_link() -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(LinkLost):
            await Link.open(http, "http://127.0.0.1:1")
