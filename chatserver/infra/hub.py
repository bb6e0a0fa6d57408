"""The hub: brings what was committed to the sockets of this process, in the order of the log.

For each conversation that has a party here it keeps a cursor per thread. Rows that follow the
cursor are sent at once; a gap, a hint of another process or a slow tick make it read SQL after
the cursor. So every socket sees every event once and in order, wherever it was committed.
"""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import msgspec
import structlog

from chatserver.conversation import store
from chatserver.conversation.events import Recorded
from chatserver.conversation.log import Appended
from chatserver.conversation.states import Head, parties_of
from chatserver.core.background import attempt, repeat, together
from chatserver.core.ports import Database
from chatserver.core.session import AGENTS
from chatserver.infra.bus import Bus
from chatserver.infra.hub_store import read_after, read_heads, read_unknown
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.watches import Watched, Watches

ALL_AGENTS: Final = "agents"
"""The address of every agent's sockets."""

HEADS_EVERY_S: Final = 15.0
"""Clients learn the heads of their logs this often, and ask for what they lack."""

TICK_S: Final = 5.0
"""A lost hint is found after this long."""

CHUNK: Final = 500
"""Conversations, or people, looked up at a time by the tick."""

log = structlog.get_logger(__name__)


class Hub:
    """Delivers durable and passing events to sockets here, and hints to other processes."""

    def __init__(self, database: Database, bus: Bus, connections: Connections) -> None:
        self._database = database
        self._bus = bus
        self._connections = connections
        self._watches = Watches(
            lambda identity: bool(connections.of(identity)),
            lambda conversation: bus.want(f"in:{conversation}"),
            lambda conversation: bus.unwant(f"in:{conversation}"),
        )
        self._behind: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
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
        heads = (one.head for one in self._watches)
        return [head for head in heads if head.status == "waiting" and here.of(f"user:{head.user_id}")]

    def users_here(self) -> list[str]:
        """Users who have a socket here."""
        return [one.removeprefix("user:") for one in self._connections.identities() if one.startswith("user:")]

    def watch(self, head: Head) -> None:
        """A party of this conversation has come; it has seen everything up to this head."""
        if head.id not in self._watches:
            watched = self._watches.start(head, head.public_head, head.internal_head)
            self._watches.stop_if_idle(watched)  # the party may have gone meanwhile

    # What was committed

    def tell(self, appended: Appended) -> None:
        """A subscriber of the log: deliver here, hint to others."""
        head, before = appended.head, appended.before
        watched = self._watches.get(head.id)
        if watched is None and self._watches.concerns(head):
            seen = (before.public_head, before.internal_head) if before else (0, 0)
            watched = self._watches.start(head, *seen)
        if watched is not None and not self._deliver(watched, head, appended.rows):
            self._fell_behind(head.id)
        self._hint(appended)

    def _hint(self, appended: Appended) -> None:
        head, before = appended.head, appended.before
        hint = {"conversation": head.id}
        self._bus.publish(f"in:{head.id}", hint)
        # Nobody watches what is closed, so its parties are called by name, like those who are new.
        known = parties_of(before) if before and before.is_open and head.is_open else frozenset()
        first = {row.thread: row.seq - 1 for row in reversed(appended.rows)}
        for identity in parties_of(head) - known:
            self._bus.publish(f"to:{identity}", {**hint, "after": first})

    def _deliver(self, watched: Watched, head: Head, rows: list[Recorded]) -> bool:
        """Send the rows that follow the cursors; False if something is missing before one of them or the head."""
        told = watched.parties | parties_of(head)
        for row in rows:
            cursor = watched.cursors[row.thread]
            if row.seq > cursor + 1:
                return False
            if row.seq == cursor + 1:
                watched.cursors[row.thread] = row.seq
                self._send_row(row, told)
        ahead = [head.head_of(thread) - cursor for thread, cursor in watched.cursors.items()]
        if not any(ahead) and head.epoch >= watched.head.epoch:
            self._watches.move(watched, head)
        return max(ahead) <= 0

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

    def _identity_gone(self, identity: str) -> None:
        self._bus.unwant(f"to:{identity}")
        self._watches.gone(identity)

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
        if conversation in self._watches:
            self._fell_behind(conversation)
        elif channel.startswith("to:") and self._connections.of(channel.removeprefix("to:")):
            taking_up = attempt("taking up", partial(self._take_up, conversation, hint["after"]))
            task = asyncio.create_task(taking_up)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _take_up(self, conversation: str, after: dict[str, int]) -> None:
        """A party here has got a conversation that this process did not know."""
        head = await self._database.read(lambda conn: store.read_head(conn, conversation))
        if head is not None and conversation not in self._watches:
            public = after.get("public", head.public_head)
            internal = after.get("internal", head.internal_head)
            self._watches.start(head, public, internal)
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
        watched = self._watches.get(conversation)
        if watched is None:
            return
        after = dict(watched.cursors)
        head, rows = await self._database.read(lambda conn: read_after(conn, conversation, after))
        if self._watches.get(conversation) is not watched:
            self._fell_behind(conversation)  # it was given up meanwhile, and perhaps begun anew
        elif head is not None and not self._deliver(watched, head, rows) and watched.cursors != after:
            self._fell_behind(conversation)  # there is another page

    async def _tick_always(self) -> None:
        await repeat("tick", self._tick, TICK_S)

    async def _tick(self) -> None:
        await self._find_behind()
        await self._find_unknown()

    async def _find_behind(self) -> None:
        """Look for what was committed elsewhere without a hint that came."""
        ids = [one.head.id for one in self._watches]
        for start in range(0, len(ids), CHUNK):
            heads = await self._database.read(partial(read_heads, ids=ids[start : start + CHUNK]))
            for id_, there in heads.items():
                watched = self._watches.get(id_)
                if watched is not None and there != (*watched.cursors.values(), watched.head.epoch):
                    self._fell_behind(id_)

    async def _find_unknown(self) -> None:
        """Look for conversations that somebody here has got without a hint that came."""
        here = [one for one in self._connections.identities() if any(c.opened for c in self._connections.of(one))]
        for start in range(0, len(here), CHUNK):
            known = {one.head.id for one in self._watches}
            some = here[start : start + CHUNK]
            unknown = await self._database.read(partial(read_unknown, identities=some, known=known))
            for conversation, after in unknown:
                await self._take_up(conversation, after)

    async def _tell_heads_always(self) -> None:
        await repeat("heads", self._tell_all_heads, HEADS_EVERY_S)

    async def _tell_all_heads(self) -> None:
        for identity in self._connections.identities():
            self._tell_heads(identity)

    def _tell_heads(self, identity: str) -> None:
        mine = self._watches.of(identity)
        agent = identity.startswith("agent:")
        body = {one.head.id: _heads_of(one, agent) for one in mine}
        if body:
            self._emit(identity, "heads", msgspec.json.encode(body), None)


def _heads_of(watched: Watched, agent: bool) -> dict[str, int]:
    if agent:
        return dict(watched.cursors)
    return {"public": watched.cursors["public"]}
