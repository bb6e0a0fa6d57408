"""The whole matrix: importing this module fills the catalogue."""

from tests.faults import (
    access,
    bodies,
    clocks,
    copies,
    crashes,
    credentials,
    frames,
    handoffs,
    networks,
    queues,
    storages,
    storms,
    turns,
)
from tests.faults.catalogue import FAULTS, Fault

PARTS = (
    crashes,
    storages,
    copies,
    networks,
    clocks,
    storms,
    queues,
    handoffs,
    turns,
    frames,
    bodies,
    access,
    credentials,
)


def chosen(names: list[str]) -> list[Fault]:
    """Faults by name, all of them when none is named. Raises `KeyError`."""
    return [FAULTS[name] for name in names] or list(FAULTS.values())
