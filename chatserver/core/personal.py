"""What rooms keep of a user, as export and erasure reach it."""

from collections.abc import Mapping
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection


class Subject(Struct, frozen=True):
    """A user, and the ids of all of their conversations by number."""

    user: str
    conversations: Mapping[int, str]


class PersonalData(Protocol):
    """One room's share of what is kept of a user; a table that holds any belongs to exactly one share."""

    name: str
    """Under which the share stands in an export."""

    tables: frozenset[str]
    """The tables that the share answers for."""

    def export(self, conn: Connection, subject: Subject) -> list[dict[str, Any]]:
        """Everything of the share in clear, machine-readable."""
        ...

    def erase(self, conn: Connection, subject: Subject, now: int) -> int:
        """Remove the share, or what in it tells of the user; returns how many rows it touched."""
        ...
