"""What the common clock promises: one time for all, which follows no process's own."""

import pytest

from chatserver.infra.shared_clock import SETTLE_NS, SharedClock

SECOND = 1_000_000_000
NOON = 1_700_000_000 * SECOND


class Machine:
    """A machine whose clocks a test turns, and the reference that it asks."""

    def __init__(self, own: int = NOON, reference: int = NOON) -> None:
        self.own, self.reference, self.steady = own, reference, 7 * SECOND
        self.delay = 0.0
        self.told: list[tuple[str, int]] = []
        self.clock = SharedClock(lambda: self.own, lambda: self.steady)
        self.clock.stepped = lambda whose, ms: self.told.append((whose, ms))

    def pass_time(self, seconds: float) -> None:
        for name in ("own", "reference", "steady"):
            setattr(self, name, getattr(self, name) + round(seconds * SECOND))

    async def look(self) -> None:
        async def ask() -> int:
            self.pass_time(self.delay / 2)
            told = self.reference
            self.pass_time(self.delay / 2)
            return told

        await self.clock.look(ask)

    def seconds(self) -> float:
        return (self.clock.now() - NOON // 1_000_000) / 1_000


async def test_a_process_whose_clock_is_wrong_has_the_common_time_from_the_first_look_on() -> None:
    machine = Machine(own=NOON + 3_600 * SECOND)
    assert machine.seconds() == 3_600
    await machine.look()
    assert machine.seconds() == 0
    assert machine.clock.is_settled()
    assert machine.told == []


@pytest.mark.parametrize("by", [3_600, -3_600])
async def test_a_clock_that_is_set_changes_nothing_and_is_told(by: int) -> None:
    machine = Machine()
    await machine.look()
    machine.own += by * SECOND
    machine.pass_time(5)
    assert machine.seconds() == 5
    await machine.look()
    assert (machine.seconds(), machine.told) == (5, [("process", by * 1_000)])
    assert machine.clock.is_settled()
    machine.pass_time(5)
    await machine.look()
    assert len(machine.told) == 1


@pytest.mark.parametrize("by", [3_600, -3_600])
async def test_nobody_is_judged_until_all_have_the_time_to_which_the_reference_was_set(by: int) -> None:
    machine = Machine()
    await machine.look()
    machine.reference += by * SECOND
    await machine.look()
    assert (machine.seconds(), machine.told) == (by, [("reference", by * 1_000)])
    assert not machine.clock.is_settled()
    machine.pass_time(SETTLE_NS / SECOND)
    assert machine.clock.is_settled()


async def test_drift_is_followed_without_a_word() -> None:
    machine = Machine()
    await machine.look()
    machine.reference += SECOND // 10
    await machine.look()
    assert (machine.seconds(), machine.told, machine.clock.is_settled()) == (0.1, [], True)


async def test_what_an_answer_is_unsure_by_is_not_followed() -> None:
    machine = Machine()
    await machine.look()
    machine.delay = 0.01
    machine.reference += SECOND // 100
    await machine.look()
    assert machine.seconds() == 0.01  # the time that the answer took


async def test_without_an_answer_time_goes_on() -> None:
    machine = Machine()
    await machine.look()

    async def away() -> int:
        raise ConnectionError

    machine.pass_time(60)
    with pytest.raises(ConnectionError):
        await machine.clock.look(away)
    assert machine.seconds() == 60
