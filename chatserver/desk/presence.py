"""Presence: who is at work. A link lives as long as its socket and its process; no flags, no ghosts."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeAlias

import structlog
from msgspec import UNSET
from msgspec.structs import replace
from redis.exceptions import RedisError
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.core.audit import Audited
from chatserver.core.commands import command
from chatserver.core.errors import ChatError, forbidden, invalid
from chatserver.core.ports import Hub
from chatserver.core.session import AGENTS, ALL_AGENTS, Session
from chatserver.desk import store
from chatserver.desk.ground import Ground
from chatserver.desk.messages import (
    FinishWrapUp,
    PresenceEvent,
    PresenceState,
    PresenceStatus,
    SetPresence,
    WrapUpEvent,
)
from chatserver.desk.pairing import Pairing
from chatserver.desk.roster import AgentProfile, Roster

KEEP_STATUS_MS: Final = 60_000
"""An agent who is back within this time has the status of before."""

PATIENCE_S: Final = 1.0
"""An index that answers later is mended by the sweep; no agent waits longer for it."""

Goodbye: TypeAlias = Callable[[], Awaitable[None]]
"""Tells the storage that somebody went."""

log = structlog.get_logger(__name__)


class PresenceDesk:
    """Links of agents and what follows from them."""

    def __init__(self, ground: Ground, hub: Hub, pairing: Pairing, process: str) -> None:
        self._ground = ground
        self._hub = hub
        self._pairing = pairing
        self.process = process
        self._here: dict[str, str] = {}  # agents by session, as long as its socket is in this process
        self._lost: dict[str, str] = {}  # those of them whose link is to be made again
        self._owed: list[Goodbye] = []  # those that the storage could not be told
        self._leaving: dict[str, int] = {}  # users who went, and when; the storage is told of them next
        self._one_goodbye = asyncio.Lock()

    async def agent_connected(self, session: Session) -> None:
        """A socket of an agent came: the link lives, and the status of before if it was recent."""
        try:
            await self._link(session.id, session.subject)
        except BaseException:
            # It may stand in SQL all the same, and nobody would ever take it out: this socket is let in no more.
            self._owed.append(partial(self._unlink, session.id, session.subject, self._ground.log.clock.now()))
            raise
        self._here[session.id] = session.subject

    def lose_links(self) -> None:
        """This process was taken for dead, and its links with it."""
        self._lost.update(self._here)

    async def link_again(self) -> None:
        """Make the links that were lost anew; what the storage refuses is done the next time."""
        while self._lost:
            session, agent = next(iter(self._lost.items()))
            await self._link(session, agent)
            if self._lost.pop(session, None) is None:  # it went meanwhile
                await self._say_goodbye(partial(self._unlink, session, agent, self._ground.log.clock.now()))

    async def _link(self, session: str, agent: str) -> None:
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> tuple[store.Presence, bool]:
            store.delete_link(conn, session)
            store.insert_link(conn, session, agent, self.process)
            return _link_up(conn, self._ground.roster, agent, now)

        presence, told = await self._ground.log.database.write(unit)
        await self.refresh(agent)
        if told:
            await self.tell(agent, presence.status, users=True)

    async def agent_disconnected(self, session: Session) -> None:
        """A socket of an agent went; with the last one nothing new comes their way."""
        self._here.pop(session.id, None)
        self._lost.pop(session.id, None)
        await self._say_goodbye(partial(self._unlink, session.id, session.subject, self._ground.log.clock.now()))

    async def _say_goodbye(self, goodbye: Goodbye) -> None:
        try:
            await goodbye()
        except ChatError as refusal:
            log.warning("goodbye_delayed", code=refusal.code)
            self._owed.append(goodbye)

    async def say_owed_goodbyes(self) -> None:
        """Tell the storage, now that it may listen again, who went while it did not: there must be no ghosts."""
        owed, self._owed = self._owed, []
        for goodbye in owed:
            await self._say_goodbye(goodbye)

    async def _unlink(self, session: str, agent: str, now: int) -> None:
        def unit(conn: Connection) -> None:
            store.read_presence(conn, agent, lock=True)
            store.delete_link(conn, session)
            store.lose_link(conn, agent, now)

        await self._ground.log.database.write(unit)
        await self.refresh(agent)

    async def user_came(self, session: Session, *, was_missed: bool = True) -> None:
        """A socket of a user came: their place in the queue is safe. `was_missed`: SQL takes them for gone."""
        self._leaving.pop(session.subject, None)
        if was_missed:
            await self._ground.log.database.write(lambda conn: store.mark_user(conn, session.subject, None))

    async def user_went(self, session: Session) -> None:
        """The last socket of a user here went: the place in the queue is kept for a while.

        While the storage is being told of some, the next ones gather: when thousands go at once, messages do not wait
        behind thousands of goodbyes.
        """
        self._leaving[session.subject] = self._ground.log.clock.now()
        async with self._one_goodbye:
            leaving, self._leaving = self._leaving, {}
            if leaving:
                await self._say_goodbye(partial(self._leave, leaving))

    async def _leave(self, left_at: dict[str, int]) -> None:
        await self._ground.log.database.write(lambda conn: store.mark_users_left(conn, left_at))

    @command(SetPresence, result=PresenceState, roles=AGENTS)
    async def set_presence(self, session: Session, body: SetPresence) -> PresenceState:
        """Set one's own status and capacity."""

        def unit(conn: Connection) -> PresenceState:
            return _set_presence(conn, self._ground.roster, session.subject, body, self._ground.log.clock.now())

        state = await self._ground.log.database.write(unit)
        await self.refresh(session.subject)
        await self.tell(session.subject, state.status)
        return state

    @command(FinishWrapUp, result=PresenceState, roles=AGENTS, audited=Audited.NEVER)
    async def finish_wrap_up(self, session: Session, body: FinishWrapUp) -> PresenceState:
        """Take conversations again."""

        def unit(conn: Connection) -> PresenceState:
            return _finish_wrap_up(conn, self._ground.roster, session.subject)

        state = await self._ground.log.database.write(unit)
        await self.refresh(session.subject)
        self.tell_wrap_up(session.subject, 0)
        return state

    def tell_wrap_up(self, agent: str, until: int) -> None:
        """Tell an agent that the time to wrap up has begun, or is over."""
        self._hub.pass_on([f"agent:{agent}"], "wrap_up", WrapUpEvent(until))

    async def tell(self, agent: str, status: PresenceStatus, *, users: bool = False) -> None:
        """Tell all agents; and the users whom this agent serves, of a link that is lost or back."""

        def query(conn: Connection) -> tuple[AgentProfile | None, list[str], str | None]:
            served = store.served_heads(conn, agent)
            theirs = [f"user:{head.user_id}" for head in served if head.status == "active"]
            state = store.read_presence(conn, agent)
            return self._ground.roster.profile(conn, agent), theirs if users else [], state.reason if state else None

        profile, told, reason = await self._ground.log.database.read(query)
        if profile is not None:
            self._hub.pass_on([ALL_AGENTS], "presence", PresenceEvent(profile.info, status, reason or UNSET))
            if told:
                self._hub.pass_on(told, "presence", PresenceEvent(profile.info, status))

    async def refresh(self, agent: str) -> None:
        """Let the index know what SQL says of an agent; the sweep mends what fails."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._pairing.refresh(agent)
        except (RedisError, OSError, ChatError, TimeoutError) as error:
            log.warning("index_behind", agent=agent, error=type(error).__name__)
            self._pairing.kick()  # without the index the pairing asks SQL


def _link_up(conn: Connection, roster: Roster, agent: str, now: int) -> tuple[store.Presence, bool]:
    presence = store.read_presence(conn, agent, lock=True)
    if presence is None:
        profile = roster.profile(conn, agent)
        store.insert_presence(conn, agent, profile.capacity if profile else 1, now)
        presence = store.read_presence(conn, agent, lock=True)
        assert presence is not None
    lost_at = presence.link_lost_at
    if lost_at is None:
        return presence, False
    status = presence.status if now - lost_at <= KEEP_STATUS_MS else "offline"
    fresh = {"status": status, "link_lost_at": None, "loss_told": False}
    store.save_presence(conn, agent, **fresh)
    again = store.read_presence(conn, agent)
    assert again is not None
    return again, presence.loss_told


def _set_presence(conn: Connection, roster: Roster, agent: str, body: SetPresence, now: int) -> PresenceState:
    profile = roster.profile(conn, agent)
    presence = store.read_presence(conn, agent, lock=True)
    if profile is None or presence is None:
        raise forbidden("This account does not serve conversations.")
    limit = presence.capacity if body.capacity is UNSET else body.capacity
    if body.capacity is not UNSET and body.capacity > profile.capacity:
        raise invalid("capacity", f"Your capacity is at most {profile.capacity}.")
    limit = min(limit, profile.capacity)
    reason = None if body.reason is UNSET or body.status == "available" else body.reason
    fields = {"status": body.status, "capacity": limit, "misses": 0, "reason": reason}
    if body.status == "available" and presence.status != "available":
        fields["idle_since"] = now
    store.save_presence(conn, agent, **fields)
    return state_of(conn, replace(presence, status=body.status, capacity=limit, reason=reason))


def state_of(conn: Connection, presence: store.Presence) -> PresenceState:
    """The state of an agent as they are told."""
    active = log_store.count_live(conn, presence.agent_id)
    until = UNSET if presence.wrap_up_until is None else presence.wrap_up_until
    return PresenceState(presence.status, presence.capacity, active, presence.reason or UNSET, until)


def _finish_wrap_up(conn: Connection, roster: Roster, agent: str) -> PresenceState:
    presence = store.read_presence(conn, agent, lock=True)
    if presence is None or roster.profile(conn, agent) is None:
        raise forbidden("This account does not serve conversations.")
    store.save_presence(conn, agent, wrap_up_until=None)
    return state_of(conn, replace(presence, wrap_up_until=None))
