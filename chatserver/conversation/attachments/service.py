"""Takes files in, gives them out to those who see the conversation, and forgets those that nobody sent."""

import asyncio
import unicodedata
from functools import partial
from typing import Any, Final

from msgspec import UNSET, Struct
from sqlalchemy import Connection

from chatserver.conversation.attachments import rules, store
from chatserver.conversation.attachments.links import Links
from chatserver.conversation.attachments.texts import without_secrets
from chatserver.conversation.authority import Action, authorize
from chatserver.conversation.events import FileInfo, Thread
from chatserver.conversation.log import Log, head_for
from chatserver.conversation.states import Head
from chatserver.core.background import attempt
from chatserver.core.errors import ChatError, invalid, not_found, retry
from chatserver.core.ids import new_id
from chatserver.core.ports import Files, Pictures, Shield
from chatserver.core.routes import SentFile, Upload
from chatserver.core.sealing import Erased, vault_of
from chatserver.core.session import Session

AT_ONCE: Final = 8
"""Files in memory at a time, of 10 MB each; whoever comes then waits."""

WAIT_S: Final = 20.0

BEGUN_MS: Final = 3_600_000
UNSENT_MS: Final = 24 * 3_600_000
"""How long a file may stay unfinished, and unsent: a phone may be without a network for a day."""

SWEPT_AT_ONCE: Final = 200
HOUR_MS: Final = 3_600_000


class Taken(Struct, frozen=True):
    """A file as it is kept: its bytes and what is told of them."""

    info: FileInfo
    data: bytes


class Attachments:
    """Files of conversations: their rows in SQL, their bytes in `files`."""

    def __init__(self, log: Log, files: Files, pictures: Pictures, shield: Shield, links: Links) -> None:
        self._log = log
        self._files = files
        self._pictures = pictures
        self._shield = shield
        self._links = links
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def take(self, session: Session, conversation: str, thread: Thread, upload: Upload) -> tuple[FileInfo, str]:
        """Keep a file for a message to come; returns what it is and a link to it.

        Raises what writing in the conversation would, `invalid` or `too_large` with field `file`, `rate_limited`.
        """
        if session.is_user and thread != "public":
            raise invalid("thread", "Invalid enum value 'internal'.")
        head = await self._log.database.read(lambda conn: self._writable(conn, session, conversation, thread))
        async with _turn(self._turns):
            taken = await self._made_safe(await upload.read(rules.MOST_BYTES))
            await self._keep(session, head, thread, taken)
        return taken.info, self._links.path(taken.info.id, head, session, self._log.clock.now())

    def _writable(self, conn: Connection, session: Session, conversation: str, thread: Thread) -> Head:
        head = head_for(conn, session, Action.KNOW, conversation, lock=False)
        authorize(session, Action.SPEAK if thread == "public" else Action.NOTE, head)
        since = self._log.clock.now() - HOUR_MS
        rules.check_room(*store.count_files(conn, head.number, session.identity, since))
        return head

    async def _made_safe(self, sent: SentFile) -> Taken:
        """What is kept of a file: only what its type is for."""
        kind = rules.type_of(sent.data)
        rules.check_size(len(sent.data), kind)
        name = self._shield.clean(unicodedata.normalize("NFC", sent.name.encode("utf-8", "ignore").decode())).text
        width: Any = UNSET
        height: Any = UNSET
        data = sent.data
        if kind in rules.PICTURES:
            picture = await self._pictures.remake(data, kind)
            kind, data, width, height = picture.type, picture.data, picture.width, picture.height
        elif kind == rules.TEXT:
            data = (await without_secrets(rules.text_of(data) or "", self._shield)).encode()
        else:
            rules.check_pdf(data)
        return Taken(FileInfo(new_id("f"), rules.clean_name(name, kind), kind, len(data), width, height), data)

    async def _keep(self, session: Session, head: Head, thread: str, taken: Taken) -> None:
        now = self._log.clock.now()
        database, id_ = self._log.database, taken.info.id

        def unit(conn: Connection) -> bytes:
            store.begin_file(conn, taken.info, head, thread, session.identity, now)
            return vault_of(conn).seal(conn, head.user_id, f"attachments|{id_}", taken.data)

        await self._files.put(id_, await database.write(unit))
        await database.write(lambda conn: store.finish_file(conn, id_))

    async def told(self, session: Session, attachment: str) -> tuple[FileInfo, str]:
        """What a file is, and a fresh link. Raises `not_found` unless this session sees it."""
        info, head = await self._log.database.read(lambda conn: _visible(conn, session, attachment))
        return info, self._links.path(attachment, head, session, self._log.clock.now())

    async def opened(self, session: Session, attachment: str, link: str) -> tuple[FileInfo, bytes]:
        """A file and its bytes, for a link that this person was given within the last minute. Else `not_found`."""
        info, head = await self._log.database.read(lambda conn: _visible(conn, session, attachment))
        if not self._links.holds(link, attachment, head, session, self._log.clock.now()):
            raise not_found("attachment")
        sealed = await self._files.get(attachment)
        if sealed is None:
            raise not_found("attachment")
        try:
            return info, await self._log.database.read(
                lambda conn: vault_of(conn).open(conn, f"attachments|{attachment}", sealed)
            )
        except Erased:
            raise not_found("attachment") from None

    async def sweep(self) -> None:
        """Delete what was erased, never finished or never sent."""
        now = self._log.clock.now()

        def unit(conn: Connection) -> list[str]:
            return store.take_loose(conn, now - BEGUN_MS, now - UNSENT_MS, now, SWEPT_AT_ONCE)

        for attachment in await self._log.database.write(unit):
            await attempt("deleting a file", partial(self._delete, attachment))

    async def _delete(self, attachment: str) -> None:
        await self._files.delete(attachment)
        await self._log.database.write(lambda conn: store.forget_file(conn, attachment))


def _visible(conn: Connection, session: Session, attachment: str) -> tuple[FileInfo, Head]:
    """A file and its conversation, as far as this session may know of both."""
    row = store.read_file(conn, attachment)
    if row is None:
        raise not_found("attachment")
    try:
        head = head_for(conn, session, Action.READ, row.conversation_id, lock=False)
    except ChatError:
        raise not_found("attachment") from None
    hidden = row.thread != "public" and session.is_user
    if hidden or (row.seq is None and row.sender != session.identity):
        raise not_found("attachment")
    return store.info_of(conn, row), head


class _turn:  # noqa: N801  (used as a word of the language)
    """A turn at a semaphore, or `retry` after a while."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns

    async def __aenter__(self) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                await self._turns.acquire()
        except TimeoutError:
            raise retry("Too many files are coming in at this moment. Send it again.") from None

    async def __aexit__(self, *_: object) -> None:
        self._turns.release()
