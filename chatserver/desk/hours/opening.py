"""Whether the desk is open at an instant, and until or from when. No clock: the instant comes in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from chatserver.desk.catalogue.kinds import Holiday, Hours, Interval

DAYS_AHEAD: Final = 45
"""How far the next opening is looked for: further than any holiday reaches."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Opening(Struct, frozen=True):
    """Whether the desk is open; when it opens or closes next (ms since 1970), None if not within the next weeks."""

    open: bool
    opens_at: int | None = None
    closes_at: int | None = None


ALWAYS: Final = Opening(True)
"""A desk without hours is always open."""


def opening_at(hours: Hours | None, holidays: Sequence[Holiday], now: int) -> Opening:
    """The state of a desk at `now`, ms since 1970."""
    if hours is None:
        return ALWAYS
    spans = _spans(hours, holidays, now)
    for begin, end in spans:
        if begin <= now < end:
            return Opening(True, closes_at=end if end < spans[-1][1] or len(spans) > 1 else None)
        if begin > now:
            return Opening(False, opens_at=begin)
    return Opening(False)


def _spans(hours: Hours, holidays: Sequence[Holiday], now: int) -> list[tuple[int, int]]:
    """The open spans around an instant, in order; those that touch are one."""
    zone = ZoneInfo(hours.time_zone)
    today = datetime.fromtimestamp(now / 1_000, zone).date()
    spans: list[tuple[int, int]] = []
    found = (
        (_instant(day, one.begin, zone), _end(day, one, zone))
        for day in (today + timedelta(days=ahead) for ahead in range(-1, DAYS_AHEAD))
        for one in _open_parts(day, hours, holidays)
    )
    for begin, end in sorted(found):
        if spans and begin <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((begin, end))
    return spans


def _open_parts(day: date, hours: Hours, holidays: Sequence[Holiday]) -> list[Interval]:
    for holiday in holidays:
        if holiday.begin <= day.isoformat() <= holiday.end:
            return holiday.open
    parts: list[Interval] = getattr(hours.week, _DAYS[day.weekday()])
    return parts


def _end(day: date, part: Interval, zone: ZoneInfo) -> int:
    """A part that ends before it begins goes over midnight."""
    over = part.end <= part.begin
    return _instant(day + timedelta(days=1) if over else day, part.end, zone)


def _instant(day: date, clock: str, zone: ZoneInfo) -> int:
    hour, minute = map(int, clock.split(":"))
    local = datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone) + timedelta(days=hour // 24)
    return round(local.astimezone(UTC).timestamp() * 1_000)


def midnight_before(time_zone: str, now: int) -> int:
    """When the present day began in a time zone, ms since 1970."""
    zone = ZoneInfo(time_zone)
    return _instant(datetime.fromtimestamp(now / 1_000, zone).date(), "00:00", zone)
