"""How users can be reached, and which of it staff may see: the SQL."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, insert, select, update

from chatserver.conversation.masking import (
    masked_attribute,
    masked_email,
    masked_name,
    masked_phone,
    masked_wallet,
)
from chatserver.conversation.store import attributes_of
from chatserver.conversation.tables import conversations, users
from chatserver.conversation.users import User, read_user
from chatserver.core.sealing import open_text, seal_text
from chatserver.trust.privacy.tables import profiles, reveals

ATTRIBUTE: Final = "attribute."
"""Leads the name of a field that is an attribute of the user's conversations."""

MASKS: Final[dict[str, Callable[[str], str]]] = {
    "name": masked_name,
    "email": masked_email,
    "phone": masked_phone,
    "wallet": masked_wallet,
}
"""Every field beside attributes, and how it is masked."""

CONTACTS: Final = ("email", "phone", "wallet")

CONVERSATIONS_READ: Final = 50
"""The latest conversations whose attributes are part of the profile."""


class Contact(Struct, frozen=True):
    """How the host app says that a user can be reached; empty where it says nothing."""

    email: str = ""
    phone: str = ""
    wallet: str = ""


def read_contact(conn: Connection, user: str) -> Contact:
    """How a user can be reached."""
    row = conn.execute(select(profiles).where(profiles.c.user_id == user)).first()
    if row is None:
        return Contact()
    return Contact(**{name: open_text(conn, f"profiles.{name}|{user}", getattr(row, name)) for name in CONTACTS})


def keep_contact(conn: Connection, user: str, contact: Contact, now: int) -> None:
    """Keep how a user can be reached, if it is news."""
    if contact in (Contact(), read_contact(conn, user)):
        return
    values: dict[str, Any] = {
        name: seal_text(conn, user, f"profiles.{name}|{user}", getattr(contact, name)) for name in CONTACTS
    }
    values["updated_at"] = now
    if conn.execute(update(profiles).where(profiles.c.user_id == user).values(**values)).rowcount == 0:
        conn.execute(insert(profiles).values(user_id=user, **values))


class Known(Struct, frozen=True):
    """Everything that is known of a user, in clear: `fields` by name, and when they first came."""

    user: User
    fields: dict[str, str]
    since: int


def read_known(conn: Connection, user: str) -> Known | None:
    """What is known of a user; None when there is none."""
    found = read_user(conn, user)
    if found is None:
        return None
    contact = read_contact(conn, user)
    fields = {"name": found.name} | {name: getattr(contact, name) for name in CONTACTS}
    fields |= {ATTRIBUTE + name: value for name, value in _attributes(conn, user).items()}
    since = conn.execute(select(users.c.created_at).where(users.c.id == user)).scalar_one()
    return Known(found, {name: value for name, value in fields.items() if value}, since)


def _attributes(conn: Connection, user: str) -> dict[str, str]:
    """Attributes of the user's latest conversations; the latest value of each."""
    query = select(conversations.c.id, conversations.c.attributes).where(conversations.c.user_id == user)
    latest = conn.execute(query.order_by(conversations.c.number.desc()).limit(CONVERSATIONS_READ)).all()
    found: dict[str, str] = {}
    for row in reversed(latest):
        found |= attributes_of(conn, row.id, row.attributes)
    return found


def masked(field: str, value: str, *, visitor: bool) -> str:
    """A field as staff see it; the name of a visitor is one that we made up."""
    if visitor and field == "name":
        return value
    return MASKS.get(field, masked_attribute)(value)


def revealed_until(conn: Connection, agent: str, user: str, now: int) -> dict[str, int]:
    """The fields that somebody may see now, and until when."""
    mine = and_(reveals.c.agent == agent, reveals.c.user_id == user, reveals.c.until > now)
    return {row.field: row.until for row in conn.execute(select(reveals).where(mine))}


def reveal(conn: Connection, agent: str, user: str, fields: Iterable[str], until: int) -> None:
    """Let somebody see fields of a user for a while."""
    for field in fields:
        mine = and_(reveals.c.agent == agent, reveals.c.user_id == user, reveals.c.field == field)
        conn.execute(delete(reveals).where(mine))
        conn.execute(insert(reveals).values(agent=agent, user_id=user, field=field, until=until))


def forget_reveals(conn: Connection, now: int) -> int:
    """Forget what is over."""
    return conn.execute(delete(reveals).where(reveals.c.until <= now)).rowcount
