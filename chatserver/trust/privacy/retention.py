"""Retention: conversations go by rule when they are old enough, unless a legal hold stands on them."""

from collections import Counter
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from chatserver.conversation.attachments.tables import attachments
from chatserver.conversation.forgetting import empty_messages, empty_the_rest
from chatserver.conversation.log import Appended, Log, Written
from chatserver.conversation.search import remove_from_index
from chatserver.conversation.store import read_head
from chatserver.conversation.tables import conversations, events, parties, sent_keys, start_keys
from chatserver.core.audit import SYSTEM, Act
from chatserver.core.personal import Subject
from chatserver.core.ports import Audit
from chatserver.desk.callbacks.tables import callbacks
from chatserver.desk.tables import consults, routing_decisions
from chatserver.trust.privacy.holding import held, keep_holds
from chatserver.trust.privacy.rules import Closed, Rule, earliest, is_due, rule_for
from chatserver.trust.privacy.tables import anonymised

LOOKED_AT_ONCE: Final = 500

# Closed conversations, oldest first, that were not emptied yet.
_CLOSED: Final = (
    select(conversations)
    .outerjoin(anonymised, anonymised.c.conversation == conversations.c.number)
    .where(
        conversations.c.status == "closed",
        conversations.c.closed_at <= bindparam("before"),
        conversations.c.number > bindparam("after"),
        anonymised.c.conversation.is_(None),
    )
    .order_by(conversations.c.number)
    .limit(LOOKED_AT_ONCE)
)


class Retention:
    """Does what the rules say; `rules` are looked at in their order, the first that fits counts."""

    def __init__(self, log: Log, audit: Audit, rules: tuple[Rule, ...]) -> None:
        self._log = log
        self._audit = audit
        self._rules = rules

    async def run(self, *, dry: bool = False) -> dict[str, int]:
        """Let go what is due; how many that were: `anonymise`, `delete`, `held`. `dry` only counts."""
        done: Counter[str] = Counter(anonymise=0, delete=0, held=0)
        now, after = self._log.clock.now(), 0
        if not self._rules:
            return dict(done)
        while page := await self._log.database.read(partial(_closed, before=earliest(self._rules, now), after=after)):
            after = page[-1].number
            for one in page:
                rule = rule_for(self._rules, one)
                if rule is None or not is_due(rule, one, now):
                    continue
                done[await self._let_go(one, rule, dry=dry)] += 1
        return dict(done)

    async def _let_go(self, one: Closed, rule: Rule, *, dry: bool) -> str:
        if await self._log.database.read(lambda conn: bool(_standing(conn, one))):
            return "held"
        if dry:
            return rule.do
        unit = self._anonymise if rule.do == "anonymise" else self._delete
        return await self._log.write(partial(unit, one=one, days=rule.days), lane=one.id)

    def _anonymise(self, conn: Connection, *, one: Closed, days: int) -> Written[str]:
        head = _still_closed(conn, one)
        if head is None:
            return Written("held")
        now, after = self._log.clock.now(), 0
        appended: list[Appended] = []
        while True:
            step = empty_messages(conn, head, after, now)
            appended += step.appended
            head, after = (step.appended[-1].head if step.appended else head), step.last
            if not step.more:
                break
        empty_the_rest(conn, head, now)
        theirs = routing_decisions.c.conversation == one.number
        conn.execute(update(routing_decisions).where(theirs).values(reason=""))
        conn.execute(insert(anonymised).values(conversation=one.number, at=now))
        self._note(conn, "anonymised", one, {"days": days})
        return Written("anonymise", tuple(appended))

    def _delete(self, conn: Connection, *, one: Closed, days: int) -> Written[str]:
        head = _still_closed(conn, one)
        if head is None:
            return Written("held")
        links: dict[str, Any] = {"public": head.public_head, "internal": head.internal_head}
        if head.public_chain is not None:
            links["chain"] = head.public_chain.hex()
        delete_conversation(conn, one.number, one.id, self._log.clock.now())
        self._note(conn, "deleted", one, {"days": days, **links})
        return Written("delete")

    def _note(self, conn: Connection, action: str, one: Closed, fields: dict[str, Any]) -> None:
        self._audit.note(conn, SYSTEM, Act(action, f"conversation:{one.id}", fields=fields))


def _closed(conn: Connection, before: int, after: int) -> list[Closed]:
    rows = conn.execute(_CLOSED, {"before": before, "after": after})
    return [
        Closed(
            number=row.number,
            id=row.id,
            user=row.user_id,
            topic=row.topic,
            disposition=row.disposition,
            desk=row.desk,
            closed_at=row.closed_at,
        )
        for row in rows
    ]


def _standing(conn: Connection, one: Closed) -> list[str]:
    return held(conn, Subject(one.user, {one.number: one.id}))


def _still_closed(conn: Connection, one: Closed) -> Any:
    """The head, locked, unless it was reopened or a hold was placed meanwhile."""
    head = read_head(conn, one.id, lock=True)
    keep_holds(conn)
    return None if head is None or head.is_open or _standing(conn, one) else head


def delete_conversation(conn: Connection, number: int, conversation: str, now: int) -> None:
    """Leave nothing of a conversation; the sweep of files deletes the bytes."""
    seqs = select(events.c.seq).where(events.c.conversation == number, events.c.type == "message_posted")
    for seq in conn.execute(seqs).scalars().all():
        remove_from_index(conn, number, seq)
    gone = update(attachments).where(attachments.c.conversation == number, attachments.c.erased_at.is_(None))
    conn.execute(gone.values(erased_at=now))
    for table in (events, sent_keys, parties, consults, callbacks, routing_decisions):
        conn.execute(delete(table).where(table.c.conversation == number))
    conn.execute(delete(start_keys).where(start_keys.c.conversation == conversation))
    conn.execute(delete(conversations).where(conversations.c.number == number))
