"""What people do at the desk: ask for an agent, accept, hand off, take back, transfer, reopen."""

from typing import Any

from msgspec import UNSET, UnsetType
from sqlalchemy import Connection

from chatserver.conversation import store as log_store
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.log import Log
from chatserver.conversation.messages import ConversationResult, Nothing
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.conversation.views import WaitingLine, seen_by
from chatserver.core.commands import command
from chatserver.core.errors import capacity, conflict, forbidden, invalid
from chatserver.core.session import AGENTS, SUPERVISOR_ONLY, USER_ONLY, Role, Session
from chatserver.desk import rules, store
from chatserver.desk.acting import Decide, Step, act
from chatserver.desk.decisions import count_hand_ons
from chatserver.desk.messages import (
    AcceptOffer,
    CancelWaiting,
    DeclineOffer,
    HandOff,
    HandOffResult,
    JoinConversation,
    LeaveConversation,
    QueueState,
    ReopenConversation,
    RequestAgent,
    StatusResult,
    TakeBack,
    Transfer,
)
from chatserver.desk.roster import AgentProfile, Roster, known_skill


class Desk:
    """The commands of the desk."""

    def __init__(self, log: Log, line: WaitingLine, roster: Roster, terms: rules.Terms) -> None:
        self._log = log
        self._line = line
        self._roster = roster
        self._terms = terms

    @command(RequestAgent, result=QueueState, roles=USER_ONLY | {Role.BOT})
    async def request_agent(self, session: Session, body: RequestAgent) -> QueueState:
        """Queue the conversation for an agent; out of hours it stays where it is."""

        def decide(conn: Connection, head: Head, now: int) -> Change:
            if head.status == "bot" and not self._line.is_open(conn, head.tier, head.skill, now):
                return NO_CHANGE
            return rules.request_agent(head, body.reason)

        head = await self._act(session, body.conversation, decide)
        place = await self._line.position(head) if head.status == "waiting" else None
        if head.status == "waiting" and place is None:
            head = await self._log.latest(head)  # paired meanwhile
        return QueueState(head.status, place)

    @command(CancelWaiting, result=StatusResult, roles=USER_ONLY)
    async def cancel_waiting(self, session: Session, body: CancelWaiting) -> StatusResult:
        """Leave the queue."""
        head = await self._act(session, body.conversation, lambda _, head, __: rules.cancel_waiting(head), "left")
        return StatusResult(head.status)

    @command(AcceptOffer, result=ConversationResult, roles=AGENTS)
    async def accept_offer(self, session: Session, body: AcceptOffer) -> ConversationResult:
        """Take the conversation that is offered."""

        def decide(conn: Connection, head: Head, now: int) -> Change:
            agent = self._own(conn, session).info
            store.save_presence(conn, session.subject, misses=0)
            return rules.accept(head, agent, body.epoch, self._terms, now)

        head = await self._act(session, body.conversation, decide, "assigned", "accepted")
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    @command(DeclineOffer, result=Nothing, roles=AGENTS)
    async def decline_offer(self, session: Session, body: DeclineOffer) -> Nothing:
        """Refuse the conversation that is offered."""

        def decide(conn: Connection, head: Head, now: int) -> Change:
            rules.check_offer(head, session.subject, body.epoch)
            return unring(conn, self._roster, head)

        await self._act(session, body.conversation, decide, "declined")
        return Nothing()

    @command(HandOff, result=HandOffResult, roles=AGENTS)
    async def hand_off(self, session: Session, body: HandOff) -> HandOffResult:
        """Give the conversation to the other tier."""
        note = (body.note or "").strip()

        def decide(conn: Connection, head: Head, now: int) -> Change:
            change = rules.hand_off(head, session, body.to_tier, body.reason, note, now)
            if change.events:
                self._check_hand_ons(conn, head, session)
            skill = self._line.known_skill(conn, head.skill, body.to_tier)
            return _with(change, skill=skill) if change.events else change

        head = await self._act(session, body.conversation, decide, "handed_off", body.reason)
        return HandOffResult(head.status, head.tier)

    @command(TakeBack, result=ConversationResult, roles=AGENTS)
    async def take_back(self, session: Session, body: TakeBack) -> ConversationResult:
        """Serve a conversation again that one has handed off."""

        def decide(conn: Connection, head: Head, _: int) -> Change:
            own = self._own(conn, session)
            active, limit = self._load(conn, own)
            return rules.take_back(head, session, own.info, active, limit)

        head = await self._act(session, body.conversation, decide, "taken_back")
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    @command(Transfer, result=StatusResult, roles=AGENTS)
    async def transfer(self, session: Session, body: Transfer) -> StatusResult:
        """Give the conversation to an agent or to a skill."""
        if (body.to_agent is UNSET) == (body.to_skill is UNSET):
            raise invalid("to_agent", "Name either to_agent or to_skill.")
        note = (body.note or "").strip()

        def decide(conn: Connection, head: Head, now: int) -> Change:
            if rules.is_transferred(head, session, body):
                return NO_CHANGE
            authorize(session, Action.SERVE, head)  # before what may be wrong with the target
            self._check_hand_ons(conn, head, session)
            if body.to_skill is not UNSET:
                self._check_skill(conn, body.to_skill, head.tier)
                change = rules.transfer_to_skill(head, session, note, now)
                return _with(change, skill=body.to_skill)
            return self._to_agent(conn, head, session, str(body.to_agent), note, now)

        target = body.to_agent if body.to_skill is UNSET else body.to_skill
        head = await self._act(session, body.conversation, decide, "transferred", str(target))
        return StatusResult(head.status)

    def _to_agent(self, conn: Connection, head: Head, session: Session, to_agent: str, note: str, now: int) -> Change:
        target = self._roster.profile(conn, to_agent)
        if target is None:
            raise invalid("to_agent", "There is no such agent.")
        change = rules.transfer_to_agent(head, session, target.info, note, self._terms, now)
        rules.check_target(head, target.info, session)
        presence = store.read_presence(conn, to_agent, lock=True)
        if presence is None or not presence.routable:
            raise conflict("That agent is not available now.")
        active, limit = self._load(conn, target)
        if active >= limit:
            raise capacity()
        log_store.remember_party(conn, head, to_agent, assigned=False, now=now)
        return change

    @command(JoinConversation, result=ConversationResult, roles=SUPERVISOR_ONLY)
    async def join_conversation(self, session: Session, body: JoinConversation) -> ConversationResult:
        """Take part beside the agent."""

        def decide(conn: Connection, head: Head, now: int) -> Change:
            change = rules.join(head, session, self._own(conn, session).info)
            log_store.remember_party(conn, head, session.subject, assigned=True, now=now)
            return change

        head = await self._act(session, body.conversation, decide, "joined", body.reason)
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    @command(LeaveConversation, result=Nothing, roles=SUPERVISOR_ONLY)
    async def leave_conversation(self, session: Session, body: LeaveConversation) -> Nothing:
        """Stop taking part."""

        def decide(conn: Connection, head: Head, _: int) -> Change:
            return rules.leave(head, session, self._own(conn, session).info)

        await self._act(session, body.conversation, decide)
        return Nothing()

    @command(ReopenConversation, result=ConversationResult, roles=AGENTS)
    async def reopen_conversation(self, session: Session, body: ReopenConversation) -> ConversationResult:
        """Go on with a closed conversation."""

        def decide(conn: Connection, head: Head, now: int) -> Change:
            own = self._own(conn, session)
            active, limit = self._load(conn, own)
            if head.is_open and log_store.read_reopener(conn, head) == session.subject:
                return NO_CHANGE  # the ack may have been lost
            change = rules.reopen(head, session, own.info, now, has_slot=active < limit)
            log_store.lock_user(conn, head.user_id)
            if change.events and log_store.read_open(conn, head.user_id) is not None:
                raise conflict("The user has another conversation open.")
            return change

        head = await self._act(session, body.conversation, decide, "reopened")
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    def _check_hand_ons(self, conn: Connection, head: Head, session: Session) -> None:
        if session.role is not Role.SUPERVISOR:
            rules.check_hand_ons(count_hand_ons(conn, head.number), self._terms)

    def _own(self, conn: Connection, session: Session) -> AgentProfile:
        profile = self._roster.profile(conn, session.subject)
        if profile is None:
            raise forbidden("This account does not serve conversations.")
        return profile

    def _load(self, conn: Connection, profile: AgentProfile) -> tuple[int, int]:
        """Conversations of an agent and their limit, counted under the agent's lock."""
        presence = store.read_presence(conn, profile.id, lock=True)
        return log_store.count_live(conn, profile.id), store.limit_of(presence, profile.capacity)

    def _check_skill(self, conn: Connection, skill: str, tier: int) -> None:
        if not known_skill(self._roster.profiles(conn), skill, tier):
            raise invalid("to_skill", "No agent of this tier has that skill.")

    async def _act(
        self, session: Session, conversation: str, decide: Decide, action: str | UnsetType = UNSET, reason: str = ""
    ) -> Head:
        return await act(self._log, session, conversation, decide, Step(action, reason))


def unring(conn: Connection, roster: Roster, head: Head) -> Change:
    """Where a refused or missed offer goes: to the sender of a transfer if there is a slot."""
    sender = roster.profile(conn, head.return_to) if head.return_to else None
    if sender is None:
        return rules.unring(head, None)
    presence = store.read_presence(conn, sender.id, lock=True)
    full = log_store.count_live(conn, sender.id) >= store.limit_of(presence, sender.capacity)
    here = presence is not None and presence.link_lost_at is None
    return rules.unring(head, None if full or not here else sender.info)


def _with(change: Change, **fields: Any) -> Change:
    return Change(change.events, change.fields | fields)
