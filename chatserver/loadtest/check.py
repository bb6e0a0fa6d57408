"""Was everything kept? What was sent is compared with what every side can read afterwards. Pure."""

from collections import Counter
from typing import Any

from msgspec import Struct

PEOPLE = frozenset({"user", "agent"})


class Sent(Struct):
    """A message as its sender knows it.

    `by` is the sender's role; `seq` and `id` are what the acknowledgement said, None without one: then it may be in
    the log once or not at all.
    """

    by: str
    text: str
    at: float
    id: str | None = None
    seq: int | None = None


class Findings(Struct):
    """What is wrong, counted in messages; `redacted` is not wrong: a secret was taken out of it.

    `lost` were acknowledged and are missing on some side, `duplicated` stand there more often than they were sent,
    `out_of_order` stand before one that was sent earlier, `altered` read differently from what was sent, `gaps` are
    holes in the numbers, `differing` counts sides that do not agree with the first.
    """

    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    altered: int = 0
    gaps: int = 0
    differing: int = 0
    redacted: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.duplicated or self.out_of_order or self.altered or self.gaps or self.differing)

    def add(self, other: "Findings") -> None:
        """Count the findings of another conversation in."""
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(other, field))


Page = list[dict[str, Any]]
"""Events of the public thread as `sync` and the transcript give them."""


def check(sent: list[Sent], stored: list[Page], live: list[Page] | None = None) -> Findings:
    """Compare what was sent, in the order it was, with the log.

    `stored` is the whole log as each side reads it afterwards, `live` what each side was told while it went on: that
    may end earlier, as it does for an agent who has handed off.
    """
    found = Findings()
    readings = [_Reading(sent, events) for events in stored]
    found.lost = len(set[int]().union(*(reading.missing for reading in readings)))
    found.duplicated = max((reading.surplus for reading in readings), default=0)
    found.out_of_order = max((reading.disordered for reading in readings), default=0)
    found.altered = len(set[int]().union(*(reading.altered for reading in readings)))
    found.redacted = max((reading.redacted for reading in readings), default=0)
    found.gaps = sum(reading.gaps for reading in readings)
    first = readings[0].content if readings else []
    found.differing = sum(reading.content != first for reading in readings)
    found.differing += sum(content_of(events) != first[: len(events)] for events in live or ())
    return found


def content_of(events: Page) -> list[tuple[Any, ...]]:
    """What must be the same on all sides."""
    return [(event["seq"], event["id"], event["type"], event["by"]["id"], event.get("text")) for event in events]


class _Reading:
    """What was sent, as one side reads it; the sets hold positions in `sent`."""

    def __init__(self, sent: list[Sent], events: Page) -> None:
        said = [event for event in events if event["type"] == "message_posted" and event["by"]["role"] in PEOPLE]
        place = {event["id"]: event for event in said}
        self.content = content_of(events)
        self.gaps = sum(event["seq"] != number for number, event in enumerate(events, 1))
        self.missing = {at for at, one in enumerate(sent) if one.id is not None and one.id not in place}
        known = {at: place[one.id] for at, one in enumerate(sent) if one.id in place}
        self.redacted = sum("removed" in event for event in known.values())
        self.altered = {at for at, event in known.items() if not _reads_as(sent[at], event)}
        self.surplus = len(said) - len(known) - _unanswered(sent, said, known)
        self.disordered = _descents([known[at]["seq"] for at in sorted(known)])


def _reads_as(one: Sent, event: dict[str, Any]) -> bool:
    same = event["seq"] == one.seq and event["by"]["role"] == one.by
    return same and (event["text"] == one.text or "removed" in event)


def _unanswered(sent: list[Sent], said: Page, known: dict[int, dict[str, Any]]) -> int:
    """How many of the surplus rows are messages whose acknowledgement never came: each may be there once."""
    ids = {event["id"] for event in known.values()}
    allowed = Counter((one.by, one.text) for one in sent if one.id is None)
    present = Counter((event["by"]["role"], event["text"]) for event in said if event["id"] not in ids)
    return (allowed & present).total()


def _descents(numbers: list[int]) -> int:
    """How many stand before one that should stand earlier."""
    highest, count = 0, 0
    for number in numbers:
        count += number <= highest
        highest = max(highest, number)
    return count
