"""Credentials that are given from outside."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from chatserver.client import ChatError
from chatserver.loadtest.options import AgentLogin
from chatserver.loadtest.people import PeopleError, SignedIn, anonymous, read_logins, with_token


class SignInDesk:
    """Gives out tokens that are numbered, and live as long as a test says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.expires_in = 900
        self.refuses = False

    async def answer(self, request: web.Request) -> web.Response:
        """A sign-in or refresh."""
        self.asked.append((request.path, await request.json()))
        if self.refuses:
            return web.json_response({"error": {"code": "unauthenticated", "message": "No."}}, status=401)
        number = len(self.asked)
        tokens = {"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": self.expires_in}
        return web.json_response({**tokens, "agent": {}})


@pytest.fixture
def desk() -> SignInDesk:
    return SignInDesk()


@pytest.fixture
async def agent(desk: SignInDesk) -> AsyncIterator[SignedIn]:
    application = web.Application()
    application.router.add_post("/api/v1/{action}", desk.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        yield SignedIn(url, AgentLogin("bo@x.io", "secret"), http)
    await runner.cleanup()


async def test_an_agent_signs_in_once_and_keeps_the_token(agent: SignedIn, desk: SignInDesk) -> None:
    assert await agent() == {"as": "agent", "token": "a1"}
    assert await agent() == {"as": "agent", "token": "a1"}
    assert desk.asked == [("/api/v1/sign-in", {"email": "bo@x.io", "password": "secret"})]


async def test_a_token_near_its_end_is_refreshed_with_the_latest_refresh_token(
    agent: SignedIn, desk: SignInDesk
) -> None:
    desk.expires_in = 60
    for number in (1, 2, 3):
        assert (await agent())["token"] == f"a{number}"
    assert desk.asked[1:] == [
        ("/api/v1/refresh", {"refresh_token": "r1"}),
        ("/api/v1/refresh", {"refresh_token": "r2"}),
    ]


async def test_a_refused_sign_in_tells_its_code(agent: SignedIn, desk: SignInDesk) -> None:
    desk.refuses = True
    with pytest.raises(ChatError) as caught:
        await agent()
    assert caught.value.code == "unauthenticated"


def test_the_file_of_agent_import_is_a_file_of_logins(tmp_path: Path) -> None:
    file = tmp_path / "agents.jsonl"
    file.write_text('{"email":"a@x.io","name":"A","tier":1,"password":"p"}\n\n', encoding="utf-8")
    assert read_logins(file) == [AgentLogin("a@x.io", "p")]


def test_a_line_without_a_password_is_refused_by_its_number(tmp_path: Path) -> None:
    file = tmp_path / "agents.jsonl"
    file.write_text('{"email":"a@x.io","password":"p"}\n{"email":"b@x.io"}\n', encoding="utf-8")
    with pytest.raises(PeopleError, match="line 2"):
        read_logins(file)


def test_a_token_or_nothing_is_a_credential_too() -> None:
    assert with_token("t")() == {"as": "agent", "token": "t"}
    assert anonymous("1", "Ada", "en")() == {"as": "user", "locale": "en"}
