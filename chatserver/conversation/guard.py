"""Keeps secrets out of the log: those in a text that comes, and those of which earlier messages hold a part."""

from collections import OrderedDict
from typing import Final

from msgspec import UNSET, Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select

from chatserver.conversation.appending import empty_row
from chatserver.conversation.events import MessagePosted, MessageRemoved, Recorded
from chatserver.conversation.log import SYSTEM, Appended, append
from chatserver.conversation.messages import SendMessage
from chatserver.conversation.sealing import recorded_of_row
from chatserver.conversation.search import remove_from_index
from chatserver.conversation.states import Change, Head
from chatserver.conversation.tables import events
from chatserver.core.errors import ChatError
from chatserver.core.ports import ANY_KIND, Cleaned, Outgoing, Regard, Review, Shield
from chatserver.core.prepared import Prepared
from chatserver.core.session import Role, Session

PARTS_BEFORE: Final = 2
"""Earlier messages of the sender that are looked at: people send a phrase in two or three parts."""

BUSY: Final = 2_000
"""Conversations of which that is kept in mind, some 400 bytes each."""

LOOKED_BACK: Final = 40
"""Events among which they are looked for; a part that is further back is no part of the same breath."""


class Examined(Struct, frozen=True):
    """A text by itself, before anything is known of where it will stand.

    `said` is the message without secrets, `asks` what it asks users for that support never asks for.
    """

    written: str
    cleaned: Cleaned
    said: MessagePosted
    asks: list[str]

    @property
    def kinds_kept(self) -> int:
        """What the text that is kept may be a part of; one that held a secret may go on in any way."""
        return ANY_KIND if self.cleaned.removed else self.cleaned.kinds


class Held(Struct, frozen=True):
    """A message without secrets, and the earlier ones to empty: each with the types of what it held a part of."""

    said: MessagePosted
    emptied: list[tuple[Recorded, list[str]]] = []


# The latest messages of one sender.
_EARLIER: Final = Prepared(
    select(events)
    .where(
        events.c.conversation == bindparam("number"),
        events.c.thread == "public",
        events.c.seq > bindparam("after"),
        events.c.type == "message_posted",
        events.c.by_role == bindparam("role"),
        events.c.by_id == bindparam("sender"),
    )
    .order_by(events.c.seq.desc())
    .limit(PARTS_BEFORE)
)


class HeldBack(Exception):
    """What is about to be posted asks users for what support never asks for."""

    def __init__(self, kinds: list[str], user: str) -> None:
        super().__init__(", ".join(kinds))
        self.kinds = kinds
        self.user = user

    def refusal(self) -> ChatError:
        """What its author is told."""
        asks = " ".join(ASKS[kind] for kind in self.kinds)
        advice = "Support never does that. A supervisor can release it within 15 minutes."
        return ChatError("forbidden", f"This was not sent. {asks} {advice}", field="text")


ASKS: Final = {
    "secret": "It asks for a recovery phrase, key, password or code.",
    "remote_control": "It leads the user to remote control or screen sharing.",
    "payment": "It names an address or account to pay to, or a fee to pay first.",
    "link": "It links outside the official domains.",
    "contact": "It leads the user to a private contact.",
}
"""What a text was stopped for, in words, by kind."""


class Latest:
    """What the latest message of each sender may be a part of, for conversations that are busy here.

    What was appended elsewhere shows in the head of the log, and makes it forget.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, dict[str, int]]] = OrderedDict()  # by conversation: head, by sender

    def kinds(self, head: Head, sender: str) -> int:
        """The kinds of a sender's latest message; all of them when it is not known."""
        last, kinds = self._known.get(head.id, (0, {}))
        return kinds.get(sender, ANY_KIND) if last == head.public_head else ANY_KIND

    def add(self, posted: Recorded, kinds: int) -> None:
        """A message was appended."""
        last, by_sender = self._known.pop(posted.conversation, (0, {}))
        known = by_sender if last == posted.seq - 1 else {}
        # A new dictionary: the thread that writes may be reading the old one.
        self._known[posted.conversation] = posted.seq, {**known, posted.sender: kinds}
        if len(self._known) > BUSY:
            self._known.popitem(last=False)


