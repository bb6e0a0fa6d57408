"""The hours that count for a tier and skill, from the catalogue."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET
from sqlalchemy import Connection

from chatserver.desk.catalogue.kinds import Holiday, Hours
from chatserver.desk.catalogue.store import read_items
from chatserver.desk.hours.opening import midnight_before

WITHOUT_HOURS: Final = "UTC"


def hours_for(all_hours: Sequence[Hours], tier: int, skill: str) -> Hours | None:
    """The most special hours that fit: those of a skill before those of a tier before those of the desk."""
    fitting = [one for one in all_hours if one.tier in (UNSET, tier) and one.skill in (UNSET, skill)]
    return max(fitting, key=lambda one: (one.skill is not UNSET, one.tier is not UNSET), default=None)


def read_hours(conn: Connection) -> list[Hours]:
    """All hours that are set."""
    return [kept.item for kept in read_items(conn, Hours)]


def read_holidays(conn: Connection) -> list[Holiday]:
    """All holidays that are set."""
    return [kept.item for kept in read_items(conn, Holiday)]


def day_began(conn: Connection, now: int) -> int:
    """When the desk's day began, ms since 1970."""
    everybody = hours_for(read_hours(conn), 0, "")
    return midnight_before(everybody.time_zone if everybody is not None else WITHOUT_HOURS, now)
