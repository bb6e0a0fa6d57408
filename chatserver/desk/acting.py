"""How the desk acts on a conversation: decide under its lock, append, keep the routing decision."""

from collections.abc import Callable

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.conversation.authority import Action
from chatserver.conversation.log import Appended, Log, Written, append, by_session, head_for
from chatserver.conversation.states import Change, Head
from chatserver.core.session import Session
from chatserver.desk.decisions import store_decision
from chatserver.desk.verdicts import bind

Decide = Callable[[Connection, Head, int], Change]


class Step(Struct, frozen=True):
    """What is kept of a routing decision: nothing where there is no `action`."""

    action: str | UnsetType = UNSET
    reason: str = ""


async def act(log: Log, session: Session, conversation: str, decide: Decide, step: Step) -> Head:
    """Do what `decide` says of a conversation that this session may know; returns the head after it."""
    now = log.clock.now()

    def unit(conn: Connection) -> Written[Head]:
        head = head_for(conn, session, Action.KNOW, conversation)
        change = decide(conn, head, now)
        if not change.events and not change.fields:
            return Written(head)
        appended = append(conn, head, change, by_session(session), now)
        bind_new_agent(conn, appended, now)
        if step.action is not UNSET:
            store_decision(conn, appended.head, now, step.action, step.reason, agent_id=session.subject)
        return Written(appended.head, (appended,))

    return await log.write(unit)


def bind_new_agent(conn: Connection, appended: Appended, now: int) -> None:
    """Whoever serves the conversation after a change may see it and is the user's last agent."""
    head, before = appended.head, appended.before
    if head.agent is None or head.status != "active":
        return
    if before is None or not before.served_by(head.agent.id):
        bind(conn, head, head.agent.id, now, assigned=True)
