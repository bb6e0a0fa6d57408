"""The SQL of call-backs. Numbers and notes are sealed under the key of the user."""

from typing import Any, Final

from msgspec import UNSET, Struct
from sqlalchemy import Connection, Row, and_, bindparam, exists, insert, select, update

from chatserver.conversation.events import AgentInfo
from chatserver.conversation.masking import name_for_agents
from chatserver.conversation.tables import conversations, users
from chatserver.conversation.users import name_of_user
from chatserver.core.sealing import STAFF, Erased, open_text, seal_text, vault_of
from chatserver.desk.callbacks.messages import Callback, CallbackUser
from chatserver.desk.callbacks.tables import callbacks

_COLUMNS: Final = callbacks.c
SHOWN: Final = 200


class Wanted(Struct, frozen=True):
    """A call to be stored: who is to be called, where, when, and what they wrote about it."""

    id: str
    number: int
    user: str
    phone: str
    hint: str
    note: str
    begin: int
    end: int


_ALL: Final = (
    select(
        callbacks, conversations.c.id.label("conversation_id"), conversations.c.topic, users.c.name.label("user_name")
    )
    .join(conversations, conversations.c.number == _COLUMNS.conversation)
    .outerjoin(users, users.c.id == _COLUMNS.user_id)
)
_ONE: Final = _ALL.where(_COLUMNS.id == bindparam("id")).with_for_update(of=callbacks)


def _seal(conn: Connection, user: str, id_: str, what: str, text: str) -> bytes:
    return vault_of(conn).seal(conn, user, f"callbacks.{what}|{id_}", text.encode())


def _open(conn: Connection, id_: str, what: str, sealed: bytes) -> str:
    try:
        return vault_of(conn).open(conn, f"callbacks.{what}|{id_}", sealed).decode()
    except Erased:
        return ""


def sealed_name(conn: Connection, id_: str, name: str) -> str:
    """The name of the agent who makes a call, for its column."""
    return seal_text(conn, STAFF, f"callbacks.agent|{id_}", name)


def _agent_name(conn: Connection, row: Row[Any]) -> str:
    return open_text(conn, f"callbacks.agent|{row.id}", row.agent_name or "")


def shown(conn: Connection, row: Row[Any], *, phone: bool) -> Callback:
    """A call as it is told; its number only to whoever has claimed it."""
    name = name_for_agents(row.user_id, name_of_user(conn, row.user_id, row.user_name or ""))
    agent = AgentInfo(row.agent_id, _agent_name(conn, row), row.agent_tier or 1) if row.agent_id else UNSET
    return Callback(
        id=row.id,
        conversation=row.conversation_id,
        user=CallbackUser(row.user_id, name),
        topic=row.topic,
        begin=row.from_at,
        end=row.until_at,
        status=row.status,
        phone_hint=row.phone_hint,
        attempts=row.attempts,
        agent=agent,
        note=_open(conn, row.id, "note", bytes(row.note)) or UNSET,
        outcome=row.outcome or UNSET,
        phone=_open(conn, row.id, "phone", bytes(row.phone)) if phone else UNSET,
    )


def read_callback(conn: Connection, id_: str) -> Row[Any] | None:
    """The row of a call, locked, with its conversation's id and topic and its user's name."""
    return conn.execute(_ONE, {"id": id_}).first()


def read_open(conn: Connection, number: int) -> Row[Any] | None:
    """The call that a conversation waits for."""
    mine = and_(_COLUMNS.conversation == number, _COLUMNS.status.in_(("open", "claimed")))
    return conn.execute(_ALL.where(mine)).first()


def read_callbacks(conn: Connection, status: str) -> list[Callback]:
    """Calls of a status, in the order in which they are due."""
    query = _ALL.where(_COLUMNS.status == status).order_by(_COLUMNS.from_at, _COLUMNS.id).limit(SHOWN)
    return [shown(conn, row, phone=False) for row in conn.execute(query).all()]


def save_wanted(conn: Connection, wanted: Wanted, now: int, *, fresh: bool) -> None:
    """Store a call, or what has changed about one that is open."""
    columns = {
        "phone": _seal(conn, wanted.user, wanted.id, "phone", wanted.phone),
        "note": _seal(conn, wanted.user, wanted.id, "note", wanted.note),
        "phone_hint": wanted.hint,
        "from_at": wanted.begin,
        "until_at": wanted.end,
    }
    if not fresh:
        conn.execute(update(callbacks).where(_COLUMNS.id == wanted.id).values(**columns))
        return
    begun = {"status": "open", "attempts": 0, "created_at": now}
    place = {"id": wanted.id, "conversation": wanted.number, "user_id": wanted.user}
    conn.execute(insert(callbacks).values(**place, **columns, **begun))


def save_note(conn: Connection, row: Row[Any], note: str) -> None:
    """What the agent who called has to say about it."""
    sealed = _seal(conn, row.user_id, row.id, "note", note)
    conn.execute(update(callbacks).where(_COLUMNS.id == row.id).values(note=sealed))


def save_status(conn: Connection, id_: str, status: str, **fields: Any) -> None:
    """Where a call stands."""
    conn.execute(update(callbacks).where(_COLUMNS.id == id_).values(status=status, **fields))


NOBODY: Final[dict[str, None]] = dict.fromkeys(("agent_id", "agent_name", "agent_tier", "claimed_at"))


def release_stale(conn: Connection, claimed_before: int) -> None:
    """Whoever claimed a call and never made it leaves it to others."""
    stale = and_(_COLUMNS.status == "claimed", _COLUMNS.claimed_at < claimed_before)
    conn.execute(update(callbacks).where(stale).values(status="open", **NOBODY))


def is_promised(number: Any) -> Any:
    """Whether a conversation waits for a call: a condition for other queries."""
    return exists().where(_COLUMNS.conversation == number, _COLUMNS.status.in_(("open", "claimed")))
