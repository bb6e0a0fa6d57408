"""The one way to a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import URL

from chatserver.core.ports import Vault
from chatserver.infra.sql.sqlite import SqliteDatabase
from chatserver.infra.sql.units import OpenDatabase
from chatserver.infra.sql.urls import normalised

if TYPE_CHECKING:
    from chatserver.infra.sql.postgres import PostgresDatabase


@asynccontextmanager
async def open_database(url: str, vault: Vault | None = None) -> AsyncIterator[OpenDatabase]:
    """The database of `sqlite:///FILE` or `postgresql://…`; what is queued is written before it closes.

    A SQLite file and its folder are made when missing. A PostgreSQL server may be away: units are
    refused with `retry` until it is there. Who reads or writes what people said needs the `vault`.
    Raises `DatabaseUrlError` and `UnsafeDatabase`.
    """
    parsed = normalised(url)
    async with _kind(parsed)(parsed, vault) as database:
        yield database


def _kind(url: URL) -> type[SqliteDatabase] | type["PostgresDatabase"]:
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase
    from chatserver.infra.sql.postgres import PostgresDatabase  # noqa: PLC0415  (heavy, and many do without)

    return PostgresDatabase
