"""The one way to a database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatserver.core.ports import Vault
from chatserver.infra.sql.postgres import PostgresDatabase
from chatserver.infra.sql.sqlite import SqliteDatabase
from chatserver.infra.sql.units import OpenDatabase
from chatserver.infra.sql.urls import normalised


@asynccontextmanager
async def open_database(url: str, vault: Vault | None = None) -> AsyncIterator[OpenDatabase]:
    """The database of `sqlite:///FILE` or `postgresql://…`; what is queued is written before it closes.

    A SQLite file and its folder are made when missing. A PostgreSQL server may be away: units are
    refused with `retry` until it is there. Who reads or writes what people said needs the `vault`.
    Raises `DatabaseUrlError` and `UnsafeDatabase`.
    """
    parsed = normalised(url)
    kind = SqliteDatabase if parsed.get_backend_name() == "sqlite" else PostgresDatabase
    async with kind(parsed, vault) as database:
        yield database
