"""Conversations over HTTP: lists, search, one, and its transcript."""

import asyncio
import re
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.conversation import store
from chatserver.conversation.authority import Action
from chatserver.conversation.events import Recorded, Status, Thread
from chatserver.conversation.listing import Listed, Wanted, read_list
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.masking import name_for_agents
from chatserver.conversation.messages import Conversation, ConversationResult
from chatserver.conversation.search import index_everything
from chatserver.conversation.states import Head
from chatserver.conversation.transcripts import Format, Transcript, as_file
from chatserver.conversation.views import WaitingLine, seen_by
from chatserver.core.audit import Audited
from chatserver.core.errors import ChatError, invalid, not_found
from chatserver.core.routes import Query, Raw, Request, route
from chatserver.core.session import PARTIES, Role, Session
from chatserver.core.text import Id

READERS: Final = PARTIES | {Role.AUDITOR}
"""Who reads conversations; administrators read none."""

PAGE_ROWS: Final = 1_000
"""Rows of a log that are fetched at once for a transcript."""

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ListQuery(Query, frozen=True):
    """Which conversations: with all words of `query` in one message, in a status, a page at a time."""

    query: Annotated[str, Meta(max_length=200, description="Words that one message holds.")] = ""
    status: Status | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=200, description="Conversations in a page.")] = 50
    cursor: Annotated[Id, Meta(description="The `next` of the page before.")] | UnsetType = UNSET


class TranscriptQuery(Query, frozen=True):
    """Which thread of a conversation, and as what."""

    format: Format = "json"
    thread: Thread = "public"


class UserInfo(Struct, frozen=True):
    """The user of a conversation; agents see no more of the name than they need to address somebody."""

    id: str
    name: str


class ListedConversation(Conversation, frozen=True, kw_only=True):
    """A conversation in a list; `started_at` is milliseconds since 1970."""

    user: UserInfo
    started_at: int


class ConversationList(Struct, frozen=True):
    """A page of conversations, newest first; `next` is the cursor of the next page if there may be one.

    A search for frequent words may end a page early, even empty, and goes on with `next`.
    """

    conversations: list[ListedConversation]
    next: str | UnsetType = UNSET


class ConversationsApi:
    """Routes of the log."""

    def __init__(self, log: Log, line: WaitingLine) -> None:
        self._log = log
        self._line = line

    @route("GET", "/api/v1/conversations", result=ConversationList, roles=READERS, query=ListQuery)
    async def conversations(self, request: Request) -> ConversationList:
        """The conversations one may see, newest first; `query` searches the text of their messages."""
        asked: ListQuery = request.query
        if asked.query:
            await self._index()
        wanted = Wanted(asked.limit, asked.query, asked.status, asked.cursor)
        found, onwards = await self._log.database.read(lambda conn: read_list(conn, request.caller, wanted))
        shown = await asyncio.gather(*(self._listed(one, request.caller) for one in found))
        return ConversationList(shown, UNSET if onwards is None else onwards)

    async def _index(self) -> None:
        try:
            await index_everything(self._log.database)
        except ChatError:
            # Storage that takes nothing new can still be searched for what is indexed.
            return

    async def _listed(self, one: Listed, reader: Session) -> ListedConversation:
        view = await seen_by(one.head, self._line, for_user=reader.is_user)
        name = name_for_agents(one.head.user_id, one.user_name) if reader.role is Role.AGENT else one.user_name
        user = UserInfo(one.head.user_id, name)
        fields = {name: getattr(view, name) for name in view.__struct_fields__}
        return ListedConversation(**fields, user=user, started_at=one.head.started_at)

    @route(
        "GET",
        "/api/v1/conversations/{id}",
        result=ConversationResult,
        roles=READERS,
        errors=("not_found",),
        audited=Audited.ONCE,
    )
    async def conversation(self, request: Request) -> ConversationResult:
        """One conversation as it stands now."""
        conversation = _id_of(request)

        def query(conn: Connection) -> Head:
            return head_for(conn, request.caller, Action.KNOW, conversation, lock=False)

        head = await self._log.database.read(query)
        return ConversationResult(await seen_by(head, self._line, for_user=request.caller.is_user))

    @route(
        "GET",
        "/api/v1/conversations/{id}/transcript",
        result=Transcript,
        roles=READERS,
        query=TranscriptQuery,
        errors=("not_found", "not_assigned"),
        files=("text/csv", "text/html", "text/plain"),
    )
    async def transcript(self, request: Request) -> Transcript | Raw:
        """A whole thread: `json` as described, or a file to save as `csv`, `html` or `txt`."""
        asked: TranscriptQuery = request.query
        if request.caller.is_user and asked.thread != "public":
            raise invalid("thread", "Invalid enum value 'internal'.")
        conversation = _id_of(request)

        def query(conn: Connection) -> tuple[Head, list[Recorded]]:
            head = head_for(conn, request.caller, Action.READ, conversation, lock=False)
            return head, read_thread(conn, head, asked.thread)

        head, rows = await self._log.database.read(query)
        if asked.format != "json":
            return await asyncio.to_thread(as_file, asked.format, head.id, rows, head.locale)
        view = await seen_by(head, self._line, for_user=request.caller.is_user)
        mine = request.caller.identity
        return Transcript(view, [msgspec.Raw(row.wire(typed=True, with_key=row.sender == mine)) for row in rows])


def read_thread(conn: Connection, head: Head, thread: str) -> list[Recorded]:
    """All rows of a thread."""
    rows: list[Recorded] = []
    while page := store.read_page(conn, head, thread, rows[-1].seq if rows else 0, PAGE_ROWS):
        rows += page
    return rows


def _id_of(request: Request) -> str:
    """The id in the path; what cannot be one is as unknown as any other."""
    given = request.path["id"]
    if _ID.fullmatch(given) is None:
        raise not_found()
    return given
