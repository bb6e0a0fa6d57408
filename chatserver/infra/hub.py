"""The hub: brings what was committed to the sockets of this process, in the order of the log.

For each conversation that has a party here it keeps a cursor per thread. Rows that follow the
cursor are sent at once; a gap, a hint of another process or a slow tick make it read SQL after
the cursor. So every socket sees every event once and in order, wherever it was committed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Final

import msgspec
import structlog

from chatserver.conversation import states, store
from chatserver.conversation.events import TYPE_OF, Recorded
from chatserver.conversation.log import Appended
from chatserver.conversation.states import Head, parties_of
from chatserver.core.background import attempt, repeat, together
from chatserver.core.ports import Database
from chatserver.core.session import GROUPS, Role
from chatserver.infra.bus import Bus
from chatserver.infra.hub_store import read_after, read_heads, read_unknown
from chatserver.infra.sockets import wire
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.watches import Watched, Watches, cursors_at, unheard

HEADS_EVERY_S: Final = 15.0
"""Clients learn the heads of their logs this often, and ask for what they lack."""

TICK_S: Final = 5.0
"""A lost hint is found after this long."""

WANTED_S: Final = 0.2
"""After this long Redis knows, as a rule, that a channel is wanted."""

TALK: Final = frozenset(TYPE_OF[body] for body in states.TALK)
"""Types of events that change nobody's part in a conversation, so that they need not be read here."""

CHUNK: Final = 500
"""Conversations, or people, looked up at a time by the tick."""

TOGETHER: Final = 16
"""Conversations that are read at a time when they have moved elsewhere: one thread is woken for all of them."""

log = structlog.get_logger(__name__)


