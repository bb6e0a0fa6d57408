"""The user's history over HTTP."""

import re
from typing import Annotated, Final

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import ColumnElement, Connection, and_, exists, select

from chatserver.conversation import store
from chatserver.conversation.authority import Action
from chatserver.conversation.events import AgentInfo, MessagePosted, Status
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.rules import preview_of
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations, parties
from chatserver.conversation.users import read_user
from chatserver.core.errors import invalid, not_found
from chatserver.core.routes import Query, Request, route
from chatserver.core.session import AGENTS, Role, Session
from chatserver.core.text import Id
from chatserver.desk.history.contacts import Contact, ContactUser, read_contact, user_of
from chatserver.desk.roster import Roster

READERS: Final = AGENTS | {Role.AUDITOR}
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LOOKED_AT: Final = 20
"""Events among which the user's first words are looked for."""


class PastContact(Struct, frozen=True, kw_only=True):
    """An earlier conversation: what it was about, who served it, how it ended, and what the user thought of it."""

    id: str
    topic: str
    status: Status
    started_at: int
    tags: list[str]
    closed_at: int | UnsetType = UNSET
    disposition: str | UnsetType = UNSET
    agent: AgentInfo | UnsetType = UNSET
    score: int | UnsetType = UNSET
    solved: bool | UnsetType = UNSET
    first_text: str | UnsetType = UNSET


class History(Struct, frozen=True):
    """A user and their contacts, newest first; `next` is the cursor of the next page if there is one."""

    user: ContactUser
    contacts: list[PastContact]
    next: str | UnsetType = UNSET


class HistoryQuery(Query, frozen=True):
    """A page of contacts."""

    limit: Annotated[int, Meta(ge=1, le=50, description="Contacts in a page.")] = 10
    cursor: Annotated[Id, Meta(description="The `next` of the page before.")] | UnsetType = UNSET


class HistoryApi:
    """Routes about users and what they came for before."""

    def __init__(self, log: Log, roster: Roster) -> None:
        self._log = log
        self._roster = roster

    @route("GET", "/api/v1/conversations/{id}/contact", result=Contact, roles=READERS)
    async def contact(self, request: Request) -> Contact:
        """Who the user of a conversation is, and what the page and the intake have told."""

        def query(conn: Connection) -> Contact:
            head = head_for(conn, request.caller, Action.READ, request.path["id"], lock=False)
            return read_contact(conn, head, request.caller)

        return await self._log.database.read(query)

    @route("GET", "/api/v1/users/{user}/history", result=History, roles=READERS, query=HistoryQuery)
    async def history(self, request: Request) -> History:
        """Every contact of a user, newest first, for agents who have or had one of them."""
        asked: HistoryQuery = request.query
        user = request.path["user"]
        if _ID.fullmatch(user) is None:
            raise not_found("user")
        return await self._log.database.read(lambda conn: self._read(conn, request.caller, user, asked))

    def _read(self, conn: Connection, session: Session, user: str, asked: HistoryQuery) -> History:
        table = conversations.c
        theirs: ColumnElement[bool] = table.user_id == user
        if not conn.execute(select(exists().where(theirs, _may_see(session)))).scalar():
            raise not_found("user")
        query = select(conversations).where(theirs).order_by(table.number.desc()).limit(asked.limit + 1)
        if asked.cursor is not UNSET:
            place = conn.execute(select(table.number).where(theirs, table.id == asked.cursor)).scalar()
            if place is None:
                raise invalid("cursor", "Take the cursor from the `next` of an earlier page.")
            query = query.where(table.number < place)
        heads = store.select_heads(conn, query)
        shown = [self._contact(conn, head) for head in heads[: asked.limit]]
        more = shown[-1].id if len(heads) > asked.limit else UNSET
        known = user_of(read_user(conn, user), user, heads[0].locale if heads else "en", session.role)
        return History(known, shown, more)

    def _contact(self, conn: Connection, head: Head) -> PastContact:
        profile = self._roster.profile(conn, head.last_agent) if head.last_agent else None
        known = {name: getattr(head, name) for name in ("closed_at", "disposition", "score", "solved")}
        return PastContact(
            id=head.id,
            topic=head.topic,
            status=head.status,
            started_at=head.started_at,
            tags=list(head.tags),
            agent=profile.info if profile is not None else UNSET,
            first_text=_first_text(conn, head) or UNSET,
            **{name: value for name, value in known.items() if value is not None},
        )


def _may_see(session: Session) -> ColumnElement[bool]:
    """An agent sees the history of users with whom they have or had to do."""
    if session.role is not Role.AGENT:
        return conversations.c.id.is_not(None)
    mine = and_(parties.c.conversation == conversations.c.number, parties.c.agent_id == session.subject)
    return exists().where(mine, parties.c.assigned)


def _first_text(conn: Connection, head: Head) -> str:
    """What the user wrote first: what it was about, in their own words."""
    for row in store.read_page(conn, head, "public", 0, _LOOKED_AT):
        body = row.read()
        if isinstance(body, MessagePosted) and row.by.role == "user" and body.text:
            return preview_of(body.text)
    return ""
