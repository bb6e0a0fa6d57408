"""Database URLs as people write them, brought to the drivers that are used here."""

from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from chatserver.settings import SettingsError

_LIBPQ_NAMES: Final = {"sslmode": "ssl", "connect_timeout": "timeout"}
"""Parameters that platforms put into URLs for libpq, and what asyncpg calls them."""


class DatabaseUrlError(SettingsError, ValueError):
    """The URL names no database that can be used here; the message says what is wrong."""


def normalised(url: str) -> URL:
    """`sqlite:///FILE` or `postgresql://…` (also `postgres://`, with any driver) for our drivers.

    Raises `DatabaseUrlError`.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise DatabaseUrlError("DATABASE_URL is not a URL like sqlite:///file or postgresql://host/name.") from None
    backend = parsed.drivername.split("+")[0]
    if backend == "sqlite":
        return _sqlite(parsed)
    if backend in ("postgresql", "postgres"):
        return _postgresql(parsed)
    raise DatabaseUrlError(f"DATABASE_URL begins with {backend}://; only sqlite and postgresql are known.")


def sqlite_file(url: URL) -> Path:
    """The file of a normalised SQLite URL."""
    return Path(url.database or "")


def _sqlite(url: URL) -> URL:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseUrlError("DATABASE_URL must name a file, as in sqlite:///data/chatserver.sqlite3.")
    return url.set(drivername="sqlite+pysqlite", query={})


def _postgresql(url: URL) -> URL:
    query = {_LIBPQ_NAMES.get(name, name): value for name, value in url.query.items()}
    return url.set(drivername="postgresql+asyncpg", query=query)
