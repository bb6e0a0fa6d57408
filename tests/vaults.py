"""A vault for tests: one key for all of them, so that what one process of a test seals another opens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatserver.core.schema import metadata
from chatserver.infra.sql import OpenDatabase, open_database
from chatserver.trust.vault.local_keys import LocalKeys
from chatserver.trust.vault.vault import DataVault


def vault() -> DataVault:
    """A vault that has not begun."""
    return DataVault(LocalKeys(["the secret of all tests"]))


@asynccontextmanager
async def sealed_database(url: str, *, make_tables: bool = False) -> AsyncIterator[OpenDatabase]:
    """A database that can be read and written by the rooms."""
    its = vault()
    async with open_database(url, its) as database:
        if make_tables:
            await database.write(metadata.create_all)
        await its.begin(database)
        yield database
