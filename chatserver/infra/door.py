"""The door: joins sockets to the product. Sign-in, welcome, commands, goodbye."""

from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection as SqlConnection

from chatserver.conversation import store
from chatserver.conversation.messages import Feature, SessionInfo, Welcome
from chatserver.conversation.states import Head
from chatserver.conversation.views import seen_by
from chatserver.core.audit import Act
from chatserver.core.commands import Registry
from chatserver.core.errors import ChatError
from chatserver.core.ports import Audit
from chatserver.core.session import AGENTS, STAFF, Session
from chatserver.desk.rooms import DeskRooms
from chatserver.infra.hub import Hub
from chatserver.infra.sockets.connection import Connection
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.door import Peer
from chatserver.trust.gate import Gate

log = structlog.get_logger(__name__)

PROTOCOL = 1
"""The version of the contract."""

RECENT_MS = 24 * 3_600_000
"""A user is shown conversations closed within this time."""


class ProductDoor:
    """Implements `sockets.door.Door` with the product's rooms."""

    def __init__(
        self, gate: Gate, registry: Registry, *, hub: Hub, desk: DeskRooms, connections: Connections, audit: Audit
    ) -> None:
        self._gate = gate
        self._audit = audit
        self._registry = registry
        self._hub = hub
        self._desk = desk
        self._connections = connections
        self._visitor_keys: dict[str, str] = {}
        self.features: list[Feature] = []
        """What this server is set up for, told to everybody who comes."""

    async def connect(self, connection: Connection, auth: Any, peer: Peer) -> None:
        """Establish who this is."""
        admitted = await self._gate.admit(auth)
        connection.session = admitted.session
        connection.session.address = peer.address
        connection.session.program = peer.program
        if admitted.visitor is not None:
            self._visitor_keys[connection.id] = admitted.visitor
            connection.when_closed(self._forget_visitor_key)
        if admitted.session.role in STAFF:
            self._audit.later(admitted.session.actor, Act("connected"))
        if admitted.session.role in AGENTS:
            await self._desk.presence.agent_connected(admitted.session)

    def _forget_visitor_key(self, connection: Connection) -> None:
        self._visitor_keys.pop(connection.id, None)

    async def welcome(self, connection: Connection) -> bytes:
        """Everything that matters now, read after the socket was made known."""
        session = _session_of(connection)
        heads = await self._desk.log.database.read(lambda conn: self._read_heads(conn, session))
        for head in heads:
            if head.is_open:
                self._hub.watch(head)
        if session.is_user:
            was_missed = any(head.is_open and head.user_left_at is not None for head in heads)
            await self._desk.presence.user_came(session, was_missed=was_missed)
        shown = [await seen_by(head, self._desk.line, for_user=session.is_user) for head in heads]
        info = SessionInfo(session.id, session.role.value, session.subject, session.name)  # type: ignore[arg-type]
        key = self._visitor_keys.pop(connection.id, None)
        body = Welcome(
            protocol=PROTOCOL,
            session=info,
            server_time=self._desk.log.clock.now(),
            conversations=shown,
            visitor=msgspec.UNSET if key is None else key,
            features=self.features or msgspec.UNSET,
        )
        return msgspec.json.encode(body)

    def _read_heads(self, conn: SqlConnection, session: Session) -> list[Head]:
        if session.is_user:
            closed_since = self._desk.log.clock.now() - RECENT_MS
            return store.read_users_conversations(conn, session.subject, closed_since)
        if session.role in AGENTS:
            return store.read_agents_conversations(conn, session.subject)
        return []

    async def connected(self, connection: Connection) -> None:
        """Let the offers that stand ring on this device too."""
        session = _session_of(connection)
        log.debug("welcomed", connection=connection.id, session=session.id, role=session.role)
        if session.role in AGENTS:
            await self._desk.follower.ring_again(session.subject)

    async def command(self, connection: Connection, name: str, body: bytes) -> bytes:
        """Run one command."""
        try:
            result = await self._registry.run(_session_of(connection), name, body)
        except ChatError as refusal:
            log.debug("refused", code=refusal.code, connection=connection.id)
            if getattr(refusal, "fatal", False):
                connection.close_after_answer("refused")
            raise
        return msgspec.json.encode(result)

    async def disconnected(self, connection: Connection) -> None:
        """The socket is gone; whoever has no other one here may be away."""
        session = _session_of(connection)
        log.debug("ended", connection=connection.id, session=session.id, reason=connection.closed_for)
        if session.role in AGENTS:
            await self._desk.presence.agent_disconnected(session)
        elif session.is_user and not self._connections.of(session.identity):
            await self._desk.presence.user_went(session)


def _session_of(connection: Connection) -> Session:
    assert connection.session is not None
    return connection.session
