"""Tags: what a conversation is sorted by. Users never learn of them."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import Connection

from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import TagsChanged
from chatserver.conversation.log import Log
from chatserver.conversation.states import NO_CHANGE, Change, Head
from chatserver.core.commands import Command, command
from chatserver.core.errors import invalid
from chatserver.core.session import AGENTS, Session
from chatserver.core.text import Id
from chatserver.desk.acting import Step, act
from chatserver.desk.catalogue.kinds import Tag
from chatserver.desk.catalogue.store import read_items


class SetTags(Command, frozen=True):
    """Say which tags a conversation has from now on; after its end whoever had it may still do so."""

    conversation: Id
    tags: Annotated[list[Id], Meta(max_length=20)]


class TagsResult(Struct, frozen=True):
    """The tags that the conversation has now."""

    tags: list[str]


class Tagging:
    """The command `set_tags`."""

    def __init__(self, log: Log) -> None:
        self._log = log

    @command(SetTags, result=TagsResult, roles=AGENTS)
    async def set_tags(self, session: Session, body: SetTags) -> TagsResult:
        """Set the tags of a conversation."""
        wanted = list(dict.fromkeys(body.tags))

        def decide(conn: Connection, head: Head, _: int) -> Change:
            authorize(session, Action.NOTE if head.is_open else Action.REOPEN, head)
            known = {kept.id for kept in read_items(conn, Tag)} | {*head.tags}
            if unknown := [tag for tag in wanted if tag not in known]:
                raise invalid("tags", f"There is no tag {unknown[0]}.")
            return NO_CHANGE if tuple(wanted) == head.tags else Change((TagsChanged(tags=wanted),))

        head = await act(self._log, session, body.conversation, decide, Step())
        return TagsResult(list(head.tags))
