"""Offers canned replies for a conversation, and runs macros by the same commands that people send."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import Connection

from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.sentences import CHINESE, language_of
from chatserver.conversation.states import Head
from chatserver.conversation.users import read_user
from chatserver.core.commands import command
from chatserver.core.errors import ChatError, invalid
from chatserver.core.routes import Request, route
from chatserver.core.session import AGENTS, Session
from chatserver.desk.catalogue.kinds import (
    Both,
    BothLong,
    CannedReply,
    CloseAction,
    HandOffAction,
    Macro,
    MacroAction,
    NoteAction,
    ReplyAction,
    TagAction,
)
from chatserver.desk.catalogue.store import Kept, read_item, read_items
from chatserver.desk.history.contacts import read_values
from chatserver.desk.replies.messages import FilledReply, MacroError, MacroResult, ReplyList, RunMacro
from chatserver.desk.replies.rules import fill

Run = Callable[[Session, str, bytes], Awaitable[Any]]
"""Runs a command by its name, with all checks of the registry."""


class Replies:
    """The route of replies, and the command `run_macro`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.run: Run | None = None
        """How actions are done: the registry that this is in, too."""

    @route("GET", "/api/v1/conversations/{id}/replies", result=ReplyList, roles=AGENTS)
    async def replies(self, request: Request) -> ReplyList:
        """The canned replies for a conversation, in its user's language, their variables filled in."""
        session = request.caller

        def query(conn: Connection) -> list[FilledReply]:
            head = head_for(conn, session, Action.READ, request.path["id"], lock=False)
            values = _values(conn, head, session)
            found = read_items(conn, CannedReply)
            found.sort(key=lambda kept: (kept.item.topic != head.topic or not head.topic, kept.id))
            return [_reply(kept, head, values) for kept in found]

        return ReplyList(await self._log.database.read(query))

    @command(RunMacro, result=MacroResult, roles=AGENTS)
    async def run_macro(self, session: Session, body: RunMacro) -> MacroResult:
        """Do the actions of a macro, in order, until one is refused."""

        def query(conn: Connection) -> list[tuple[str, dict[str, Any]]]:
            head = head_for(conn, session, Action.KNOW, body.conversation, lock=False)
            authorize(session, Action.SPEAK, head)
            macro = read_item(conn, Macro, body.macro)
            if macro is None:
                raise invalid("macro", "There is no such macro.")
            return [_said(conn, head, session, action) for action in macro.item.actions]

        steps = await self._log.database.read(query)
        assert self.run is not None
        for place, (name, more) in enumerate(steps):
            keyed = {"key": f"{body.key}.{place}"} if name in {"send_message", "add_note"} else {}
            said = {"conversation": body.conversation, **keyed, **more}
            try:
                await self.run(session, name, msgspec.json.encode(said))
            except ChatError as refusal:
                return MacroResult(place, len(steps), MacroError(refusal.code, refusal.message))
        return MacroResult(len(steps), len(steps))


def _said(conn: Connection, head: Head, session: Session, action: MacroAction) -> tuple[str, dict[str, Any]]:
    """The command that does an action, and what it carries beside the conversation and the key."""
    match action:
        case ReplyAction(reply=reply):
            kept = read_item(conn, CannedReply, reply)
            if kept is None:
                raise invalid("macro", f"It sends the reply {reply}, which is gone.")
            filled = _reply(kept, head, _values(conn, head, session))
            if filled.missing:
                raise invalid("macro", f"Nobody has said what {filled.missing[0]} is.")
            return "send_message", {"text": filled.text}
        case TagAction(tag=tag):
            return "set_tags", {"tags": [*(one for one in head.tags if one != tag), tag]}
        case NoteAction(text=text):
            return "add_note", {"text": text}
        case HandOffAction(to_tier=to_tier, reason=reason):
            return "hand_off", {"to_tier": to_tier, "reason": reason}
        case CloseAction(disposition=disposition):
            return "close_conversation", {} if disposition is UNSET else {"disposition": disposition}


def _values(conn: Connection, head: Head, session: Session) -> dict[str, str]:
    user = read_user(conn, head.user_id)
    return {
        **read_values(conn, head),
        # As the user signed in, and as it stands above the conversation: it goes to nobody but them.
        "user.name": user.name if user else "",
        "agent.name": session.name,
        "topic": head.topic,
    }


def _reply(kept: Kept[CannedReply], head: Head, values: dict[str, str]) -> FilledReply:
    text, missing = fill(_of(kept.item.text, head.locale), values)
    return FilledReply(kept.id, kept.item.shortcut, _of(kept.item.title, head.locale), text, missing)


def _of(both: Both | BothLong, locale: str) -> str:
    return both.zh if language_of(locale) == CHINESE else both.en
