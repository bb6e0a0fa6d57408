"""Advice at work: ask, give it, and leave."""

from msgspec import UNSET
from sqlalchemy import Connection

from chatserver.conversation import rules as log_rules
from chatserver.conversation import store as log_store
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import AgentInfo, ConsultantJoined, ConsultantLeft, ConsultAsked
from chatserver.conversation.guard import Guard
from chatserver.conversation.log import Written, append, by_session, head_for
from chatserver.conversation.messages import ConversationResult, Nothing, Posted
from chatserver.conversation.posting import Posting, posted
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.conversation.views import WaitingLine, seen_by
from chatserver.core.audit import Audited
from chatserver.core.commands import command
from chatserver.core.errors import closed, conflict, forbidden, invalid
from chatserver.core.ports import Hub, Shield
from chatserver.core.routes import Request, route
from chatserver.core.session import AGENTS, Session
from chatserver.desk.acting import Step, act
from chatserver.desk.consulting import store
from chatserver.desk.consulting.messages import (
    AskConsult,
    Consult,
    ConsultEvent,
    ConsultList,
    JoinConsult,
    LeaveConsult,
)
from chatserver.desk.ground import Ground
from chatserver.desk.roster import AgentProfile


class Consulting:
    """The commands of advice, and the list of open questions."""

    def __init__(self, ground: Ground, hub: Hub, line: WaitingLine, shield: Shield) -> None:
        self._ground = ground
        self._hub = hub
        self._line = line
        self._guard = Guard(shield)
        self._posting = Posting(ground.log)

    @command(AskConsult, result=Posted, roles=AGENTS)
    async def ask_consult(self, session: Session, body: AskConsult) -> Posted:
        """Ask a colleague for advice."""
        log_rules.check_text(body.text)
        cleaned = self._guard.clean(body.text)

        def decide(conn: Connection, head: Head) -> tuple[Change, None]:
            authorize(session, Action.SERVE, head)
            target = self._target(conn, session, body)
            tier = target.tier if target is not None else 3 - head.tier
            asked = ConsultAsked(text=cleaned.text, tier=tier, agent=UNSET if target is None else target.info)
            store.keep_question(conn, head, asked, self._ground.log.clock.now())
            return Change((asked,)), None

        answer = posted(*await self._posting.post(session, body.conversation, body.key, decide))
        if not answer.duplicate:
            asks = AgentInfo(session.subject, session.name, session.tier)
            event = ConsultEvent(conversation=body.conversation, open=True, by=asks, text=cleaned.text)
            self._hub.pass_on(await self._asked(body.conversation), "consult", event)
        return answer

    async def _asked(self, conversation: str) -> list[str]:
        """Whoever may answer the question of a conversation."""
        roster = self._ground.roster
        return await self._ground.log.database.read(lambda conn: store.told_of(conn, conversation, roster))

    def _target(self, conn: Connection, session: Session, body: AskConsult) -> AgentProfile | None:
        if body.to_agent is UNSET:
            return None
        target = self._ground.roster.profile(conn, body.to_agent)
        if target is None or target.id == session.subject:
            raise invalid("to_agent", "There is no such colleague.")
        return target

    @command(JoinConsult, result=ConversationResult, roles=AGENTS)
    async def join_consult(self, session: Session, body: JoinConsult) -> ConversationResult:
        """Give advice in a conversation whose agent has asked for it."""
        now = self._ground.log.clock.now()

        def unit(conn: Connection) -> Written[tuple[Head, list[str]]]:
            own = self._ground.roster.profile(conn, session.subject)
            if own is None:
                raise forbidden("This account does not serve conversations.")
            asked = store.asked_of(conn, body.conversation, own, session.role)
            if asked is None or asked[0].consults(own.id):
                return Written((_joined_already(conn, session, body.conversation), []))
            head, question = asked
            if head.served_by(own.id):
                raise conflict("You serve this conversation yourself.")
            store.forget_question(conn, head.number)
            log_store.remember_party(conn, head, own.id, assigned=True, now=now)
            appended = append(conn, head, Change((ConsultantJoined(agent=own.info),)), by_session(session), now)
            return Written((appended.head, question.told(conn, self._ground.roster)), (appended,))

        head, told = await self._ground.log.write(unit)
        self._hub.pass_on(told, "consult", ConsultEvent(conversation=head.id, open=False))
        return ConversationResult(await seen_by(head, self._line, for_user=False))

    @command(LeaveConsult, result=Nothing, roles=AGENTS)
    async def leave_consult(self, session: Session, body: LeaveConsult) -> Nothing:
        """Give advice no longer."""

        def decide(_: Connection, head: Head, __: int) -> Change:
            mine = [one for one in head.consultants if one.id == session.subject]
            return Change((ConsultantLeft(agent=mine[0]),)) if mine and head.is_open else NO_CHANGE

        await act(self._ground.log, session, body.conversation, decide, Step())
        return Nothing()

    @route("GET", "/api/v1/consults", result=ConsultList, roles=AGENTS, audited=Audited.ONCE)
    async def consults(self, request: Request) -> ConsultList:
        """The questions of colleagues that one may answer, the oldest first."""
        session = request.caller

        def query(conn: Connection) -> list[Consult]:
            own = self._ground.roster.profile(conn, session.subject)
            return store.read_questions(conn, self._ground.roster, own, session.role) if own is not None else []

        return ConsultList(await self._ground.log.database.read(query))


def _joined_already(conn: Connection, session: Session, conversation: str) -> Head:
    """Joining again changes nothing; for whoever is not asked the conversation is as visible as ever."""
    head = head_for(conn, session, Action.KNOW, conversation)
    if not head.is_open:
        raise closed()
    if not head.consults(session.subject):
        raise conflict("Nobody asks you for advice here.")
    return head
