"""When a desk is open: several parts a day, over midnight, across clock changes, with holidays."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from chatserver.desk.catalogue.kinds import Both, Holiday, Hours, Interval
from chatserver.desk.hours.opening import ALWAYS, midnight_before, opening_at
from chatserver.desk.hours.store import hours_for

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(*parts: tuple[str, str], on: tuple[str, ...] = DAYS, zone: str = "Asia/Shanghai") -> Hours:
    """The same parts on each of these days."""
    days = {day: [{"from": begin, "until": end} for begin, end in parts] for day in on}
    return msgspec.convert({"time_zone": zone, "week": days}, Hours)


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


OFFICE = hours(("09:00", "12:00"), ("13:30", "18:00"), on=DAYS[:5])


@pytest.mark.parametrize(
    ("now", "is_open", "until"),
    [
        ("2026-11-26 08:59", False, "2026-11-26 09:00"),
        ("2026-11-26 09:00", True, "2026-11-26 12:00"),
        ("2026-11-26 11:59", True, "2026-11-26 12:00"),
        ("2026-11-26 12:00", False, "2026-11-26 13:30"),
        ("2026-11-26 17:00", True, "2026-11-26 18:00"),
        ("2026-11-27 18:00", False, "2026-11-30 09:00"),  # over the weekend
    ],
)
def test_a_day_can_have_several_parts(now: str, is_open: bool, until: str) -> None:
    opening = opening_at(OFFICE, (), at(now))
    assert opening.open == is_open
    assert (opening.closes_at if is_open else opening.opens_at) == at(until)


def test_a_desk_without_hours_is_always_open_and_one_without_days_never() -> None:
    assert opening_at(None, (), 0) == ALWAYS
    never = opening_at(hours(), (), at("2026-11-26 12:00"))
    assert (never.open, never.opens_at, never.closes_at) == (False, None, None)


def test_round_the_clock_closes_at_no_time() -> None:
    always = hours(("00:00", "24:00"))
    assert opening_at(always, (), at("2026-11-26 23:59")) == ALWAYS


def test_a_part_goes_over_midnight() -> None:
    night = hours(("22:00", "06:00"), on=("thu",))
    assert opening_at(night, (), at("2026-11-26 23:00")).closes_at == at("2026-11-27 06:00")
    assert opening_at(night, (), at("2026-11-27 05:59")).open
    assert not opening_at(night, (), at("2026-11-27 06:00")).open


def test_on_a_holiday_only_its_own_parts_count() -> None:
    shut = Holiday(name=Both("国庆", "National Day"), begin="2026-10-01", end="2026-10-07")
    short = msgspec.structs.replace(shut, begin="2026-10-08", end="2026-10-08", open=[Interval("10:00", "11:00")])
    during = opening_at(OFFICE, (shut, short), at("2026-10-05 10:00"))
    assert (during.open, during.opens_at) == (False, at("2026-10-08 10:00"))
    assert opening_at(OFFICE, (shut, short), at("2026-10-08 10:30")).closes_at == at("2026-10-08 11:00")
    assert opening_at(OFFICE, (shut, short), at("2026-10-09 09:00")).open


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_clock_of_the_place_counts_also_when_it_is_changed(day: str) -> None:
    berlin = hours(("09:00", "17:00"), zone="Europe/Berlin")
    opening = opening_at(berlin, (), at(f"{day} 08:00", "Europe/Berlin"))
    assert opening.opens_at == at(f"{day} 09:00", "Europe/Berlin")


def test_the_most_special_hours_count() -> None:
    def only(**fields: Any) -> Hours:
        return msgspec.structs.replace(OFFICE, **fields)

    desk, tier, skill = only(), only(tier=2), only(skill="cards")
    both = [desk, tier, skill]
    assert hours_for(both, 1, "") is desk
    assert hours_for(both, 2, "") is tier
    assert hours_for(both, 2, "cards") is skill
    assert hours_for([tier], 1, "") is None


def test_a_day_begins_at_midnight_of_the_place() -> None:
    assert midnight_before("Asia/Shanghai", at("2026-11-26 00:30")) == at("2026-11-26 00:00")
