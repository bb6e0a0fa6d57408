"""What the rooms need from the outside, as protocols that the basement implements."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from chatserver.core.audit import Act, Actor, Audited
from chatserver.core.session import Session

T = TypeVar("T")


class Clock(Protocol):
    """Where the time comes from, so that tests can turn it."""

    def now(self) -> int:
        """Milliseconds since 1970."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Milliseconds since 1970."""
        return time.time_ns() // 1_000_000


class Database(Protocol):
    """SQL, reached by functions over a connection; the same functions on SQLite and PostgreSQL."""

    dialect: str
    """`sqlite` or `postgresql`."""

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a reading function in a transaction of its own."""
        ...

    async def write(
        self,
        unit: Callable[[Connection], T],
        *,
        lane: str = "",
        then: Callable[[T], None] | None = None,
    ) -> T:
        """Run a writing function; returns after it is committed and on disk.

        Units with the same `lane` (a conversation's id) are committed in the order they were
        given and may share a transaction with others, each in a savepoint: one that raises is
        rolled back alone and its exception reaches its caller. A unit without a lane has a
        transaction of its own; one that locks rows of more than its conversation must have none.
        `then` is called with the result right after the commit, in commit order, also when the
        caller has been cancelled meanwhile. Raises `ChatError` `storage` or `retry` when nothing
        was stored. A unit may be run again after a deadlock: it must not act outside SQL.
        """
        ...


class Hub(Protocol):
    """Tells clients what passes; durable events reach it through the log."""

    def pass_on(self, identities: Iterable[str], event: str, body: Any, *, but: str | None = None) -> None:
        """Emit a passing event to all sockets of the identities, on every process.

        `but` is the id of a session that is left out. Never blocks, never fails the caller.
        """
        ...


ANY_KIND: Final = -1
"""Stands for a text of which nobody knows what it may be a part of: all bits are set."""


class Cleaned(Struct, frozen=True):
    """A text without secrets, and the types of those that were taken out, in their order.

    `kinds` are what the text as it was written may be a part of, as bits: parts of one secret have one in common.
    """

    text: str
    removed: list[str] = []
    kinds: int = ANY_KIND


class Joined(Struct, frozen=True):
    """What becomes of a text and of the ones before it of which it ends a secret.

    `emptied` names the earlier texts that hold a part, by their place, with the types.
    """

    last: Cleaned
    emptied: list[tuple[int, list[str]]]


class Shield(Protocol):
    """Takes secrets out of what people write, before anything of it is stored or shown."""

    def clean(self, text: str) -> Cleaned:
        """The text with each secret replaced by `[removed: TYPE]`."""
        ...

    def draft(self, text: str) -> str:
        """The same for a text that is still being written: what may become a secret is out too."""
        ...

    def join(self, earlier: Sequence[str], text: str) -> Joined | None:
        """What earlier texts of the same writer, oldest first, and this one hold together, if anything."""
        ...


class LinkShown(Struct, frozen=True):
    """A link of a text: its place in code points, the host it really leads to, and what it is.

    `verdict` is `official`, `unknown`, `suspicious` or `phishing`.
    """

    start: int
    end: int
    host: str
    verdict: Literal["official", "unknown", "suspicious", "phishing"]


class Regard(Struct, frozen=True):
    """What readers of a text are told beside it; `flags` has `impersonation` where somebody plays the company."""

    links: list[LinkShown] = []
    flags: list[str] = []


class Outgoing(Struct, frozen=True):
    """A text of staff that is not posted: whose it is, where it would go, and what it asks for (`kinds`)."""

    conversation: str
    user: str
    author: Session
    key: str
    text: str
    kinds: list[str]
    attachments: list[str] = []
    reply_to: str = ""
    removed: list[str] = []


class Review(Protocol):
    """Looks at what is about to be posted: links and impostors in everybody's texts, and what staff may not ask."""

    def regard(self, text: str) -> Regard:
        """What is told beside a text; never changes it."""
        ...

    def stopped(self, text: str) -> list[str]:
        """What a text of staff or of the bot asks users for that support never asks; empty when it may go."""
        ...

    async def hold(self, outgoing: Outgoing) -> None:
        """Keep a text that was stopped for a second person, and tell the supervisors."""
        ...


class Files(Protocol):
    """Where the bytes of attachments are kept: a folder or a bucket, never anything that the web serves."""

    async def put(self, name: str, data: bytes) -> None:
        """Keep bytes under a name. Raises `ChatError` `storage`."""
        ...

    async def get(self, name: str) -> bytes | None:
        """The bytes of a name, None when there are none. Raises `ChatError` `storage`."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a name, whether there is one or not. Raises `ChatError` `storage`."""
        ...


class Picture(Struct, frozen=True):
    """A picture made anew: its content type, size in pixels and bytes, with nothing else that came in the file."""

    type: str
    width: int
    height: int
    data: bytes


class Pictures(Protocol):
    """Makes pictures anew where a hostile one can do no harm."""

    async def remake(self, data: bytes, type_: str) -> Picture:
        """The same picture without metadata. Raises `too_large`, `invalid` (field `file`) or `retry`."""
        ...


class Audit(Protocol):
    """The log of who did what: append-only, chained, searched by auditors."""

    def note(self, conn: Connection, actor: Actor, act: Act) -> None:
        """Add a row in the caller's transaction, so that there is no act without its row and no row without its act."""
        ...

    async def write(self, actor: Actor, act: Act) -> None:
        """Add a row by itself; returns when it is on disk. Raises `ChatError` `storage` or `retry`."""
        ...

    def later(self, actor: Actor, act: Act) -> None:
        """Add a row within a second, together with others; never blocks, never fails the caller."""
        ...


class About(Struct, frozen=True):
    """What a command or request was about, its outcome, and whether its answer waits for the row.

    `sought` is what was searched for; it is counted, and stands in no row.
    """

    object: str
    outcome: str
    reason: str = ""
    wait: bool = False
    sought: str = ""
    fields: dict[str, Any] = {}


class Witness(Protocol):
    """Sees everything that staff ask of the server, and how it ended: the one place that decides what is noted."""

    async def saw(self, session: Session, action: str, audited: Audited, about: About) -> None:
        """Note it if it is worth a row.

        Returns when the row is on disk where `about.wait` asks for it, else at once. Raises `ChatError` only then.
        """
        ...


class Vault(Protocol):
    """Seals what a person wrote or is, so that a copy of the database tells nothing.

    Every owner (a user's id; names that begin with `:` belong to the installation) has data keys of
    their own. `bound` says where the sealed bytes stand: elsewhere they cannot be opened.
    Reached through `core.sealing.vault_of(conn)`: a connection knows the vault of its database.
    """

    def key_for(self, conn: Connection, owner: str) -> int:
        """The id of the data key that seals what is new of an owner; made if there is none."""
        ...

    def seal(self, conn: Connection, owner: str, bound: str, data: bytes) -> bytes:
        """Bytes that only this vault can open, and only as what they are `bound` to."""
        ...

    def seal_with(self, conn: Connection, key: int, bound: bytes, data: bytes) -> bytes:
        """The same with a data key that the caller knows."""
        ...

    def open(self, conn: Connection, bound: str | bytes, sealed: bytes) -> bytes:
        """What was sealed. Raises `core.sealing.Erased` and `core.sealing.Unreadable`."""
        ...

    def blind(self, words: Iterable[str]) -> list[str]:
        """What stands for each word in an index: the same for the same word, of no use to others."""
        ...


class KeyService(Protocol):
    """Keeps the key that wraps the master keys: in the settings, a file, or a service elsewhere (KMS, HSM)."""

    async def wrap(self, key: bytes) -> bytes:
        """The key in a form that only this service can turn back."""
        ...

    async def unwrap(self, wrapped: bytes) -> bytes:
        """The key again. Raises `core.sealing.WrongKey` when it was wrapped by another."""
        ...
