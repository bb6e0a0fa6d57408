"""The few HTTP requests of a client, and what their failures become."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from chatserver.client import ChatError, Rest


async def _transcript(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") != "Bearer t":
        error = {"code": "not_found", "message": "No.", "field": "id"}
        return web.json_response({"error": error}, status=404)
    return web.json_response({"conversation": {}, "events": [dict(request.query)]})


async def _broken(_request: web.Request) -> web.Response:
    return web.Response(status=502, text="<h1>Bad gateway</h1>")


@pytest.fixture
async def address() -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_get("/api/v1/conversations/c1/transcript", _transcript)
    application.router.add_post("/api/v1/refresh", _broken)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_transcript_is_the_list_of_its_events(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        events = await Rest(http, address + "/", "Bearer t").transcript("c1", "internal")
    assert events == [{"format": "json", "thread": "internal"}]


async def test_a_refusal_keeps_its_code_and_field(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ChatError) as caught:
            await Rest(http, address).transcript("c1")
    assert (caught.value.code, caught.value.field) == ("not_found", "id")


async def test_an_answer_that_is_not_ours_is_a_connection_error(address: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(ConnectionError, match="502"):
            await Rest(http, address).refresh("r")
