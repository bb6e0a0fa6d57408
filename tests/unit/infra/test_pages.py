"""Pages go packed to whoever can unpack them, and as they are to everybody else."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from chatserver.infra.pages import Pages
from chatserver.infra.web import new_application

FILES = {
    "widget/index.html": "<!doctype html>" + "word " * 200,
    "widget.js": "say();" * 200,
    "assets/a-1.js": "go();" * 200,
}


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """A browser without a mind of its own, in front of three files."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    app = new_application()
    Pages(tmp_path, "'self'").mount(app, demo=False)
    async with TestClient(TestServer(app), auto_decompress=False) as one:
        yield one


async def asked(client: TestClient[web.Request, web.Application], path: str, accept: str) -> tuple[str | None, bytes]:
    """How the answer is packed, and its bytes."""
    headers = {"Accept-Encoding": accept}
    async with client.get(path, headers=headers) as answer:
        assert answer.status == 200
        assert answer.headers["Vary"] == "Accept-Encoding"
        return answer.headers.get("Content-Encoding"), await answer.read()


@pytest.mark.parametrize(
    ("path", "name"),
    [("/widget", "widget/index.html"), ("/widget.js", "widget.js"), ("/assets/a-1.js", "assets/a-1.js")],
)
async def test_what_is_packed_unpacks_to_the_file(
    client: TestClient[web.Request, web.Application], path: str, name: str
) -> None:
    for _ in range(2):
        packing, body = await asked(client, path, "br, gzip;q=0.8")
        assert packing == "gzip"
        assert len(body) < len(FILES[name]) / 2
        assert gzip.decompress(body).decode() == FILES[name]


@pytest.mark.parametrize("accept", ["identity", "br", "gzip;q=0", "gzip;q=0.000, br", "xgzip"])
async def test_who_cannot_unpack_gets_the_file_as_it_is(
    client: TestClient[web.Request, web.Application], accept: str
) -> None:
    packing, body = await asked(client, "/widget.js", accept)
    assert packing is None
    assert body.decode() == FILES["widget.js"]


async def test_a_page_that_was_built_anew_is_not_served_from_memory(
    client: TestClient[web.Request, web.Application], tmp_path: Path
) -> None:
    await asked(client, "/widget", "gzip")
    (tmp_path / "widget/index.html").write_text("new")
    assert gzip.decompress((await asked(client, "/widget", "gzip"))[1]) == b"new"
