"""The whole matrix: importing this module fills the catalogue."""

from tests.faults import access, copies, crashes, credentials, frames, networks, queues, storages
from tests.faults.catalogue import FAULTS, Fault

PARTS = (crashes, storages, copies, networks, queues, frames, access, credentials)


def chosen(names: list[str]) -> list[Fault]:
    """Faults by name, all of them when none is named. Raises `KeyError`."""
    return [FAULTS[name] for name in names] or list(FAULTS.values())
