"""The faults by name; each module beside this one adds its own with `@fault`."""

from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Struct

from tests.faults.case import Case

Drive = Callable[[Case], Awaitable[None]]


class Fault(Struct, frozen=True):
    """A row of the matrix.

    `quick` says whether it is part of a quick run, `settings` are what it needs beside the usual ones, `databases` are
    those that it makes sense on, `processes` how many servers it needs (0: any), `small_disk` puts the data on a disk
    that can be filled, `own` gives it an installation that no other fault has seen or will see, `calm` lets nothing
    else run meanwhile: it judges milliseconds.
    """

    name: str
    title: str
    drive: Drive
    quick: bool
    databases: tuple[str, ...]
    processes: int
    settings: dict[str, str]
    small_disk: bool
    own: bool = False
    calm: bool = False


FAULTS: Final[dict[str, Fault]] = {}
BOTH: Final = ("sqlite", "postgresql")


def fault(
    name: str,
    title: str,
    *,
    quick: bool = True,
    databases: tuple[str, ...] = BOTH,
    processes: int = 0,
    settings: dict[str, str] | None = None,
    small_disk: bool = False,
    own: bool = False,
    calm: bool = False,
) -> Callable[[Drive], Drive]:
    """Add a fault to the matrix."""

    def add(drive: Drive) -> Drive:
        assert name not in FAULTS, f"{name} is there twice"
        needs = settings or {}
        FAULTS[name] = Fault(name, title, drive, quick, databases, processes, needs, small_disk, own, calm)
        return drive

    return add
