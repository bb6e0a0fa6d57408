"""The topics a user can choose from before a conversation, with the questions that fit them."""

from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Connection

from chatserver.core.audit import Audited
from chatserver.core.ports import Database
from chatserver.core.routes import Request, route
from chatserver.desk.catalogue.kinds import IntakeField, TopicItem
from chatserver.desk.catalogue.shipped import TOPICS
from chatserver.desk.catalogue.store import read_items


class Topic(Struct, frozen=True, kw_only=True):
    """A topic with its title in both languages; `id` is what `start_conversation` carries.

    The answers to `fields` go into its `attributes`, by their ids; `skill` is the one that the matter needs.
    """

    id: str
    zh: str
    en: str
    fields: list[IntakeField]
    skill: str | UnsetType = UNSET


class TopicList(Struct, frozen=True):
    """The topics in the order they are shown: what cannot wait comes first."""

    topics: list[Topic]


class TopicsApi:
    """The topics over HTTP, open to everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @route("GET", "/api/v1/topics", result=TopicList, roles=None, audited=Audited.NEVER)
    async def topics(self, request: Request) -> TopicList:
        """The topics to offer before a conversation, in the order to show them."""
        return TopicList(await self._database.read(read_topics))


def read_topics(conn: Connection) -> list[Topic]:
    """The desk's own topics, or the shipped ones where it has none."""
    own = {kept.id: kept.item for kept in read_items(conn, TopicItem)}
    topics = sorted((own or TOPICS).items(), key=lambda pair: (pair[1].order, pair[0]))
    return [_topic(id_, item) for id_, item in topics]


def _topic(id_: str, item: TopicItem) -> Topic:
    return Topic(id=id_, zh=item.title.zh, en=item.title.en, fields=item.fields, skill=item.skill)