class Hub:
    """Delivers durable and passing events to sockets here, and hints to other processes."""

    def __init__(self, database: Database, bus: Bus, connections: Connections) -> None:
        self._database = database
        self._bus = bus
        self._connections = connections
        self._watches = Watches(
            lambda identity: bool(connections.of(identity)),
            self._has_begun,
            lambda conversation: bus.unwant(f"in:{conversation}"),
        )
        self._behind: set[str] = set()
        self._begun: set[str] = set()
        self._begun_some = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._look = asyncio.Event()
        bus.heard = self._heard
        for group in GROUPS:
            bus.want(f"to:{group}")
        connections.on_first(lambda identity: bus.want(f"to:{identity}"))
        connections.on_last(self._identity_gone)

    async def run(self) -> None:
        """Catch up, tick and tell heads until cancelled."""
        await together(
            self._catch_up_always(), self._look_at_begun_always(), self._tick_always(), self._tell_heads_always()
        )

    def waiting_here(self) -> list[Head]:
        """Conversations that wait and whose user has a socket here."""
        here = self._connections
        heads = (one.head for one in self._watches)
        return [head for head in heads if head.status == "waiting" and here.of(f"user:{head.user_id}")]

    def users_here(self) -> list[str]:
        """Users who have a socket here."""
        return [one.removeprefix("user:") for one in self._connections.identities() if one.startswith("user:")]

    def replace(self, identity: str, connections: list[str]) -> None:
        """Close connections of an identity that has too many, wherever they are."""
        self._connections.replace(identity, connections)
        self._bus.publish(f"to:{identity}", {"replaced": connections})

    def watch(self, head: Head) -> None:
        """A party of this conversation has come; it has seen everything up to this head."""
        if head.id not in self._watches:
            watched = self._watches.start(head, head, cursors_at(head))
            self._watches.stop_if_idle(watched)  # the party may have gone meanwhile

    # What was committed

    def tell(self, appended: Appended) -> None:
        """A subscriber of the log: deliver here, hint to others."""
        head, before = appended.head, appended.before
        watched = self._watches.get(head.id)
        if watched is None and self._watches.concerns(head):
            if before is not None and before.is_open and any(map(self._is_welcomed, parties_of(before))):
                # It became theirs elsewhere, and the hint is still on its way.
                self._begin(partial(self._find_unknown, list(parties_of(before))))
            elif before is not None:
                watched = self._watches.start(head, before, cursors_at(before))
            else:
                watched = self._watches.start(head, unheard(head), {"public": 0, "internal": 0})
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
        for row in rows:
            cursor = watched.cursors[row.thread]
            if row.seq > cursor + 1:
                return False
            if row.seq == cursor + 1:
                watched.cursors[row.thread] = row.seq
                told = parties_of(watched.delivered)
                if row.type not in TALK:
                    watched.delivered = states.after(watched.delivered, row.read(), row.at)
                    told |= parties_of(watched.delivered)  # whoever it brings, and whoever it takes away
                self._send_row(row, told)
        ahead = [head.head_of(thread) - cursor for thread, cursor in watched.cursors.items()]
        if not any(ahead) and head.epoch >= watched.head.epoch:
            self._watches.move(watched, head)
        return max(ahead) <= 0

    def _send_row(self, row: Recorded, told: Iterable[str]) -> None:
        body = row.wire(typed=False, with_key=False)
        plain = keyed = ""
        for identity in told:
            if row.thread == "internal" and not identity.startswith("agent:"):
                continue
            sockets = self._connections.of(identity)
            if not sockets:
                continue
            if row.key is not None and identity == row.sender:
                keyed = keyed or wire.event_packet(row.type, body[:-1] + b',"key":%b}' % msgspec.json.encode(row.key))
                packet = keyed
            else:
                plain = plain or wire.event_packet(row.type, body)
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
        if (roles := GROUPS.get(identity)) is not None:
            sockets = tuple(one for one in self._connections if one.session and one.session.role in roles)
        if not sockets:
            return
        packet = wire.event_packet(event, packed)
        for connection in sockets:
            if connection.session is not None and connection.session.id != but:
                connection.send(packet)

    def supervisors_here(self) -> set[str]:
        """The identities of supervisors who have a socket in this process."""
        sessions = (connection.session for connection in self._connections)
        return {one.identity for one in sessions if one is not None and one.role is Role.SUPERVISOR}

    # Catching up with SQL

    def _heard(self, channel: str, hint: dict[str, Any]) -> None:
        if "event" in hint:
            body = msgspec.json.encode(hint["body"])
            self._emit(channel.removeprefix("to:"), hint["event"], body, hint["but"])
            return
        if "replaced" in hint:
            self._connections.replace(channel.removeprefix("to:"), hint["replaced"])
            return
        conversation = hint["conversation"]
        if self._watches.seen(conversation) is not None:
            self._fell_behind(conversation)
        elif channel.startswith("to:") and self._connections.of(channel.removeprefix("to:")):
            self._begin(partial(self._take_up, conversation, hint["after"]))

    def _begin(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(attempt("taking up", work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_up(self, conversation: str, after: dict[str, int]) -> None:
        """A party here has got a conversation that this process did not know; they know it up to `after`."""
        head = await self._database.read(lambda conn: store.read_head(conn, conversation))
        if head is not None and conversation not in self._watches:
            self._watches.start(head, unheard(head), {**cursors_at(head), **after})
        self._fell_behind(conversation)

    def _fell_behind(self, conversation: str) -> None:
        self._behind.add(conversation)
        self._look.set()

    async def _catch_up_always(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            behind, self._behind = list(self._behind), set()
            for start in range(0, len(behind), TOGETHER):
                some = behind[start : start + TOGETHER]
                if await attempt("delivery", partial(self._catch_up, some)) or len(some) == 1:
                    continue
                for conversation in some:  # one that cannot be read keeps the others from nothing
                    await attempt("delivery", partial(self._catch_up, [conversation]))  # the tick tries again

    async def _catch_up(self, conversations: list[str]) -> None:
        delivered = {one: seen for one in conversations if (seen := self._watches.seen(one)) is not None}
        watches = {one: self._watches.get(one) for one in delivered}
        for one, (head, rows) in (await self._database.read(partial(read_after, delivered=delivered))).items():
            watched, seen = watches[one], delivered[one]
            if self._watches.get(one) is not watched:
                self._fell_behind(one)  # it was given up meanwhile, or begun anew
            elif watched is not None or rows:
                watched = watched or self._watches.start(head, head, seen)
                if not self._deliver(watched, head, rows) and watched.cursors != seen:
                    self._fell_behind(one)  # there is another page

    async def _tick_always(self) -> None:
        await repeat("tick", self._tick, TICK_S)

    async def _tick(self) -> None:
        await self._find_behind([one.head.id for one in self._watches])
        await self._find_unknown(list(filter(self._is_welcomed, self._connections.identities())))

    async def _look_at_begun_always(self) -> None:
        """Look again at what was begun: a hint may have come before Redis knew that it is wanted."""
        while True:
            await self._begun_some.wait()
            await asyncio.sleep(WANTED_S)
            self._begun_some.clear()
            begun, self._begun = self._begun, set()
            await attempt("looking at what was begun", partial(self._find_behind, list(begun)))

    def _has_begun(self, conversation: str) -> None:
        self._bus.want(f"in:{conversation}")
        self._begun.add(conversation)
        self._begun_some.set()

    def _is_welcomed(self, identity: str) -> bool:
        return any(connection.opened for connection in self._connections.of(identity))

    async def _find_behind(self, ids: list[str]) -> None:
        """Look for what was committed elsewhere without a hint that came."""
        for start in range(0, len(ids), CHUNK):
            heads = await self._database.read(partial(read_heads, ids=ids[start : start + CHUNK]))
            for id_, there in heads.items():
                watched = self._watches.get(id_)
                if watched is not None and there != (*watched.cursors.values(), watched.head.epoch):
                    self._fell_behind(id_)

    async def _find_unknown(self, identities: list[str]) -> None:
        """Look for conversations that somebody here has got without a hint that came."""
        for start in range(0, len(identities), CHUNK):
            known = {one.head.id for one in self._watches}
            some = identities[start : start + CHUNK]
            for found in await self._database.read(partial(read_unknown, identities=some, known=known)):
                await self._take_up(*found)

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
