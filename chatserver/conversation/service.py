"""What parties do in a conversation: start, say, note, sync, read, typing, close, rate."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET
from sqlalchemy import Connection

from chatserver.conversation import appending, rules, store
from chatserver.conversation.attachments.store import claim
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.devices import DEVICE, device_name
from chatserver.conversation.events import By, MessagePosted, NoteAdded, Queued, Recorded
from chatserver.conversation.guard import Guard, Held, HeldBack, empty
from chatserver.conversation.log import Appended, Log, Written, append, by_session, head_for
from chatserver.conversation.messages import (
    AddNote,
    CloseConversation,
    DeliveredEvent,
    MarkDelivered,
    MarkRead,
    Nothing,
    Posted,
    RateConversation,
    ReadEvent,
    SendMessage,
    StartConversation,
    Started,
    Sync,
    SyncPage,
    Typing,
    TypingEvent,
    Whisper,
)
from chatserver.conversation.posting import Posting, posted
from chatserver.conversation.search import index_rows
from chatserver.conversation.states import Change, Head, parties_of
from chatserver.conversation.views import WaitingLine, seen_by
from chatserver.core.audit import Audited
from chatserver.core.commands import command
from chatserver.core.errors import invalid
from chatserver.core.ids import new_id, seq_of_event_id
from chatserver.core.ports import Hub
from chatserver.core.session import AGENTS, PARTIES, SUPERVISOR_ONLY, USER_ONLY, Role, Session

PAGE_BYTES = 256_000
"""A `sync` page ends at this size, so that no frame grows beyond what phones like."""

PAGES_AT_ONCE = 2
"""`sync` pages that are read at the same time, so that whoever comes while thousands catch up finds a reader free."""

WRITERS = PARTIES | {Role.BOT}
"""Everybody who may send messages; the bot uses the same commands as people."""

Decision = Callable[[Connection, Head], Change]
"""What is to become of a conversation that is read and locked."""


class Conversations:
    """The commands of the log."""

    def __init__(self, log: Log, hub: Hub, line: WaitingLine, desk: str, guard: Guard) -> None:
        self._log = log
        self._guard = guard
        self._posting = Posting(log)
        self._hub = hub
        self._line = line
        self._desk = desk
        self._pages = asyncio.Semaphore(PAGES_AT_ONCE)

    @command(StartConversation, result=Started, roles=USER_ONLY)
    async def start_conversation(self, session: Session, body: StartConversation) -> Started:
        """Open a conversation or go on with the open one."""
        if body.text is not UNSET:
            rules.check_text(body.text)
        now = self._log.clock.now()
        text = self._guard.examine(session, body.text or "")

        def unit(conn: Connection) -> Written[tuple[Head, bool]]:
            user = store.lock_user(conn, session.subject)
            seen = store.read_started(conn, session.subject, body.key)
            if seen is not None:
                return Written((seen, True))
            head = store.read_open(conn, session.subject)
            # What a matter needs counts where nobody asks for something else.
            asked_skill = body.skill or (self._line.skill_of(conn, body.topic or "", now) if head is None else "")
            skill = self._line.known_skill(conn, asked_skill, head.tier if head else 1)
            if head is None:
                head = _new_head(self._desk, session, skill, int(user.vip), now)
                head = store.insert_head(conn, head, _attributes(session, body))
            elif head.status == "bot" and body.want_agent and skill:
                head = appending.save_fields(conn, head, skill=skill)
            store.remember_start(conn, session.subject, body.key, head.id)
            wanted = body.want_agent and self._line.is_open(conn, head.tier, head.skill, now)
            held = None
            if body.text and store.read_by_key(conn, head, session.identity, body.key) is None:
                held = self._guard.hold(conn, head, session, text)
            asked = msgspec.structs.replace(body, want_agent=wanted)
            appended = _start(conn, head, session, asked, held.said if held else None, now)
            also = empty(conn, appended.head, held, now)
            return Written((also[-1].head if also else appended.head, False), (appended, *also))

        head, duplicate = await self._log.write(unit)
        shown = await seen_by(head, self._line, for_user=True)
        if shown.position is None:  # paired meanwhile
            shown = await seen_by(await self._log.latest(head), self._line, for_user=True)
        return Started(shown, duplicate)

    @command(SendMessage, result=Posted, roles=WRITERS, audited=Audited.ONCE)
    async def send_message(self, session: Session, body: SendMessage) -> Posted:
        """Append a message; the same key again gives the first result."""
        rules.check_text(body.text, attachments=bool(body.attachments))
        text = self._guard.examine(session, body.text)
        now = self._log.clock.now()

        def decide(conn: Connection, head: Head) -> tuple[Change, Held]:
            authorize(session, Action.SPEAK, head)
            held = self._guard.hold(conn, head, session, text)
            _check_reply_to(conn, head, body)
            files = claim(conn, head, "public", session, body.attachments)
            self._guard.check_outgoing(session, head, text, *(file.name for file in files))
            if files or body.reply_to is not UNSET:
                named = {"attachments": body.attachments, "files": files or UNSET, "reply_to": body.reply_to}
                held = msgspec.structs.replace(held, said=msgspec.structs.replace(held.said, **named))
            return rules.say(head, session, held.said, now), held

        try:
            row, duplicate = await self._posting.post(
                session, body.conversation, body.key, decide, alone=bool(body.attachments)
            )
        except HeldBack as stop:
            await self._guard.hold_back(session, body, stop)
            raise stop.refusal() from None
        if not duplicate:
            self._guard.remember(row, text)
        return posted(row, duplicate=duplicate)

    @command(AddNote, result=Posted, roles=AGENTS, audited=Audited.ONCE)
    async def add_note(self, session: Session, body: AddNote) -> Posted:
        """Append a note to the internal thread."""
        rules.check_text(body.text, attachments=bool(body.attachments))
        cleaned = self._guard.clean(body.text)

        def decide(conn: Connection, head: Head) -> tuple[Change, None]:
            authorize(session, Action.NOTE, head)
            files = claim(conn, head, "internal", session, body.attachments)
            return rules.note(head, session, NoteAdded(text=cleaned.text, files=files or UNSET)), None

        alone = bool(body.attachments)
        return posted(*await self._posting.post(session, body.conversation, body.key, decide, alone=alone))

    @command(Whisper, result=Posted, roles=SUPERVISOR_ONLY)
    async def whisper(self, session: Session, body: Whisper) -> Posted:
        """Append a note for the agent who serves, without joining."""
        rules.check_text(body.text)
        cleaned = self._guard.clean(body.text)

        def decide(_: Connection, head: Head) -> tuple[Change, None]:
            return rules.whisper(head, cleaned.text), None

        return posted(*await self._posting.post(session, body.conversation, body.key, decide, alone=False))

    @command(Sync, result=SyncPage, roles=PARTIES, audited=Audited.ONCE)
    async def sync(self, session: Session, body: Sync) -> SyncPage:
        """Read a page of a thread."""
        if session.is_user and body.thread != "public":
            raise invalid("thread", "Invalid enum value 'internal'.")

        def query(conn: Connection) -> tuple[Head, list[Recorded]]:
            head = head_for(conn, session, Action.READ, body.conversation, lock=False)
            rows = store.read_page(conn, head, body.thread, body.after, body.limit)
            return head, rows

        async with self._pages:
            head, rows = await self._log.database.read(query)
        return page_of(head, body, rows, session.identity)

    @command(MarkRead, result=Nothing, roles=PARTIES, audited=Audited.NEVER)
    async def mark_read(self, session: Session, body: MarkRead) -> Nothing:
        """Keep how far somebody has read and tell the others."""
        appended = await self._touch(
            session, body.conversation, lambda _, head: rules.read_up_to(head, session, body.seq)
        )
        if _has_moved(appended, "user_read" if session.is_user else "agent_read"):
            event = ReadEvent(body.conversation, body.seq, by_session(session))
            self._hub.pass_on(parties_of(appended.head), "read", event, but=session.id)
        return Nothing()

    @command(MarkDelivered, result=Nothing, roles=PARTIES, audited=Audited.NEVER)
    async def mark_delivered(self, session: Session, body: MarkDelivered) -> Nothing:
        """Keep how far it has arrived at somebody and tell the others."""
        appended = await self._touch(
            session, body.conversation, lambda _, head: rules.delivered_up_to(head, session, body.seq)
        )
        if _has_moved(appended, "user_delivered" if session.is_user else "agent_delivered"):
            event = DeliveredEvent(body.conversation, body.seq, by_session(session))
            self._hub.pass_on(parties_of(appended.head), "delivered", event, but=session.id)
        return Nothing()

    @command(Typing, result=Nothing, roles=PARTIES, audited=Audited.NEVER)
    async def typing(self, session: Session, body: Typing) -> Nothing:
        """Tell the others that somebody is typing."""

        def query(conn: Connection) -> Head:
            return head_for(conn, session, Action.KNOW, body.conversation, lock=False)

        head = await self._log.database.read(query)
        if not head.is_open:
            return Nothing()
        if rules.typing(head, session).fields:
            await self._touch(session, body.conversation, lambda _, now: rules.typing(now, session))
        self._pass_typing(head, session, body)
        return Nothing()

    def _pass_typing(self, head: Head, session: Session, body: Typing) -> None:
        by = by_session(session)
        agents = {one for one in parties_of(head) if one.startswith("agent:")}
        plain = TypingEvent(body.conversation, body.on, by)
        detailed = TypingEvent(body.conversation, body.on, by, body.draft)
        self._hub.pass_on([f"user:{head.user_id}"], "typing", plain, but=session.id)
        self._hub.pass_on(agents, "typing", detailed, but=session.id)

    @command(CloseConversation, result=Nothing, roles=PARTIES)
    async def close_conversation(self, session: Session, body: CloseConversation) -> Nothing:
        """End the conversation."""
        now = self._log.clock.now()

        def decide(conn: Connection, head: Head) -> Change:
            needed = not session.is_user and self._line.needs_disposition(conn, now)
            return rules.close(head, session, body.disposition, needs_disposition=needed)

        await self._touch(session, body.conversation, decide)
        return Nothing()

    @command(RateConversation, result=Nothing, roles=USER_ONLY)
    async def rate_conversation(self, session: Session, body: RateConversation) -> Nothing:
        """Keep the user's judgement."""
        await self._touch(session, body.conversation, lambda _, head: rules.rate(head, body))
        return Nothing()

    async def _touch(self, session: Session, conversation: str, decide: Decision) -> Appended:
        now = self._log.clock.now()

        def unit(conn: Connection) -> Written[Appended]:
            head = head_for(conn, session, Action.KNOW, conversation)
            appended = append(conn, head, decide(conn, head), by_session(session), now)
            return Written(appended, (appended,) if appended.head != head else ())

        return await self._log.write(unit, lane=conversation)


