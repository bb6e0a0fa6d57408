"""What is known of a conversation beside its log: the user, the answers of the intake, the topic."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection, select

from chatserver.conversation.devices import DEVICE
from chatserver.conversation.masking import masked_attribute, name_for_agents
from chatserver.conversation.states import Head
from chatserver.conversation.store import attributes_of
from chatserver.conversation.tables import conversations
from chatserver.conversation.users import User, read_user
from chatserver.core.session import Role, Session
from chatserver.desk.catalogue.kinds import TopicItem
from chatserver.desk.catalogue.shipped import TOPICS
from chatserver.desk.catalogue.store import read_item


class ContactUser(Struct, frozen=True, kw_only=True):
    """A user as agents see them; `kind` says whether the host app vouches for who it is."""

    id: str
    name: str
    kind: Literal["signed", "visitor"]
    locale: str
    vip: bool


class Contact(Struct, frozen=True, kw_only=True):
    """What stands beside a conversation; `attributes` are what the page and the intake have told.

    Agents see the device, and the answers to the topic's own questions while they serve the conversation; everything
    else is `***`, and is revealed for a reason.
    """

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


def _serves(head: Head, agent: str) -> bool:
    return head.agent is not None and head.agent.id == agent and head.status == "active"


def _asked(conn: Connection, head: Head) -> frozenset[str]:
    """The ids of the questions that the topic asks: an agent begins with their answers."""
    topic = read_item(conn, TopicItem, head.topic) if head.topic else None
    item = TOPICS.get(head.topic) if topic is None else topic.item
    return frozenset() if item is None else frozenset(field.id for field in item.fields)


def read_values(conn: Connection, head: Head) -> dict[str, str]:
    """All attributes of a conversation, for what the desk's own replies say of them."""
    stored = conn.execute(select(conversations.c.attributes).where(conversations.c.number == head.number)).scalar_one()
    return attributes_of(conn, head.id, stored)


def read_contact(conn: Connection, head: Head, reader: Session) -> Contact:
    """What is known of a conversation, as far as somebody may see it."""
    shown = read_values(conn, head)
    if reader.role is Role.AGENT:
        known = _asked(conn, head) if _serves(head, reader.subject) else frozenset()
        plain = known | {DEVICE}
        shown = {name: value if name in plain else masked_attribute(value) for name, value in shown.items()}
    role = reader.role
    return Contact(
        user=user_of(read_user(conn, head.user_id), head.user_id, head.locale, role),
        topic=head.topic,
        attributes=shown,
        tags=list(head.tags),
        started_at=head.started_at,
        queued_at=UNSET if head.queued_at is None else head.queued_at,
    )
