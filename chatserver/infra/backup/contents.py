"""What is in a backup, whichever database it is of, and what a database must be to take it in."""

from collections.abc import Iterable
from typing import Final

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec import Struct
from sqlalchemy import Connection, inspect, literal_column, select, table, text

from chatserver.core.schema import metadata
from chatserver.infra.migrations import configuration

VERSION_TABLE: Final = "alembic_version"
"""Says which revisions a database has; a restored one says so by itself."""

PASSING: Final = frozenset({"processes", "agent_links"})
"""What is true only while the processes live that wrote it: it does not make a database full, and is not restored."""

KEYS: Final = frozenset({"master_keys", "data_keys"})
"""Backed up in a file apart. Made by whoever first opens an empty database: they do not make it full."""

INDEX: Final = "search_messages"
"""Too different between the databases to be declared as one. It is made anew from the messages: digests of words,
in a copy, would still tell of somebody who has been erased."""


_NOTE_ALL: Final = text(
    "INSERT INTO search_pending (conversation, seq) SELECT conversation, seq FROM events"
    " WHERE thread = 'public' AND type = 'message_posted' ON CONFLICT DO NOTHING"
)


class BackupRefused(Exception):
    """A backup or restore cannot be; the message says why, and what to do."""


class Rows(Struct, frozen=True):
    """The columns of a table and how many rows it has."""

    columns: list[str]
    count: int


class Contents(Struct, frozen=True):
    """The revision of the tables, the tables by name, and the last number of each sequence, where there are any."""

    revision: str
    tables: dict[str, Rows]
    sequences: dict[str, int] = {}

    @property
    def wanted(self) -> dict[str, Rows]:
        """What a restore brings back."""
        return {name: rows for name, rows in self.tables.items() if name not in PASSING and name != INDEX}


def our_tables(conn: Connection) -> list[str]:
    """The tables of ours that a database has; it may have those of others."""
    ours = metadata.tables.keys() | {INDEX}
    return sorted(name for name in inspect(conn).get_table_names() if name in ours)


def copied_tables(conn: Connection) -> list[str]:
    """Those of them that a backup holds."""
    return [name for name in our_tables(conn) if name not in KEYS and name != INDEX]


def revision_of(conn: Connection) -> str | None:
    """The revision of the tables; None when there are none of ours."""
    return MigrationContext.configure(conn).get_current_revision()


def known_revisions() -> frozenset[str]:
    """The revisions that this version can make."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions())


def newest_revision() -> str | None:
    """The revision that this version works with."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def make_tables(conn: Connection, contents: Contents) -> None:
    """See to it that there are the tables of the backup, and nothing in them; raises `BackupRefused`."""
    if contents.revision not in known_revisions():
        raise BackupRefused(
            f"The backup has tables of revision {contents.revision}, which this version does not know. "
            "Restore it with the version that wrote it, or a later one."
        )
    there = revision_of(conn)
    if there is None:
        if taken := our_tables(conn):
            raise BackupRefused(f"The database has a table {taken[0]} that is not of this product.")
        command.upgrade(configuration(conn), contents.revision)
    elif there != contents.revision:
        raise BackupRefused(
            f"The database has tables of revision {there}, the backup those of {contents.revision}. "
            "Restore into a database without tables: they are made and brought up to date by the restore."
        )


def check_empty(conn: Connection, names: Iterable[str]) -> None:
    """Raise `BackupRefused` when somebody has used this database."""
    for name in names:
        if (
            name not in PASSING | KEYS
            and conn.execute(select(literal_column("1")).select_from(table(name)).limit(1)).first()
        ):
            raise BackupRefused(
                f"The database is in use: there is something in the table {name}. Nothing was changed. "
                "Restore into an empty one: another CHATSERVER_DATA_DIR or DATABASE_URL."
            )


def check_counts(contents: Contents, restored: dict[str, int]) -> None:
    """Raise `BackupRefused` unless as many rows came back as were written."""
    for name, rows in contents.wanted.items():
        if restored[name] != rows.count:
            raise BackupRefused(f"The table {name} got {restored[name]} rows, the backup has {rows.count}.")


def bring_up_to_date(conn: Connection) -> None:
    """Apply the revisions that have come since the backup, and note every message to be indexed."""
    command.upgrade(configuration(conn), "head")
    conn.execute(_NOTE_ALL)