def page_of(head: Head, asked: Sync, rows: list[Recorded], reader: str) -> SyncPage:
    """A page of at most 256 kB, as this reader may see it: `key` only on one's own rows."""
    events: list[msgspec.Raw] = []
    size = 0
    for row in rows:
        wire = row.wire(typed=True, with_key=row.sender == reader)
        size += len(wire)
        if events and size > PAGE_BYTES:
            break
        events.append(msgspec.Raw(wire))
    last = head.head_of(asked.thread)
    reached = rows[len(events) - 1].seq if events else asked.after
    return SyncPage(events, last, reached < last)


def _has_moved(appended: Appended, mark: str) -> bool:
    before = appended.before
    return before is not None and getattr(appended.head, mark) > getattr(before, mark)


def _check_reply_to(conn: Connection, head: Head, body: SendMessage) -> None:
    if body.reply_to is UNSET:
        return
    seq = seq_of_event_id(head.id, "public", body.reply_to)
    row = store.read_event(conn, head, "public", seq) if seq is not None else None
    if row is None or row.type != "message_posted":
        raise invalid("reply_to", "There is no such message in this conversation.")


def _new_head(desk: str, session: Session, skill: str, priority: int, now: int) -> Head:
    """A conversation that has not been stored yet; the zeros are where every log begins."""
    blank: dict[str, Any] = dict.fromkeys(field.name for field in msgspec.structs.fields(Head) if field.required)
    blank |= dict.fromkeys(("number", "epoch", "public_head", "internal_head"), 0)
    blank |= dict.fromkeys(("user_read", "agent_read"), 0)
    blank |= {"id": new_id("c"), "desk": desk, "user_id": session.subject, "topic": ""}
    blank |= {"locale": session.locale, "status": "bot", "tier": 1, "joined": ()}
    return Head(**(blank | {"skill": skill, "priority": priority, "started_at": now}))


def _attributes(session: Session, body: StartConversation) -> dict[str, str]:
    """What is known of the matter: what the page tells, and what the user holds in their hands."""
    device = device_name(session.program)
    return ({DEVICE: device} if device else {}) | (body.attributes or {})


def _start(
    conn: Connection,
    head: Head,
    session: Session,
    body: StartConversation,
    said: MessagePosted | None,
    now: int,
) -> Appended:
    fresh = head.public_head == 0
    queued = None
    if body.want_agent:
        queued = Queued(tier=head.tier, priority=head.priority, reason="requested")
    change = rules.start(body.topic, session.locale, said, queued) if fresh else rules.go_on(head, said, queued)
    if said is not None:
        change = Change(change.events, {**change.fields, **rules.wrote(head, session, now)})
    by: By = by_session(session)
    appended = append(conn, head, change, by, now, key=body.key)
    index_rows(conn, [(head.number, appended.rows)])
    return msgspec.structs.replace(appended, before=None) if fresh else appended
