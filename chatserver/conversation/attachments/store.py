"""The SQL of attachments."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import UNSET
from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, or_, select, update

from chatserver.conversation.attachments.tables import attachments
from chatserver.conversation.events import FileInfo
from chatserver.conversation.states import Head
from chatserver.conversation.tables import conversations
from chatserver.core.errors import invalid
from chatserver.core.sealing import open_text, seal_text
from chatserver.core.session import Session

_COLUMNS: Final = attachments.c
_THERE: Final = and_(_COLUMNS.ready, _COLUMNS.erased_at.is_(None))


def info_of(conn: Connection, row: Row[Any]) -> FileInfo:
    """What is told of an attachment."""
    width, height = (UNSET if side is None else side for side in (row.width, row.height))
    return FileInfo(row.id, open_text(conn, _bound(row.id), row.name), row.type, row.size, width, height)


def _bound(attachment: str) -> str:
    return f"attachments.name|{attachment}"


# How many files a sender has: in a conversation, not sent yet, since an hour ago.
_COUNTS: Final = select(
    func.count().filter(_COLUMNS.conversation == bindparam("number")),
    func.count().filter(_COLUMNS.conversation == bindparam("number"), _COLUMNS.seq.is_(None)),
    func.count().filter(_COLUMNS.created_at > bindparam("since")),
).where(_COLUMNS.sender == bindparam("sender"))


def count_files(conn: Connection, number: int, sender: str, since: int) -> tuple[int, int, int]:
    """Files of a sender in a conversation, those not sent yet, and all since an instant."""
    row = conn.execute(_COUNTS, {"number": number, "sender": sender, "since": since}).one()
    return row[0], row[1], row[2]


def begin_file(conn: Connection, file: FileInfo, head: Head, thread: str, sender: str, now: int) -> None:
    """Remember a file before its bytes are kept, so that nothing is kept that nobody knows of."""
    sides = {"width": file.width or None, "height": file.height or None}
    name = seal_text(conn, head.user_id, _bound(file.id), file.name)
    plain = {"id": file.id, "name": name, "type": file.type, "size": file.size}
    place = {"conversation": head.number, "thread": thread, "sender": sender, "created_at": now}
    conn.execute(insert(attachments).values(**plain, **sides, **place, ready=False))


def finish_file(conn: Connection, attachment: str) -> None:
    """The bytes are kept: it can be sent."""
    conn.execute(update(attachments).where(_COLUMNS.id == attachment).values(ready=True))


# One file that is there, with the conversation it belongs to.
_FILE: Final = (
    select(attachments, conversations.c.id.label("conversation_id"))
    .join(conversations, conversations.c.number == _COLUMNS.conversation)
    .where(_COLUMNS.id == bindparam("id"), _THERE)
)


def read_file(conn: Connection, attachment: str) -> Row[Any] | None:
    """The row of a file that is there, with `conversation_id`."""
    return conn.execute(_FILE, {"id": attachment}).first()


def claim(conn: Connection, head: Head, thread: str, session: Session, ids: Sequence[str]) -> list[FileInfo]:
    """Bind files to the message that comes next. Raises `invalid` unless all are this sender's to send."""
    if not ids:
        return []
    mine = and_(
        _COLUMNS.id.in_(ids),
        _COLUMNS.conversation == head.number,
        _COLUMNS.thread == thread,
        _COLUMNS.sender == session.identity,
        _COLUMNS.seq.is_(None),
        _THERE,
    )
    found = {row.id: info_of(conn, row) for row in conn.execute(select(attachments).where(mine))}
    # Counted as they are bound: the sweep may have taken one that was never sent since it was looked at.
    bound = update(attachments).where(mine).values(seq=head.head_of(thread) + 1)
    if len(found) != len(ids) or conn.execute(bound).rowcount != len(ids):
        raise invalid("attachments", "There is no such attachment, or it was sent already.")
    return [found[one] for one in ids]


def erase(conn: Connection, number: int, thread: str, seq: int, now: int) -> None:
    """Nobody sees the files of a message any more; the sweep deletes their bytes."""
    sent = and_(_COLUMNS.conversation == number, _COLUMNS.thread == thread, _COLUMNS.seq == seq)
    conn.execute(update(attachments).where(sent, _COLUMNS.erased_at.is_(None)).values(erased_at=now))


def erase_all(conn: Connection, number: int, thread: str, first: int, last: int, now: int) -> None:
    """The same for the messages from `first` to `last`."""
    sent = and_(_COLUMNS.conversation == number, _COLUMNS.thread == thread, _COLUMNS.seq.between(first, last))
    conn.execute(update(attachments).where(sent, _COLUMNS.erased_at.is_(None)).values(erased_at=now))


def take_loose(conn: Connection, begun_before: int, unsent_before: int, now: int, most: int) -> list[str]:
    """Files whose bytes are to be deleted: erased, never finished, or never sent. From now on nobody can send them."""
    abandoned = or_(
        and_(_COLUMNS.ready.is_(False), _COLUMNS.created_at < begun_before), _COLUMNS.created_at < unsent_before
    )
    unsent = and_(_COLUMNS.seq.is_(None), _COLUMNS.erased_at.is_(None), abandoned)
    conn.execute(update(attachments).where(unsent).values(erased_at=now))
    return list(conn.execute(select(_COLUMNS.id).where(_COLUMNS.erased_at.is_not(None)).limit(most)).scalars())


def forget_file(conn: Connection, attachment: str) -> None:
    """The bytes are gone: so is what was known of them."""
    conn.execute(delete(attachments).where(_COLUMNS.id == attachment, _COLUMNS.erased_at.is_not(None)))
