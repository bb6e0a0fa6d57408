"""The load test against a served product: what it promises to find is there to be found."""

from pathlib import Path

import msgspec

from chatserver.loadtest.cast import run
from chatserver.loadtest.options import Asked
from chatserver.loadtest.pairing import PairingReport
from chatserver.loadtest.tally import Report
from chatserver.settings import Settings
from tests.serving import PASSWORD, Served

NO_PROGRESS = lambda line: None  # noqa: E731


def agents_file(folder: Path, served: Served) -> Path:
    """Sign-in lines of all accounts."""
    file = folder / "agents.jsonl"
    lines = [msgspec.json.encode({"email": one.email, "password": PASSWORD}) for one in served.accounts.values()]
    file.write_bytes(b"\n".join(lines))
    return file


async def crew(served: Served) -> None:
    """Two agents of each tier."""
    for name, tier in (("ann", 1), ("ben", 1), ("eve", 2), ("fay", 2)):
        await served.account(name, tier=tier)


async def replayed(served: Served, folder: Path, **more: object) -> Report:
    asked = Asked(url=served.address, agents=agents_file(folder, served), **more)  # type: ignore[arg-type]
    report = await run(asked, Settings(data_dir=folder / "none"), NO_PROGRESS)
    assert isinstance(report, Report)
    return report


async def test_all_dialogues_are_kept_and_escalations_are_read_whole(served_on_both: Served, tmp_path: Path) -> None:
    await crew(served_on_both)
    report = await replayed(served_on_both, tmp_path, rate=100.0, speed=1_000.0)
    assert report.errors_by == {}
    assert report.ok
    assert (report.conversations, report.completed) == (24, 24)
    assert (report.lost, report.duplicated, report.out_of_order) == (0, 0, 0)
    assert report.escalations.whole_history == report.escalations.made == 8
    assert report.latencies.delivery.n > 100
    assert report.environment.capacity == 12
    assert report.environment.agents == {"1": 2, "2": 2}


async def test_offers_are_accepted(serve: object, tmp_path: Path) -> None:
    served = await serve(assignment="offer")  # type: ignore[operator]
    await crew(served)
    report = await replayed(served, tmp_path, conversations=6, rate=100.0, speed=1_000.0)
    assert report.errors_by == {}
    assert report.ok


async def test_the_keys_of_the_installation_are_enough(served: Served, tmp_path: Path) -> None:
    await crew(served)
    asked = Asked(url=served.address, conversations=3, rate=100.0, speed=1_000.0)
    report = await run(asked, served.app.settings, NO_PROGRESS)
    assert isinstance(report, Report)
    assert report.ok
    assert report.environment.users == "token"


async def test_pairing_is_measured_from_the_wish_to_both_knowing(served: Served, tmp_path: Path) -> None:
    await crew(served)
    asked = Asked(url=served.address, agents=agents_file(tmp_path, served), pairing=5)
    report = await run(asked, Settings(data_dir=tmp_path / "none"), NO_PROGRESS)
    assert isinstance(report, PairingReport)
    assert report.both.n == 5
    assert report.both.p50 >= max(report.user.p50, report.agent.p50) > 0


async def test_a_limit_of_time_ends_a_run_that_would_go_on(served: Served, tmp_path: Path) -> None:
    await crew(served)
    report = await replayed(served, tmp_path, conversations=3, rate=100.0, speed=0.01, limit_s=1.0)
    assert not report.ok
    assert report.errors_by == {"not finished within 1 s": 3}
