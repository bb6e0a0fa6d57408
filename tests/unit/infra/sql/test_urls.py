"""`infra.sql.urls`: what people write as DATABASE_URL."""

import pytest

from chatserver.infra.sql.urls import DatabaseUrlError, normalised, sqlite_file


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///data/chat.db", "sqlite+pysqlite"),
        ("sqlite+aiosqlite:///data/chat.db", "sqlite+pysqlite"),
        ("postgresql://u:p@db/chat", "postgresql+asyncpg"),
        ("postgres://u:p@db/chat", "postgresql+asyncpg"),
        ("postgresql+psycopg2://u:p@db/chat", "postgresql+asyncpg"),
    ],
)
def test_every_spelling_comes_to_the_drivers_in_use(url: str, driver: str) -> None:
    assert normalised(url).drivername == driver


def test_a_sqlite_url_names_a_file() -> None:
    assert str(sqlite_file(normalised("sqlite:///data/chat.db"))) == "data/chat.db"
    assert str(sqlite_file(normalised("sqlite:////var/chat.db"))) == "/var/chat.db"


def test_a_password_may_hold_anything() -> None:
    assert normalised("postgres://u:p%40ss%2F%3A@db/chat").password == "p@ss/:"


def test_parameters_of_platforms_are_told_in_the_drivers_words() -> None:
    url = normalised("postgres://u:p@db/chat?sslmode=require&connect_timeout=10&host=/run/pg")
    assert dict(url.query) == {"ssl": "require", "timeout": "10", "host": "/run/pg"}


@pytest.mark.parametrize(
    "url",
    ["", "chat.db", "mysql://u@db/chat", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory", "://"],
)
def test_other_urls_are_refused_in_words_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="DATABASE_URL"):
        normalised(url)
