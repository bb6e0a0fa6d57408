"""Review at work: everybody's links are judged, texts of staff that ask too much are held for a second person."""

from collections import Counter
from functools import partial
from typing import Final

import structlog
from msgspec import UNSET
from msgspec.structs import replace
from sqlalchemy import Connection

from chatserver.conversation import rules as log_rules
from chatserver.conversation.attachments.store import claim
from chatserver.conversation.authority import Action
from chatserver.conversation.events import AgentInfo, MessagePosted
from chatserver.conversation.log import Log, Written, append, by_session, head_for
from chatserver.conversation.messages import Posted
from chatserver.conversation.search import index_rows
from chatserver.core.audit import Act
from chatserver.core.errors import forbidden, not_found
from chatserver.core.ports import Audit, Hub, LinkShown, Outgoing, Regard
from chatserver.core.session import Role, Session
from chatserver.trust.agents import enabled_agents, read_agent
from chatserver.trust.links import Official, impersonates, judge
from chatserver.trust.outbound import store
from chatserver.trust.outbound.messages import HeldText, TextDecided, TextHeld
from chatserver.trust.outbound.rules import stopped

LISTED: Final = 100
"""Texts in a list; fewer wait at a time on the busiest desk."""

log = structlog.get_logger(__name__)


class Reviewer:
    """Implements the port `Review`; counts what it saw in this process."""

    def __init__(self, official: Official, log_: Log, hub: Hub, audit: Audit) -> None:
        self._official = official
        self._log = log_
        self._hub = hub
        self._audit = audit
        self.links: Counter[str] = Counter()
        self.stopped_by_kind: Counter[str] = Counter()

    def regard(self, text: str) -> Regard:
        """What is told beside a text; never changes it."""
        found = judge(text, self._official)
        self.links.update(link.verdict for link in found)
        flags = ["impersonation"] if impersonates(text, self._official) else []
        self.links.update(flags)
        return Regard([LinkShown(one.start, one.end, one.host, one.verdict) for one in found], flags)

    def stopped(self, text: str) -> list[str]:
        """What a text asks users for that support never asks; empty when it may go."""
        kinds: list[str] = [*stopped(text, self._official)]
        self.stopped_by_kind.update(kinds)
        return kinds

    async def hold(self, outgoing: Outgoing) -> None:
        """Keep a text for a second person, and tell the supervisors."""
        now = self._log.clock.now()

        def unit(conn: Connection) -> tuple[store.HeldRow, AgentInfo, list[str]]:
            row = store.keep(conn, outgoing, now)
            fields = {"held": row.id, "kinds": row.kinds}
            act = Act("text_held", f"conversation:{row.conversation}", fields=fields)
            self._audit.note(conn, outgoing.author.actor, act)
            return row, _info(conn, row), _supervisors(conn)

        row, author, supervisors = await self._log.database.write(unit, lane=outgoing.conversation)
        event = TextHeld(row.id, row.conversation, author, row.kinds, row.at, row.expires_at)
        self._hub.pass_on(supervisors, "text_held", event)

    async def waiting(self) -> list[HeldText]:
        """Texts that wait, the oldest first."""
        now = self._log.clock.now()

        def query(conn: Connection) -> list[HeldText]:
            return [_shown(conn, row) for row in store.waiting(conn, now, LISTED)]

        return await self._log.database.read(query)

    async def release(self, session: Session, held: str) -> Posted:
        """Post a text as its author's; a second person decides, never the author."""
        now = self._log.clock.now()
        conversation = await self._conversation_of(held, now)

        def unit(conn: Connection) -> Written[tuple[Posted, TextDecided, list[str]]]:
            row = self._decide(conn, session, held, now, "text_released")
            head = head_for(conn, session, Action.KNOW, row.conversation)
            author = _author(conn, row)
            files = claim(conn, head, "public", author, row.kept.attachments)
            said = replace(self._message(row), attachments=row.kept.attachments, files=files or UNSET)
            change = log_rules.released(head, author, said, now)
            appended = append(conn, head, change, by_session(author), now, key=row.key)
            index_rows(conn, [(head.number, appended.rows)])
            first = appended.rows[0]
            posted = Posted(first.id, first.seq, first.at, duplicate=False)
            return Written((posted, _decided(conn, row, session, released=True), _supervisors(conn)), (appended,))

        posted, decided, supervisors = await self._log.write(unit, lane=conversation)
        self._tell(decided, supervisors)
        return posted

    async def reject(self, session: Session, held: str, reason: str) -> None:
        """Throw a text away."""
        now = self._log.clock.now()

        def unit(conn: Connection) -> tuple[TextDecided, list[str]]:
            row = self._decide(conn, session, held, now, "text_rejected", reason)
            return _decided(conn, row, session, released=False), _supervisors(conn)

        self._tell(*await self._log.database.write(unit))

    async def sweep(self) -> None:
        """Remove what nobody decided on within 15 minutes."""
        now = self._log.clock.now()
        gone = await self._log.database.write(partial(store.expire, now=now))
        if gone:
            log.info("held_texts_expired", count=gone)

    async def _conversation_of(self, held: str, now: int) -> str:
        row = await self._log.database.read(lambda conn: store.read(conn, held, now))
        if row is None:
            raise not_found()
        return row.conversation

    def _decide(
        self, conn: Connection, session: Session, held: str, now: int, action: str, reason: str = ""
    ) -> store.HeldRow:
        row = store.read(conn, held, now, lock=True)
        if row is None:
            raise not_found()
        if row.author == session.subject:
            raise forbidden("A second person decides about your own text.")
        store.remove(conn, held)
        fields = {"held": row.id, "kinds": row.kinds, "author": row.author}
        self._audit.note(conn, session.actor, Act(action, f"conversation:{row.conversation}", reason, fields=fields))
        return row

    def _message(self, row: store.HeldRow) -> MessagePosted:
        regard = self.regard(row.kept.text)
        return MessagePosted(
            text=row.kept.text,
            reply_to=row.kept.reply_to or UNSET,
            removed=row.kept.removed or UNSET,
            links=regard.links or UNSET,
            flags=regard.flags or UNSET,
        )

    def _tell(self, decided: TextDecided, supervisors: list[str]) -> None:
        self._hub.pass_on({*supervisors, f"agent:{decided.author.id}"}, "text_decided", decided)


def _supervisors(conn: Connection) -> list[str]:
    """The identities of whoever may decide."""
    return [f"agent:{one.id}" for one in enabled_agents(conn) if one.role is Role.SUPERVISOR]


def _author(conn: Connection, row: store.HeldRow) -> Session:
    """Whose the text is, as the one who sends it."""
    account = read_agent(conn, row.author)
    tier = account.tier if account is not None else 1
    role = account.role if account is not None else Role.AGENT
    return Session("released", role, row.author, row.kept.name, tier=tier)


def _info(conn: Connection, row: store.HeldRow) -> AgentInfo:
    author = _author(conn, row)
    return AgentInfo(author.subject, author.name, author.tier)


def _decided(conn: Connection, row: store.HeldRow, session: Session, *, released: bool) -> TextDecided:
    by = AgentInfo(session.subject, session.name, session.tier)
    return TextDecided(row.id, row.conversation, _info(conn, row), released, by)


def _shown(conn: Connection, row: store.HeldRow) -> HeldText:
    return HeldText(
        id=row.id,
        conversation=row.conversation,
        author=_info(conn, row),
        text=row.kept.text,
        kinds=row.kinds,
        at=row.at,
        expires_at=row.expires_at,
    )
