"""What the sockets need from the product; implemented where the rooms, the sign-in and the hub are known."""

from dataclasses import dataclass
from typing import Any, Protocol

from chatserver.infra.sockets.connection import Connection


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a socket comes from: the client's address as far as it can be trusted, the page's origin if any.

    `program` is what the client calls itself.
    """

    address: str
    origin: str | None
    program: str = ""


class Door(Protocol):
    """Lets sockets in and runs their commands. A refusal is a `ChatError`, which the client is told."""

    async def connect(self, connection: Connection, auth: Any, peer: Peer) -> None:
        """Find out who this is and set `connection.session`.

        `auth` is the JSON value of the CONNECT packet, None when left out. This and `welcome` together have
        `Limits.let_in_within_s`. Raises `ChatError`.
        """
        ...

    async def welcome(self, connection: Connection) -> bytes:
        """The JSON of the `welcome` event.

        The connection is among `Connections` already and keeps what is sent to it until the welcome is out: read the
        state now, and nothing can fall between. Raises `ChatError`.
        """
        ...

    async def connected(self, connection: Connection) -> None:
        """The welcome is on its way; send what follows it."""
        ...

    async def command(self, connection: Connection, name: str, body: bytes) -> bytes:
        """Run one command and return its result as JSON.

        `body` is JSON, or empty when there was not exactly one argument. One at a time for each connection, in the
        order they came; it has to end by itself in bounded time. Raises `ChatError`.
        """
        ...

    async def disconnected(self, connection: Connection) -> None:
        """The socket is gone. Comes exactly once for each `connect` that raised nothing, after its last command."""
        ...
