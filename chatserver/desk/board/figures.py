"""The figures of today, by the hour: counted in SQL, from what is kept of conversations and decisions."""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import BigInteger, Connection, func, literal_column, select

from chatserver.conversation.tables import conversations
from chatserver.desk.board.messages import BoardFigures, BoardToday
from chatserver.desk.tables import routing_decisions

HOUR_MS: Final = 3_600_000
_NAMES: Final = ("started", "closed", "abandoned", "rated", "scores", "waits", "waited_ms", "replies", "replied_ms")


class Counts(Struct):
    """What is added up of an hour."""

    started: int = 0
    closed: int = 0
    abandoned: int = 0
    rated: int = 0
    scores: int = 0
    waits: int = 0
    waited_ms: int = 0
    replies: int = 0
    replied_ms: int = 0

    def add(self, other: "Counts") -> None:
        """Add another hour."""
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self, at: int) -> dict[str, Any]:
        """As they are shown."""
        return {
            "at": at,
            "started": self.started,
            "closed": self.closed,
            "abandoned": self.abandoned,
            "rated": self.rated,
            "score": _mean(self.scores, self.rated, 2),
            "wait_s": _mean(self.waited_ms / 1_000, self.waits, 1),
            "first_reply_s": _mean(self.replied_ms / 1_000, self.replies, 1),
        }


def _mean(total: float, count: int, digits: int) -> float | None:
    return round(total / count, digits) if count else None


def read_today(conn: Connection, since: int, now: int) -> BoardToday:
    """The hours from an instant until now."""
    hours = [Counts() for _ in range(since, max(now, since + 1), HOUR_MS)]
    for name, rows in _sources(conn, since):
        for hour, count, total in rows:
            if 0 <= hour < len(hours):
                _put(hours[int(hour)], name, count, int(total or 0))
    whole = Counts()
    for one in hours:
        whole.add(one)
    each = [BoardFigures(**one.figures(since + place * HOUR_MS)) for place, one in enumerate(hours)]
    return BoardToday(**whole.figures(since), hours=each)


def _put(counts: Counts, name: str, count: int, total: int) -> None:
    match name:
        case "rated":
            counts.rated, counts.scores = count, total
        case "waits":
            counts.waits, counts.waited_ms = count, total
        case "replies":
            counts.replies, counts.replied_ms = count, total
        case _:
            setattr(counts, name, count)


def _sources(conn: Connection, since: int) -> Iterable[tuple[str, Iterable[Any]]]:
    table, steps = conversations.c, routing_decisions.c
    recent = table.started_at >= since - 24 * HOUR_MS  # what began yesterday may end today
    score, reply = func.sum(table.score), func.sum(table.first_reply_at - table.started_at)
    yield "started", conn.execute(_by_hour(table.started_at, since, None))
    yield "closed", conn.execute(_by_hour(table.closed_at, since, None).where(recent))
    yield "rated", conn.execute(_by_hour(table.closed_at, since, score).where(recent, table.score.is_not(None)))
    yield "replies", conn.execute(_by_hour(table.first_reply_at, since, reply).where(recent))
    left = _by_hour(steps.at, since, None).where(steps.action == "left", steps.reason == "abandoned")
    yield "abandoned", conn.execute(left)
    waits = _by_hour(steps.at, since, func.sum(steps.waited_ms)).where(steps.action == "assigned")
    yield "waits", conn.execute(waits.where(steps.waited_ms.is_not(None)))


def _by_hour(instant: Any, since: int, total: Any) -> Any:
    """Rows of (hour, count, total) since an instant."""
    # Grouped by name, since to PostgreSQL two parameters are two things.
    hour = ((instant - since) // literal_column(str(HOUR_MS), BigInteger)).label("hour")
    counted = func.sum(literal_column("0")) if total is None else total
    return select(hour, func.count(), counted).where(instant >= since).group_by(literal_column("hour"))
