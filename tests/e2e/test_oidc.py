"""Signing in at the company's own provider: a certified OpenID Connect server, and a browser as far as forms go."""

import asyncio
import base64
import contextlib
import hashlib
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
import pytest
import pytest_asyncio

from chatserver.infra.oidc import OidcProvider
from chatserver.trust.agents import disable_agent
from chatserver.trust.oidc import ProviderAway, ProviderRefused
from devtools.web import node_environment
from tests.e2e.conftest import Serve
from tests.faults.processes import free_port
from tests.serving import Served

SCRIPT = Path(__file__).with_name("oidc_provider.mjs")
SECRET = "shared with the provider"


@contextlib.asynccontextmanager
async def provider(redirect_uri: str) -> AsyncIterator[str]:
    """A provider that knows our way back; gives its issuer."""
    port, environment = free_port(), node_environment()
    node = shutil.which("node", path=environment["PATH"])
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        node, str(SCRIPT), str(port), redirect_uri, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            while b"ready" not in await process.stdout.readline():
                pass
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@pytest_asyncio.fixture
async def house(serve: Serve) -> AsyncIterator[tuple[Served, str]]:
    """The product with a provider, both on ports of their own."""
    port = free_port()
    ours = f"http://127.0.0.1:{port}"
    async with provider(f"{ours}/api/v1/sign-in/oidc/back") as issuer:
        given = {
            "port": port,
            "public_url": ours,
            "oidc_issuer": issuer,
            "oidc_client_id": "chatserver",
            "oidc_client_secret": SECRET,
        }
        yield await serve(**given), issuer


def digest(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


async def through_the_provider(served: Served, login: str, verifier: str) -> str:
    """Go to the provider, sign in and agree there, come back; gives the page that leads on to the console."""
    begun = await served.post("/api/v1/sign-in/oidc", {"verifier_digest": digest(verifier)})
    assert begun.status == 200, begun.body
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address, not a name
    async with aiohttp.ClientSession(cookie_jar=jar) as browser:
        url = begun.body["url"]
        for form in ({"prompt": "login", "login": login, "password": "whatever"}, {"prompt": "consent"}):
            async with browser.get(url) as page:
                text = await page.text()
                found = re.search(r'<form[^>]*action="([^"]+)"', text)
                assert found is not None, text[:500]
                url = urljoin(str(page.url), found[1])
            async with browser.post(url, data=form, allow_redirects=False) as answer:
                url = urljoin(url, answer.headers["Location"])
        async with browser.get(url) as page:
            assert page.status == 200
            return await page.text()


def ticket_in(page: str) -> str:
    found = re.search(r"/console#sign-in=([\w-]*)", page)
    assert found is not None
    return found[1]


async def finish(served: Served, ticket: str, verifier: str) -> Any:
    return await served.post("/api/v1/sign-in/oidc/finish", {"ticket": ticket, "verifier": verifier})


async def test_who_the_provider_vouches_for_is_signed_in_once(house: tuple[Served, str]) -> None:
    served, _ = house
    await served.account("ann", role="supervisor")
    ways = await served.get("/api/v1/sign-in")
    assert ways.body == {"password": True, "passkey": True, "provider": "SSO"}
    verifier = secrets.token_urlsafe(32)
    ticket = ticket_in(await through_the_provider(served, "ann@x.io", verifier))
    signed_in = await finish(served, ticket, verifier)
    assert (signed_in.status, signed_in.body["agent"]["role"]) == (200, "supervisor")
    headers = {"Authorization": f"Bearer {signed_in.body['access_token']}"}
    me = await served.request("GET", "/api/v1/me", headers=headers)
    assert me.body["email"] == "ann@x.io"
    assert (await finish(served, ticket, verifier)).status == 401


async def test_a_ticket_is_nothing_without_the_page_that_began(house: tuple[Served, str]) -> None:
    served, _ = house
    await served.account("ann")
    ticket = ticket_in(await through_the_provider(served, "ann@x.io", secrets.token_urlsafe(32)))
    assert (await finish(served, ticket, "a verifier that somebody made up")).status == 401


@pytest.mark.parametrize("login", ["nobody@x.io", "unverified+ann@x.io", "gone@x.io"])
async def test_nobody_comes_in_who_has_no_enabled_account_of_a_verified_address(
    house: tuple[Served, str], login: str
) -> None:
    served, _ = house
    await served.account("ann")
    await served.account("gone")
    await served.app.database.write(lambda conn: disable_agent(conn, "gone@x.io", served.clock.now()))
    assert ticket_in(await through_the_provider(served, login, secrets.token_urlsafe(32))) == ""


async def test_an_unknown_way_back_leads_nowhere(house: tuple[Served, str]) -> None:
    served, _ = house
    answer = await served.get("/api/v1/sign-in/oidc/back", state="made up", code="made up")
    assert (answer.status, ticket_in(answer.body)) == (200, "")


async def test_without_a_provider_there_is_none(served: Served) -> None:
    answer = await served.post("/api/v1/sign-in/oidc", {"verifier_digest": digest("x")})
    assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")


async def test_a_provider_that_is_away_or_somebody_else_is_told_from_one_that_refuses(
    house: tuple[Served, str],
) -> None:
    _, issuer = house
    back = "http://127.0.0.1/back"
    with pytest.raises(ProviderAway):
        await OidcProvider(f"http://127.0.0.1:{free_port()}", "chatserver", SECRET, back).address("s", "n", "c")
    with pytest.raises(ProviderAway):
        await OidcProvider(f"{issuer}/elsewhere", "chatserver", SECRET, back).address("s", "n", "c")
    with pytest.raises(ProviderRefused):
        await OidcProvider(issuer, "chatserver", SECRET, back).claims("made up", "nonce", "verifier")