class Guard:
    """Asks the shield about what is said: before it is stored by itself, then together with what came before."""

    def __init__(self, shield: Shield, review: Review | None = None) -> None:
        self._shield = shield
        self._review = review
        self._latest = Latest()

    def clean(self, text: str) -> Cleaned:
        """The text by itself without secrets; for what is no message to the user."""
        return self._shield.clean(text)

    def examine(self, session: Session, text: str) -> Examined:
        """All that can be known of a text by itself; it is done outside of transactions, in which others wait."""
        cleaned = self._shield.clean(text)
        asks = [] if session.is_user or self._review is None else self._review.stopped(text)
        return Examined(text, cleaned, self._message_of(cleaned), asks)

    def hold(self, conn: Connection, head: Head, session: Session, text: Examined) -> Held:
        """The message to post, together with what the sender wrote before."""
        if text.cleaned.removed or not text.cleaned.kinds & self._latest.kinds(head, session.identity):
            return Held(text.said)
        rows = _earlier(conn, head, session)
        joined = self._shield.join([_text_of(row) for row in rows], text.written) if rows else None
        if joined is None:
            return Held(text.said)
        return Held(self._message_of(joined.last), [(rows[place], types) for place, types in joined.emptied])

    def remember(self, posted: Recorded, text: Examined) -> None:
        """Keep in mind what a message that was stored may be a part of, so that the next needs no look at it."""
        self._latest.add(posted, text.kinds_kept)

    def _message_of(self, cleaned: Cleaned) -> MessagePosted:
        """A message with a cleaned text, and what is told beside it."""
        regard = self._review.regard(cleaned.text) if self._review is not None else Regard()
        return MessagePosted(
            text=cleaned.text,
            removed=cleaned.removed or UNSET,
            links=regard.links or UNSET,
            flags=regard.flags or UNSET,
        )

    def check_outgoing(self, session: Session, head: Head, text: Examined, *names: str) -> None:
        """Raise `HeldBack` if staff or the bot ask for what support never asks for, in a text or by names of files."""
        if session.is_user or self._review is None:
            return
        named = [kind for name in names for kind in self._review.stopped(name)]
        if text.asks or named:
            raise HeldBack(list(dict.fromkeys([*text.asks, *named])), head.user_id)

    async def hold_back(self, session: Session, body: SendMessage, stop: HeldBack) -> None:
        """Keep what was stopped for a second person; what the bot says is not kept."""
        if self._review is None or session.role is Role.BOT:
            return
        cleaned = self._shield.clean(body.text)
        outgoing = Outgoing(
            conversation=body.conversation,
            user=stop.user,
            author=session,
            key=body.key,
            text=cleaned.text,
            kinds=stop.kinds,
            attachments=body.attachments,
            reply_to=body.reply_to or "",
            removed=cleaned.removed,
        )
        await self._review.hold(outgoing)


def _earlier(conn: Connection, head: Head, session: Session) -> list[Recorded]:
    asked = {"number": head.number, "after": max(0, head.public_head - LOOKED_BACK)}
    rows = _EARLIER.all(conn, {**asked, "role": session.by_role, "sender": session.subject})
    return [recorded_of_row(conn, head.id, row) for row in rows][::-1]


def _text_of(row: Recorded) -> str:
    body = row.read()
    return body.text if isinstance(body, MessagePosted) else ""


def empty(conn: Connection, head: Head, held: Held | None, now: int) -> tuple[Appended, ...]:
    """Take the text out of earlier messages, out of the index of search too, and say so in the log."""
    if held is None or not held.emptied:
        return ()
    told = []
    for row, types in held.emptied:
        body = row.read()
        assert isinstance(body, MessagePosted)
        empty_row(conn, head, row.thread, row.seq, replace(body, text="", removed=types, links=UNSET, flags=UNSET))
        remove_from_index(conn, head.number, row.seq)
        told.append(MessageRemoved(message=row.id, removed=types))
    return (append(conn, head, Change(tuple(told)), SYSTEM, now),)
