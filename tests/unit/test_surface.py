"""What is documented is what runs: one list, kept level with the server and with the client."""

from pathlib import Path

import pytest

from chatserver import surface
from chatserver.app import build
from chatserver.client.results import RESULT_OF
from chatserver.gen.openapi import FIXED
from chatserver.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.of({"data_dir": tmp_path, "port": 0})


async def test_the_server_runs_exactly_the_commands_that_are_documented(settings: Settings) -> None:
    async with build(settings) as app:
        assert app.registry.specs == surface.commands()


async def test_the_server_answers_exactly_the_routes_that_are_documented(settings: Settings) -> None:
    documented = {(one.method, one.path) for one in surface.routes()} | {("GET", path) for path in FIXED}
    async with build(settings) as app:
        mounted = {(one.method, one.resource.canonical) for one in app.web.router.routes() if one.resource is not None}
    assert documented <= mounted
    assert {(method, path) for method, path in mounted if path.startswith("/api/")} <= documented


def test_the_python_client_knows_every_command_with_its_result() -> None:
    assert {spec.body: spec.result for spec in surface.commands().values()} == RESULT_OF
