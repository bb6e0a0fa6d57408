"""The sockets of this process that are signed in, by the identity they belong to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from chatserver.core.session import Role, Session
from chatserver.infra.sockets.connection import Connection

USER_SOCKETS: Final = 5
STAFF_SOCKETS: Final = 3
"""Sockets of one identity: enough for every device and a forgotten tab, too few to hoard."""


class Connections:
    """A registry that connections leave by themselves when they close."""

    def __init__(self) -> None:
        self._by_identity: dict[str, dict[str, Connection]] = {}  # the oldest connection of each first
        self._identity_of: dict[str, str] = {}  # by connection id
        self._on_first: list[Callable[[str], None]] = []
        self._on_last: list[Callable[[str], None]] = []
        self._on_change: list[Callable[[str], None]] = []

    def __len__(self) -> int:
        return len(self._identity_of)

    def __iter__(self) -> Iterator[Connection]:
        return iter([connection for mine in self._by_identity.values() for connection in mine.values()])

    def of(self, identity: str) -> tuple[Connection, ...]:
        """The connections of an identity such as `user:ID`, the oldest first; none is an empty tuple."""
        return tuple(self._by_identity.get(identity, {}).values())

    def identities(self) -> Iterable[str]:
        """Everybody who has a connection."""
        return tuple(self._by_identity)

    def on_first(self, callback: Callable[[str], None]) -> None:
        """Call back with the identity whenever one gets its first connection."""
        self._on_first.append(callback)

    def on_last(self, callback: Callable[[str], None]) -> None:
        """Call back with the identity whenever one has lost its last connection."""
        self._on_last.append(callback)

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with the identity whenever one gets or loses a connection."""
        self._on_change.append(callback)

    def add(self, connection: Connection, session: Session) -> None:
        """Take in a connection that has its session; one too many for its identity closes the oldest."""
        if connection.closed:
            return
        mine = self._by_identity.setdefault(session.identity, {})
        mine[connection.id] = connection
        self._identity_of[connection.id] = session.identity
        connection.when_closed(self._discard)
        if len(mine) == 1:
            for callback in self._on_first:
                callback(session.identity)
        for callback in self._on_change:
            callback(session.identity)
        if len(mine) > most_sockets(session):
            next(iter(mine.values())).close("replaced")

    def replace(self, identity: str, ids: Iterable[str]) -> None:
        """Close those of the connections that are here: newer ones have come, here or elsewhere."""
        mine = self._by_identity.get(identity, {})
        for connection in [mine[id_] for id_ in ids if id_ in mine]:
            connection.close("replaced")

    def _discard(self, connection: Connection) -> None:
        identity = self._identity_of.pop(connection.id)
        mine = self._by_identity[identity]
        del mine[connection.id]
        for callback in self._on_change:
            callback(identity)
        if mine:
            return
        del self._by_identity[identity]
        for callback in self._on_last:
            callback(identity)


def most_sockets(session: Session) -> int:
    """How many connections the identity of this session may have at a time."""
    return USER_SOCKETS if session.role is Role.USER else STAFF_SOCKETS
