"""Follows the log: keeps the index in step and tells agents of their offers."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation.events import AgentInfo, MessagePosted
from chatserver.conversation.log import SYSTEM, Appended
from chatserver.conversation.rules import preview_of
from chatserver.conversation.states import Head
from chatserver.conversation.store import read_page
from chatserver.core.background import attempt
from chatserver.core.ports import Hub
from chatserver.desk import store
from chatserver.desk.catalogue.store import read_routing
from chatserver.desk.decisions import store_decision
from chatserver.desk.ground import Ground
from chatserver.desk.messages import Offer, OfferWithdrawn, WrapUpEvent
from chatserver.desk.pairing import Pairing
from chatserver.desk.positions import Positions


class Follower:
    """What the desk does after each commit. One conversation's follow-ups run in order."""

    def __init__(self, ground: Ground, hub: Hub, pairing: Pairing, positions: Positions) -> None:
        self._ground = ground
        self._hub = hub
        self._pairing = pairing
        self._positions = positions
        self._tails: dict[str, asyncio.Task[None]] = {}

    def follow(self, appended: Appended) -> None:
        """A subscriber of the log."""
        before, head = appended.before, appended.head
        if before is not None and before.reply_due and head.served_by(str(head.last_agent)):
            self._chain(head.id, self._shown_life(head))
        if before is not None and _standing(before) == _standing(head):
            return
        self._chain(head.id, self._catch_up(before, head, paired=_is_paired(appended)))

    async def settled(self, conversation: str) -> None:
        """Wait until the index knows what was committed last."""
        tail = self._tails.get(conversation)
        if tail is not None:
            await asyncio.wait([tail])

    async def all_settled(self) -> None:
        """Wait until nothing is left to follow up."""
        while self._tails:
            await asyncio.wait(self._tails.values())

    def _chain(self, conversation: str, step: Coroutine[Any, Any, None]) -> None:
        earlier = self._tails.get(conversation)

        async def after_earlier() -> None:
            if earlier is not None:
                await asyncio.wait([earlier])
            # What the index misses now, the sweep finds.
            await attempt("follow-up", lambda: step, RedisError)

        task = asyncio.create_task(after_earlier())
        self._tails[conversation] = task
        task.add_done_callback(lambda done: self._forget(conversation, done))

    def _forget(self, conversation: str, done: asyncio.Task[None]) -> None:
        if self._tails.get(conversation) is done:
            del self._tails[conversation]

    async def _catch_up(self, before: Head | None, head: Head, *, paired: bool) -> None:
        self._tell_offers(before, head)
        if paired:
            return  # the pairing itself keeps the index
        try:
            await self._keep_index(before, head)
        except (RedisError, OSError):
            self._pairing.kick()  # without the index the pairing asks SQL
            raise

    async def _keep_index(self, before: Head | None, head: Head) -> None:
        if before is not None and before.status == "active" and before.agent is not None and not head.is_open:
            await self._wrap_up(before.agent.id)
        if before is not None and before.status == "waiting" and _lane(before) != _lane(head):
            await self._ground.queue.leave(before)
        if head.status == "waiting" and (before is None or _lane(before) != _lane(head)):
            await self._wait_in_line(head)
        for agent in _agents_of(before) ^ _agents_of(head):
            await self._pairing.refresh(agent)

    async def _wrap_up(self, agent: str) -> None:
        """Who has closed a conversation gets the time to finish it, where the desk gives any."""
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> int:
            wrap_up_s = read_routing(conn).wrap_up_s
            if wrap_up_s:
                store.save_presence(conn, agent, wrap_up_until=now + wrap_up_s * 1_000)
            return wrap_up_s

        if wrap_up_s := await self._ground.log.database.write(unit):
            self._hub.pass_on([f"agent:{agent}"], "wrap_up", WrapUpEvent(now + wrap_up_s * 1_000))

    async def _shown_life(self, head: Head) -> None:
        """The first reply came in time: misses count only in a row."""
        agent = str(head.last_agent)
        if head.reply_due is None:
            await self._ground.log.database.write(lambda conn: store.save_presence(conn, agent, misses=0))

    async def _wait_in_line(self, head: Head) -> None:
        await self._pairing.enter(head)
        place, expected = await self._positions.look(head)
        self._pairing.kick()
        columns: dict[str, Any] = {"position": place}
        if expected is not None:
            columns |= {"estimate_low_s": expected[0], "estimate_high_s": expected[1]}
        now = self._ground.log.clock.now()
        reason = "returned" if head.avoid_agent else "asked"
        await self._ground.log.database.write(
            lambda conn: store_decision(conn, head, now, "queued", reason, **columns),
            lane=head.id,
        )

    def _tell_offers(self, before: Head | None, head: Head) -> None:
        if before is not None and before.status == "offered" and before.agent is not None:
            stands = head.offered_to(before.agent.id) and head.epoch == before.epoch
            if not stands and not head.served_by(before.agent.id):
                body = OfferWithdrawn(head.id, before.epoch, before.offer_until or 0, "")
                self._hub.pass_on([f"agent:{before.agent.id}"], "offer_withdrawn", body)
        if head.status == "offered" and (before is None or before.epoch != head.epoch):
            self._chain(head.id, self.ring(head))

    async def ring(self, head: Head) -> None:
        """Tell an agent of the offer that stands; again after a reconnect."""
        assert head.agent is not None
        preview = await self._ground.log.database.read(lambda conn: read_preview(conn, head))
        body = Offer(head.id, head.epoch, head.offer_until or 0, preview)
        self._hub.pass_on([f"agent:{head.agent.id}"], "offer", body)

    async def ring_again(self, agent: str) -> None:
        """After `welcome`: the offers that still stand."""
        for head in await self._ground.log.database.read(lambda conn: store.served_heads(conn, agent)):
            if head.status == "offered":
                await self.ring(head)


def read_preview(conn: Connection, head: Head) -> str:
    """The beginning of the last thing the user wrote."""
    after = max(0, head.public_head - 50)
    for row in reversed(read_page(conn, head, "public", after, 50)):
        if row.type == "message_posted" and row.by.role == "user":
            body = row.read()
            assert isinstance(body, MessagePosted)
            return preview_of(body.text)
    return ""


def _is_paired(appended: Appended) -> bool:
    before, head = appended.before, appended.head
    was_waiting = before is not None and before.status == "waiting"
    return was_waiting and head.status in {"offered", "active"} and appended.by == SYSTEM


def _standing(head: Head) -> tuple[Any, ...]:
    return head.status, head.tier, head.skill, head.epoch, head.agent


def _lane(head: Head) -> tuple[Any, ...]:
    return head.status == "waiting", head.tier, head.skill, head.epoch


def _agents_of(head: Head | None) -> set[str]:
    agent: AgentInfo | None = head.agent if head is not None else None
    live = head is not None and head.status in ("offered", "active")
    return {agent.id} if agent is not None and live else set()
