"""The commands of supervisors at work."""

from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.authority import Action
from chatserver.conversation.log import Written, append, by_session, head_for
from chatserver.conversation.messages import ConversationResult, Nothing
from chatserver.conversation.states import Change, Head
from chatserver.conversation.views import WaitingLine, seen_by
from chatserver.core.commands import command
from chatserver.core.errors import capacity, conflict, invalid
from chatserver.core.session import SUPERVISOR_ONLY, Session
from chatserver.desk import store
from chatserver.desk.acting import Decide, Step, act
from chatserver.desk.decisions import store_decision
from chatserver.desk.ground import Ground
from chatserver.desk.messages import PresenceState, QueueState, StatusResult
from chatserver.desk.presence import PresenceDesk, state_of
from chatserver.desk.roster import known_skill
from chatserver.desk.rules import Terms, requeue
from chatserver.desk.supervising import rules
from chatserver.desk.supervising.messages import (
    ForceClose,
    ForceOffline,
    MoveInQueue,
    Reassign,
    UnwatchConversation,
    WatchConversation,
)


class Supervising:
    """Watch, reassign, close, move in the queue, send offline."""

    def __init__(self, ground: Ground, line: WaitingLine, presence: PresenceDesk, terms: Terms) -> None:
        self._ground = ground
        self._line = line
        self._presence = presence
        self._terms = terms

    @command(WatchConversation, result=ConversationResult, roles=SUPERVISOR_ONLY)
    async def watch_conversation(self, session: Session, body: WatchConversation) -> ConversationResult:
        """Be told everything without taking part."""
        step = Step("watched", body.reason)
        head = await self._act(session, body.conversation, lambda _, head, __: rules.watch(head, session.subject), step)
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    @command(UnwatchConversation, result=Nothing, roles=SUPERVISOR_ONLY)
    async def unwatch_conversation(self, session: Session, body: UnwatchConversation) -> Nothing:
        """Be told no more."""
        await self._act(session, body.conversation, lambda _, head, __: rules.unwatch(head, session.subject), Step())
        return Nothing()

    @command(Reassign, result=StatusResult, roles=SUPERVISOR_ONLY)
    async def reassign(self, session: Session, body: Reassign) -> StatusResult:
        """Give a conversation to an agent, or to the queue."""
        if body.to_agent is not UNSET and body.to_skill is not UNSET:
            raise invalid("to_agent", "Name either to_agent or to_skill, or none of them.")

        def decide(conn: Connection, head: Head, now: int) -> Change:
            if body.to_agent is not UNSET:
                return self._to_agent(conn, head, body.to_agent, now)
            if body.to_skill is not UNSET and not self._has_skill(conn, body.to_skill, head.tier):
                raise invalid("to_skill", "No agent of this tier has that skill.")
            return rules.requeue_for(head, head.skill if body.to_skill is UNSET else body.to_skill)

        head = await self._act(session, body.conversation, decide, Step("reassigned", body.reason))
        return StatusResult(head.status)

    def _to_agent(self, conn: Connection, head: Head, to_agent: str, now: int) -> Change:
        target = self._ground.roster.profile(conn, to_agent)
        if target is None:
            raise invalid("to_agent", "There is no such agent.")
        change = rules.reassign_to(head, target.info, self._terms, now)
        if not change.events:
            return change
        presence = store.read_presence(conn, to_agent, lock=True)
        if presence is None or presence.link_lost_at is not None or presence.status == "offline":
            raise conflict("That agent is not at work now.")
        if log_store.count_live(conn, to_agent) >= store.limit_of(presence, target.capacity):
            raise capacity()
        return change

    def _has_skill(self, conn: Connection, skill: str, tier: int) -> bool:
        return bool(known_skill(self._ground.roster.profiles(conn), skill, tier))

    @command(ForceClose, result=Nothing, roles=SUPERVISOR_ONLY)
    async def force_close(self, session: Session, body: ForceClose) -> Nothing:
        """End somebody else's conversation."""
        code = None if body.disposition is UNSET else body.disposition
        step = Step("closed", body.reason)
        await self._act(session, body.conversation, lambda _, head, __: rules.force_close(head, code), step)
        return Nothing()

    @command(MoveInQueue, result=QueueState, roles=SUPERVISOR_ONLY)
    async def move_in_queue(self, session: Session, body: MoveInQueue) -> QueueState:
        """Give a conversation that waits another priority."""
        step = Step("moved", body.reason)
        head = await self._act(
            session, body.conversation, lambda _, head, __: rules.move_in_queue(head, body.priority), step
        )
        return QueueState(head.status, await self._line.position(head) if head.status == "waiting" else None)

    async def _act(self, session: Session, conversation: str, decide: Decide, step: Step) -> Head:
        return await act(self._ground.log, session, conversation, decide, step)

    @command(ForceOffline, result=PresenceState, roles=SUPERVISOR_ONLY)
    async def force_offline(self, session: Session, body: ForceOffline) -> PresenceState:
        """Let nothing new come to an agent."""

        def unit(conn: Connection) -> PresenceState:
            presence = store.read_presence(conn, body.agent, lock=True)
            if presence is None or self._ground.roster.profile(conn, body.agent) is None:
                raise invalid("agent", "There is no such agent, or they were never at work.")
            store.save_presence(conn, body.agent, status="offline", reason=None, wrap_up_until=None)
            return state_of(conn, replace(presence, status="offline", reason=None, wrap_up_until=None))

        state = await self._ground.log.database.write(unit)
        await self._presence.refresh(body.agent)
        await self._presence.tell(body.agent, "offline")
        if body.requeue:
            await self._requeue_all(session, body)
        return state

    async def _requeue_all(self, session: Session, body: ForceOffline) -> None:
        for head in await self._ground.log.database.read(lambda conn: store.served_heads(conn, body.agent)):
            await self._requeue(session, head, body.agent, body.reason)

    async def _requeue(self, session: Session, head: Head, agent: str, reason: str) -> None:
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> Written[None]:
            locked = head_for(conn, session, Action.KNOW, head.id)
            if not locked.served_by(agent):
                return Written(None)
            appended = append(conn, locked, requeue(locked, "transferred", now), by_session(session), now)
            store_decision(conn, appended.head, now, "reassigned", reason, agent_id=session.subject)
            return Written(None, (appended,))

        await self._ground.log.write(unit)
