"""Erasure: of a user nothing stays but an id, in the database, in files, and in every backup."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.conversation.forgetting import Emptied, close_for_good, empty_messages, empty_the_rest
from chatserver.conversation.log import Log, Written
from chatserver.conversation.states import Head
from chatserver.conversation.store import lock_user, read_head
from chatserver.core.audit import Act, Actor
from chatserver.core.errors import not_found, retry
from chatserver.core.personal import PersonalData, Subject
from chatserver.core.sealing import vault_of
from chatserver.trust.audit.trail import Trail
from chatserver.trust.privacy.holding import held, keep_holds, refuse_held
from chatserver.trust.privacy.subjects import subject_of
from chatserver.trust.vault.vault import DataVault

ROUNDS: Final = 5
"""Times that what was begun or reopened meanwhile is emptied too, before the user is forgotten."""


class Erasure(Struct, frozen=True):
    """What an erasure did."""

    user: str
    conversations: int
    messages: int


class Erasing:
    """Erases users. `shares` are the rooms' parts; `after` deletes the bytes that the database no longer names."""

    def __init__(
        self, log: Log, trail: Trail, shares: Sequence[PersonalData], after: Callable[[], Awaitable[None]]
    ) -> None:
        self._log = log
        self._trail = trail
        self._shares = shares
        self._after = after

    async def erase(self, actor: Actor, user: str, allowed: Callable[[Connection], str]) -> Erasure:
        """Empty every message and say so, then forget everything else and destroy the key, all at once.

        `allowed` is called first, in its transaction: it says for which reason, or raises unless this may be.
        A legal hold beats it: `conflict`, and the try is noted. An erasure that is cut short is taken up by the next.
        """
        await self._trail.settle()  # reasons that wait to be stored go with the rest
        subject, reason = await self._begin(actor, user, allowed)
        messages, left = 0, subject.conversations
        for _ in range(ROUNDS):
            for conversation in left.values():
                messages += await self._empty(conversation, user)
            left = await self._log.database.write(partial(self._forget, actor=actor, subject=subject, reason=reason))
            if not left:
                break
            subject = Subject(user, {**subject.conversations, **left})
        else:
            raise retry()  # whoever begins so many has to be kept out first
        await self._after()
        return Erasure(user, len(subject.conversations), messages)

    async def _begin(self, actor: Actor, user: str, allowed: Callable[[Connection], str]) -> tuple[Subject, str]:
        def unit(conn: Connection) -> tuple[Subject | None, list[str], str]:
            subject = subject_of(conn, user)
            standing = held(conn, subject) if subject is not None else []
            if standing:
                self._trail.note(conn, actor, Act("erasure_held", f"user:{user}", outcome="conflict"))
            reason = allowed(conn) if subject is not None and not standing else ""
            return subject, standing, reason

        subject, standing, reason = await self._log.database.write(unit)
        if standing:
            raise refuse_held(standing)
        if subject is None:
            raise not_found("user")
        return subject, reason

    async def _empty(self, conversation: str, user: str) -> int:
        now, after, count = self._log.clock.now(), 0, 0

        def close(conn: Connection) -> Written[None]:
            head = _head_to_empty(conn, conversation, user)
            return Written(None, close_for_good(conn, head, now) if head is not None else ())

        await self._log.write(close, lane=conversation)
        while True:
            step = await self._log.write(
                partial(_step, conversation=conversation, user=user, after=after, now=now), lane=conversation
            )
            count, after = count + step.count, step.last
            if not step.more:
                return count

    def _forget(self, conn: Connection, *, actor: Actor, subject: Subject, reason: str) -> Mapping[int, str]:
        """Forget the user, unless there are conversations that were not emptied or are open again: returns those."""
        now = self._log.clock.now()
        lock_user(conn, subject.user)  # nobody begins another meanwhile, whose words the lost key would seal
        fresh = subject_of(conn, subject.user) or subject
        keep_holds(conn)
        standing = held(conn, fresh)
        if standing:  # placed meanwhile
            raise refuse_held(standing)
        heads = [head for one in fresh.conversations.values() if (head := read_head(conn, one, lock=True)) is not None]
        left = {head.number: head.id for head in heads if head.is_open or head.number not in subject.conversations}
        if left:
            return left
        for head in heads:
            empty_the_rest(conn, head, now)
        fields = {share.name: share.erase(conn, fresh, now) for share in self._shares}
        vault = vault_of(conn)
        assert isinstance(vault, DataVault)
        fields["keys"] = vault.destroy(conn, subject.user)
        act = Act("erased", f"user:{subject.user}", reason, fields=fields, keep=True)
        self._trail.note(conn, actor, act)
        return {}


def _head_to_empty(conn: Connection, conversation: str, user: str) -> Head | None:
    """A conversation, locked, for one step of emptying it. Raises `conflict` when a hold was placed meanwhile."""
    head = read_head(conn, conversation, lock=True)
    keep_holds(conn)
    standing = held(conn, Subject(user, {} if head is None else {head.number: conversation}))
    if standing:
        raise refuse_held(standing)
    return head


def _step(conn: Connection, *, conversation: str, user: str, after: int, now: int) -> Written[Emptied]:
    head = _head_to_empty(conn, conversation, user)
    if head is None:
        return Written(Emptied((), after, 0, more=False))
    step = empty_messages(conn, head, after, now)
    return Written(step, step.appended)
