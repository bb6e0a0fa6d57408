"""The faults that matter most, small enough for every run of the tests; `dev.py faults` drives the whole matrix."""

from pathlib import Path

import pytest

from tests.faults import matrix
from tests.faults.catalogue import FAULTS
from tests.faults.runner import Options, run_all, table_of

EVERY_TIME = (
    *("F01", "F02", "F03", "F05", "F06", "F09", "F11", "N03", "N11", "N12", "N18"),
    *("Q01", "Q02", "Q07", "Q10", "Q11", "Q16", "H01", "H02", "H05", "H09", "S01", "S08"),
    *("F08", "H14", "H15", "S02", "S05", "S06", "S07"),
)
"""Those of which each is short; together they take less than two minutes."""

ON_POSTGRESQL = ("F16", "F17", "F19", "Q01")

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(400)]


async def broken(names: tuple[str, ...], database: str) -> list[str]:
    """What these faults break."""
    faults = matrix.chosen(list(names))
    outcomes = await run_all(faults, Options(full=False, databases=(database,), processes=2, seed=1))
    assert {one.test for one in outcomes} == set(names), table_of(outcomes)
    return [f"{one.test} {complaint.rule}: {complaint.text}" for one in outcomes for complaint in one.complaints]


async def test_nothing_is_lost_on_sqlite() -> None:
    assert await broken(EVERY_TIME, "sqlite") == []


async def test_nothing_is_lost_on_postgresql() -> None:
    assert await broken(ON_POSTGRESQL, "postgresql") == []


def test_every_fault_is_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
    assert [name for name in FAULTS if f"| {name} " not in page] == []
