"""The hub: brings what was committed to the sockets of this process, in the order of the log.

For each conversation that has a party here it keeps a cursor per thread. Rows that follow the
cursor are sent at once; a gap, a hint of another process or a slow tick make it read SQL after
the cursor. So every socket sees every event once and in order, wherever it was committed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import msgspec
import structlog
from sqlalchemy import Connection, select

from chatserver.conversation import store
from chatserver.conversation.events import Recorded
from chatserver.conversation.log import Appended
from chatserver.conversation.states import Head, parties_of
from chatserver.conversation.tables import conversations
from chatserver.core.background import attempt, repeat, together
from chatserver.core.ports import Database
from chatserver.core.session import AGENTS
from chatserver.infra.bus import Bus
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connections import Connections

ALL_AGENTS: Final = "agents"
"""The address of every agent's sockets."""

HEADS_EVERY_S: Final = 15.0
"""Clients learn the heads of their logs this often, and ask for what they lack."""

TICK_S: Final = 5.0
"""A lost hint is found after this long."""

PAGE: Final = 200
CHUNK: Final = 500
"""Conversations looked up at a time by the tick."""

log = structlog.get_logger(__name__)


class Watched:
    """A conversation that has a party in this process: its head, and what was sent of it."""

    def __init__(self, head: Head, public: int, internal: int) -> None:
        self.head = head
        self.parties = parties_of(head)
        self.cursors = {"public": public, "internal": internal}


