"""What is known of a conversation beside its log: the user, the answers of the intake, the topic."""

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, select

from chatserver.conversation.masking import name_for_agents
from chatserver.conversation.states import Head
from chatserver.conversation.store import attributes_of
from chatserver.conversation.tables import conversations
from chatserver.conversation.users import User, read_user
from chatserver.core.session import Role


class ContactUser(Struct, frozen=True, kw_only=True):
    """A user as agents see them; `kind` says whether the host app vouches for who it is."""

    id: str
    name: str
    kind: str
    locale: str
    vip: bool


class Contact(Struct, frozen=True, kw_only=True):
    """What stands beside a conversation; `attributes` are what the page and the intake have told."""

    user: ContactUser
    topic: str
    attributes: dict[str, str]
    tags: list[str]
    started_at: int
    queued_at: int | UnsetType = UNSET


def user_of(user: User | None, id_: str, locale: str, role: Role) -> ContactUser:
    """The user; one who was erased is only an id. Agents see as much of the name as they need to address somebody."""
    known = user or User(id_, "visitor", "", locale, vip=False)
    name = name_for_agents(known.id, known.name) if role is Role.AGENT else known.name
    return ContactUser(id=known.id, name=name, kind=known.kind, locale=known.locale, vip=known.vip)


def _attributes(conn: Connection, head: Head) -> dict[str, str]:
    stored = conn.execute(select(conversations.c.attributes).where(conversations.c.number == head.number)).scalar_one()
    return attributes_of(conn, head.id, stored)


def read_contact(conn: Connection, head: Head, role: Role) -> Contact:
    """What is known of a conversation."""
    return Contact(
        user=user_of(read_user(conn, head.user_id), head.user_id, head.locale, role),
        topic=head.topic,
        attributes=_attributes(conn, head),
        tags=list(head.tags),
        started_at=head.started_at,
        queued_at=UNSET if head.queued_at is None else head.queued_at,
    )
