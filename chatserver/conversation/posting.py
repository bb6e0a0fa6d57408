"""What is written with a key: appended once, however often it is sent.

Messages are what a chat server writes most, so those that wait for the same commit are written together: one question
for all their heads, one statement for all their rows. Everything else about them is as if each came alone.
"""

import asyncio
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from chatserver.conversation import appending, store
from chatserver.conversation.authority import Action
from chatserver.conversation.events import Recorded
from chatserver.conversation.guard import Held, HeldBack, empty
from chatserver.conversation.log import Appended, Log, Written, append, by_session, head_for, visible
from chatserver.conversation.messages import Posted
from chatserver.conversation.search import index_rows
from chatserver.conversation.states import Change, Head
from chatserver.core.errors import ChatError, retry
from chatserver.core.session import Session

Decide = Callable[[Connection, Head], tuple[Change, Held | None]]
"""The change to append, and what the guard found in earlier messages. Called again if a transaction is."""

Outcome = tuple[Recorded, bool]
"""The row that a key stands for, and whether it did so before."""

TOGETHER: Final = 256
"""Posts in one transaction at most: beyond it the first would wait longer than a commit takes."""

GATHER_S: Final = 0.008
"""A batch is written after this time though more are coming: less than what is promised of a busy server's p99."""

QUIET_TURNS: Final = 2
"""Turns of the loop in which nobody came before a batch is written: a frame needs two to become a post."""

WAITING: Final = 20_000
"""Posts that wait before new ones are refused: what a slow disk still commits within a deadline."""

SHARDS: Final = {"sqlite": 1, "postgresql": 4}
"""Batches under way at a time. SQLite has one writer; with a server, commits overlap."""


class Post:
    """Something to append, and who waits for what comes of it."""

    __slots__ = ("conversation", "decide", "done", "key", "now", "session")

    def __init__(self, session: Session, conversation: str, key: str, decide: Decide, now: int) -> None:
        self.session = session
        self.conversation = conversation
        self.key = key
        self.decide = decide
        self.now = now
        self.done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def answer(self, outcome: Outcome | Exception) -> None:
        """Tell whoever still waits."""
        if self.done.done():
            return
        if isinstance(outcome, Exception):
            self.done.set_exception(outcome)
        else:
            self.done.set_result(outcome)


class Posting:
    """Appends what a sender writes; the same key again gives the first result."""

    def __init__(self, log: Log) -> None:
        self._log = log
        shards = SHARDS[log.database.dialect]
        self._waiting: list[list[Post]] = [[] for _ in range(shards)]
        self._count = 0
        self._writers: dict[int, asyncio.Task[None]] = {}

    async def post(
        self, session: Session, conversation: str, key: str, decide: Decide, *, alone: bool = True
    ) -> Outcome:
        """Append what `decide` makes of it, or find what the key stands for.

        `alone` gives it a savepoint of its own: whatever `decide` stores is gone again when it raises. Without, it
        may read only.
        """
        post = Post(session, conversation, key, decide, self._log.clock.now())
        if alone:
            return await self._log.write(partial(_alone, post), lane=conversation)
        if self._count >= WAITING:
            raise retry()
        shard = zlib.crc32(conversation.encode()) % len(self._waiting)
        self._waiting[shard].append(post)
        self._count += 1
        if shard not in self._writers:
            self._writers[shard] = asyncio.get_running_loop().create_task(self._write(shard))
        return await post.done

    async def _write(self, shard: int) -> None:
        """Write what waits, and what has come meanwhile, until nothing is left."""
        try:
            while self._waiting[shard]:
                await self._gather(shard)
                batch = self._waiting[shard][:TOGETHER]
                del self._waiting[shard][:TOGETHER]
                self._count -= len(batch)
                await self._write_batch(batch)
        finally:
            del self._writers[shard]

    async def _gather(self, shard: int) -> None:
        """Wait for others as long as they keep coming: a commit costs as much as ten messages in it."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GATHER_S
        seen = quiet = 0
        while quiet < QUIET_TURNS and seen < TOGETHER and loop.time() < until:
            now = len(self._waiting[shard])
            quiet = quiet + 1 if now == seen else 0
            seen = now
            await asyncio.sleep(0)

    async def _write_batch(self, batch: list[Post]) -> None:
        try:
            outcomes = await self._log.write(partial(_together, batch))
        except ChatError as refusal:
            outcomes = [refusal] * len(batch)
        except Exception as error:
            # One of them met a defect of ours, which must not be the others' misfortune.
            if len(batch) > 1:
                for post in batch:
                    await self._write_batch([post])
                return
            outcomes = [error]
        for post, outcome in zip(batch, outcomes, strict=True):
            post.answer(outcome)


def posted(row: Recorded, duplicate: bool) -> Posted:
    """What the sender is told."""
    return Posted(row.id, row.seq, row.at, duplicate)


def _alone(post: Post, conn: Connection) -> Written[Outcome]:
    head = head_for(conn, post.session, Action.KNOW, post.conversation)
    seen = store.read_by_key(conn, head, post.session.identity, post.key)
    if seen is not None:
        return Written((seen, True))
    change, held = post.decide(conn, head)
    appended = append(conn, head, change, by_session(post.session), post.now, key=post.key)
    index_rows(conn, [(head.number, appended.rows)])
    also = empty(conn, appended.head, held, post.now)
    return Written((appended.rows[0], False), (appended, *also))


def _together(posts: list[Post], conn: Connection) -> Written[list[Outcome | Exception]]:
    """Post for many; of a conversation one at a time, as each must know what the one before it said."""
    outcomes: dict[Post, Outcome | Exception] = {}
    appended: list[Appended] = []
    left = posts
    while left:
        first = {post.conversation: post for post in reversed(left)}
        appended += _round(conn, list(first.values()), outcomes)
        left = [post for post in left if first[post.conversation] is not post]
    return Written([outcomes[post] for post in posts], tuple(appended))


def _round(conn: Connection, posts: list[Post], outcomes: dict[Post, Any]) -> list[Appended]:
    """Post for conversations that are all different."""
    known = store.read_heads(conn, [post.conversation for post in posts], lock=True)
    heads: dict[Post, Head] = {}
    for post in posts:
        try:
            heads[post] = visible(conn, post.session, Action.KNOW, known.get(post.conversation))
        except ChatError as refusal:
            outcomes[post] = refusal
    used = [(head, post.session.identity, post.key) for post, head in heads.items()]
    drafts: list[tuple[Post, appending.Draft, Held | None]] = []
    for (post, head), seen in zip(heads.items(), store.read_by_keys(conn, used), strict=True):
        if seen is not None:
            outcomes[post] = seen, True
            continue
        try:
            change, held = post.decide(conn, head)
        except (ChatError, HeldBack) as refusal:
            outcomes[post] = refusal
            continue
        by = by_session(post.session)
        drafts.append((post, appending.draft(conn, head, change, by, post.now, key=post.key), held))
    appending.write(conn, [draft for _, draft, _ in drafts])
    index_rows(conn, [(draft.head.number, draft.rows) for _, draft, _ in drafts])
    appended: list[Appended] = []
    for post, draft, held in drafts:
        outcomes[post] = draft.rows[0], False
        appended.append(Appended(draft.before, draft.head, draft.rows, draft.by))
        appended += empty(conn, draft.head, held, post.now)
    return appended
