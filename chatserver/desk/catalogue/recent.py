"""What the catalogue says of routing, hours and topics, as it was within moments: every start and close asks for it."""

from typing import Final

from msgspec import UNSET, Struct
from sqlalchemy import Connection

from chatserver.desk.catalogue.kinds import Holiday, Hours, Routing, TopicItem
from chatserver.desk.catalogue.store import read_items, read_routing
from chatserver.desk.hours.opening import Opening, opening_at
from chatserver.desk.hours.store import hours_for, read_holidays, read_hours

FRESH_MS: Final = 2_000
"""A change is felt this much later at most, on every process."""


class _Seen(Struct, frozen=True):
    at: int
    routing: Routing
    hours: list[Hours]
    holidays: list[Holiday]
    skills: dict[str, str]


class Recent:
    """Reads in the caller's transaction, and only when what was read is older than two seconds."""

    def __init__(self) -> None:
        self._seen: _Seen | None = None

    def routing(self, conn: Connection, now: int) -> Routing:
        """How the desk routes."""
        return self._look(conn, now).routing

    def skill_of(self, conn: Connection, topic: str, now: int) -> str:
        """The skill that a topic needs, empty when it needs none or is not the desk's own."""
        return self._look(conn, now).skills.get(topic, "")

    def opening(self, conn: Connection, tier: int, skill: str, now: int) -> Opening:
        """Whether the desk is open for a tier and skill."""
        seen = self._look(conn, now)
        if not seen.hours:
            return opening_at(None, (), now)
        return opening_at(hours_for(seen.hours, tier, skill), seen.holidays, now)

    def _look(self, conn: Connection, now: int) -> _Seen:
        seen = self._seen
        if seen is None or not 0 <= now - seen.at < FRESH_MS:
            seen = _Seen(now, read_routing(conn), read_hours(conn), read_holidays(conn), _skills(conn))
            self._seen = seen
        return seen


def _skills(conn: Connection) -> dict[str, str]:
    """The skills that topics need, by topic."""
    topics = read_items(conn, TopicItem)
    return {one.id: one.item.skill for one in topics if one.item.skill is not UNSET}
