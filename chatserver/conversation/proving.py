"""What is needed beside the events of a conversation to check its chains without the database."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, select

from chatserver.conversation.chain_check import opened_row
from chatserver.conversation.states import Head
from chatserver.conversation.tables import events
from chatserver.core.ids import event_id


class RowProof(Struct, frozen=True):
    """The digests of one event, hexadecimal; without `salt` the content was taken out, and `state` says how."""

    id: str
    content: str
    chain: str
    salt: str | UnsetType = UNSET
    state: str | UnsetType = UNSET


def read_proofs(conn: Connection, head: Head, thread: str, after: int, limit: int) -> list[RowProof]:
    """The proofs of a page of a thread, in order."""
    mine = (events.c.conversation == head.number, events.c.thread == thread, events.c.seq > after)
    rows = conn.execute(select(events).where(*mine).order_by(events.c.seq).limit(limit)).all()
    return [_proof(conn, head, row) for row in rows]


def _proof(conn: Connection, head: Head, row: Any) -> RowProof:
    opened = opened_row(conn, head.id, row)
    id_ = event_id(head.id, row.thread, row.seq)
    if opened.seal == "open":
        return RowProof(id_, opened.content.hex(), opened.link.hex(), salt=opened.salt.hex())
    return RowProof(id_, opened.content.hex(), opened.link.hex(), state=opened.seal)