class Hub:
    """Delivers durable and passing events to sockets here, and hints to other processes."""

    def __init__(self, database: Database, bus: Bus, connections: Connections) -> None:
        self._database = database
        self._bus = bus
        self._connections = connections
        self._watched: dict[str, Watched] = {}
        self._of_identity: dict[str, set[str]] = defaultdict(set)
        self._behind: set[str] = set()
        self._look = asyncio.Event()
        bus.heard = self._heard
        bus.want(f"to:{ALL_AGENTS}")
        connections.on_first(lambda identity: bus.want(f"to:{identity}"))
        connections.on_last(self._identity_gone)

    async def run(self) -> None:
        """Catch up, tick and tell heads until cancelled."""
        await together(self._catch_up_always(), self._tick_always(), self._tell_heads_always())

    def waiting_here(self) -> list[Head]:
        """Conversations that wait and whose user has a socket here."""
        here = self._connections
        return [
            one.head
            for one in self._watched.values()
            if one.head.status == "waiting" and here.of(f"user:{one.head.user_id}")
        ]

    def users_here(self) -> list[str]:
        """Users who have a socket here."""
        return [one.removeprefix("user:") for one in self._connections.identities() if one.startswith("user:")]

    def watch(self, head: Head) -> None:
        """A party of this conversation has come; it has seen everything up to this head."""
        if head.id not in self._watched:
            self._start_watching(Watched(head, head.public_head, head.internal_head))

    # What was committed

    def tell(self, appended: Appended) -> None:
        """A subscriber of the log: deliver here, hint to others."""
        head, before = appended.head, appended.before
        newcomers = parties_of(head) - (parties_of(before) if before else frozenset())
        watched = self._watched.get(head.id)
        if watched is None and any(map(self._connections.of, parties_of(head) | newcomers)):
            watched = Watched(head, before.public_head if before else 0, before.internal_head if before else 0)
            self._start_watching(watched)
        if watched is not None:
            self._deliver(watched, head, appended.rows)
        hint = {"conversation": head.id}
        self._bus.publish(f"in:{head.id}", hint)
        # Nobody watches what is closed, so its parties are called by name.
        for identity in newcomers if head.is_open else parties_of(head):
            first = {row.thread: row.seq - 1 for row in reversed(appended.rows)}
            self._bus.publish(f"to:{identity}", {**hint, "after": first})

    def _deliver(self, watched: Watched, head: Head, rows: list[Recorded]) -> None:
        """Send the rows that follow the cursors; a gap is left to SQL."""
        told = watched.parties | parties_of(head)
        for row in rows:
            cursor = watched.cursors[row.thread]
            if row.seq == cursor + 1:
                watched.cursors[row.thread] = row.seq
                self._send_row(row, told)
            elif row.seq > cursor:
                self._fell_behind(head.id)
                return
        if head.public_head >= watched.head.public_head and head.epoch >= watched.head.epoch:
            self._move(watched, head)

    def _send_row(self, row: Recorded, told: Iterable[str]) -> None:
        plain = keyed = ""
        for identity in told:
            if row.thread == "internal" and not identity.startswith("agent:"):
                continue
            sockets = self._connections.of(identity)
            if not sockets:
                continue
            if row.key is not None and identity == row.sender:
                keyed = keyed or wire.event_packet(row.type, row.wire(typed=False, with_key=True))
                packet = keyed
            else:
                plain = plain or wire.event_packet(row.type, row.wire(typed=False, with_key=False))
                packet = plain
            for connection in sockets:
                connection.send(packet)

    # Who watches what

    def _start_watching(self, watched: Watched) -> None:
        self._watched[watched.head.id] = watched
        self._bus.want(f"in:{watched.head.id}")
        for identity in watched.parties:
            self._of_identity[identity].add(watched.head.id)

    def _move(self, watched: Watched, head: Head) -> None:
        parties = parties_of(head)
        for identity in watched.parties - parties:
            self._of_identity[identity].discard(head.id)
        for identity in parties - watched.parties:
            self._of_identity[identity].add(head.id)
        watched.head, watched.parties = head, parties
        self._stop_if_unwatched(head.id)

    def _stop_if_unwatched(self, conversation: str) -> None:
        watched = self._watched.get(conversation)
        if watched is None:
            return
        if watched.head.is_open and any(map(self._connections.of, watched.parties)):
            return
        del self._watched[conversation]
        self._bus.unwant(f"in:{conversation}")
        for identity in watched.parties:
            self._of_identity[identity].discard(conversation)
            if not self._of_identity[identity]:
                del self._of_identity[identity]

    def _identity_gone(self, identity: str) -> None:
        self._bus.unwant(f"to:{identity}")
        for conversation in tuple(self._of_identity.get(identity, ())):
            self._stop_if_unwatched(conversation)

    # What passes

    def pass_on(self, identities: Iterable[str], event: str, body: Any, *, but: str | None = None) -> None:
        """Emit a passing event to all sockets of the identities, on every process."""
        packed = msgspec.json.encode(body)
        for identity in identities:
            self._emit(identity, event, packed, but)
            hint = {"event": event, "body": msgspec.Raw(packed), "but": but}
            self._bus.publish(f"to:{identity}", hint)

    def emit_here(self, identity: str, event: str, body: Any) -> None:
        """Emit a passing event to the sockets of an identity in this process."""
        self._emit(identity, event, msgspec.json.encode(body), None)

    def _emit(self, identity: str, event: str, packed: bytes, but: str | None) -> None:
        sockets = self._connections.of(identity)
        if identity == ALL_AGENTS:
            sockets = tuple(one for one in self._connections if one.session and one.session.role in AGENTS)
        if not sockets:
            return
        packet = wire.event_packet(event, packed)
        for connection in sockets:
            if connection.session is not None and connection.session.id != but:
                connection.send(packet)

    # Catching up with SQL

    def _heard(self, channel: str, hint: dict[str, Any]) -> None:
        if "event" in hint:
            body = msgspec.json.encode(hint["body"])
            self._emit(channel.removeprefix("to:"), hint["event"], body, hint["but"])
            return
        conversation = hint["conversation"]
        if conversation in self._watched:
            self._fell_behind(conversation)
        elif channel.startswith("to:") and self._connections.of(channel.removeprefix("to:")):
            task = asyncio.create_task(self._take_up(conversation, hint["after"]))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _take_up(self, conversation: str, after: dict[str, int]) -> None:
        """A party here has got a conversation that this process did not know."""
        head = await self._database.read(lambda conn: store.read_head(conn, conversation))
        if head is not None and conversation not in self._watched:
            public = after.get("public", head.public_head)
            internal = after.get("internal", head.internal_head)
            self._start_watching(Watched(head, public, internal))
        self._fell_behind(conversation)

    def _fell_behind(self, conversation: str) -> None:
        self._behind.add(conversation)
        self._look.set()

    async def _catch_up_always(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            behind, self._behind = self._behind, set()
            for conversation in behind:
                await attempt("delivery", partial(self._catch_up, conversation))  # the tick tries again

    async def _catch_up(self, conversation: str) -> None:
        watched = self._watched.get(conversation)
        if watched is None:
            return
        after = dict(watched.cursors)

        def query(conn: Connection) -> tuple[Head | None, list[Recorded]]:
            head = store.read_head(conn, conversation)
            if head is None:
                return None, []
            rows = store.read_page(conn, head, "public", after["public"], PAGE)
            return head, rows + store.read_page(conn, head, "internal", after["internal"], PAGE)

        head, rows = await self._database.read(query)
        if head is not None:
            self._deliver(watched, head, rows)
            if watched.cursors["public"] < head.public_head:
                self._fell_behind(conversation)

    async def _tick_always(self) -> None:
        await repeat("tick", self._tick, TICK_S)

    async def _tick(self) -> None:
        ids = list(self._watched)
        for start in range(0, len(ids), CHUNK):
            heads = await self._database.read(partial(_read_heads, ids=ids[start : start + CHUNK]))
            for id_, public, internal, epoch in heads:
                watched = self._watched.get(id_)
                if watched is not None and (public, internal, epoch) != (
                    watched.cursors["public"],
                    watched.cursors["internal"],
                    watched.head.epoch,
                ):
                    self._fell_behind(id_)

    async def _tell_heads_always(self) -> None:
        await repeat("heads", self._tell_all_heads, HEADS_EVERY_S)

    async def _tell_all_heads(self) -> None:
        for identity in self._connections.identities():
            self._tell_heads(identity)

    def _tell_heads(self, identity: str) -> None:
        mine = [self._watched[id_] for id_ in self._of_identity.get(identity, ())]
        agent = identity.startswith("agent:")
        body = {one.head.id: _heads_of(one, agent) for one in mine}
        if body:
            self._emit(identity, "heads", msgspec.json.encode(body), None)


def _heads_of(watched: Watched, agent: bool) -> dict[str, int]:
    if agent:
        return dict(watched.cursors)
    return {"public": watched.cursors["public"]}


def _read_heads(conn: Connection, ids: list[str]) -> list[tuple[str, int, int, int]]:
    table = conversations.c
    query = select(table.id, table.public_head, table.internal_head, table.epoch)
    return [tuple(row) for row in conn.execute(query.where(table.id.in_(ids)))]
