"""What becomes of a parcel after an attempt. Pure: `now` and the random part come in as arguments."""

from typing import Final, Literal

from msgspec import Struct

LEASE_MS: Final = 60_000
"""Whoever has taken a parcel has this long; then another may. Above `CARRY_S`, so that a living carrier ends first."""

CARRY_S: Final = 30.0
"""An attempt that takes longer is given up."""

FAULTS_MOST: Final = 3
"""Defects after which a parcel is put aside: what breaks its carrier three times will break it for ever."""

LOSSES_MOST: Final = 10
"""Processes that may end while they carry a parcel: it may be what ends them, but so may a restart under load."""

GIVEN_UP_MS: Final = 24 * 3_600_000
"""For so long a receiver may be away."""

FIRST_PAUSE_MS: Final = 5_000
LONGEST_PAUSE_MS: Final = 3_600_000
"""Pauses between attempts double from the first to the longest."""

KEPT_MS: Final = 24 * 3_600_000
"""Delivered parcels are kept, without their payload, as long as limits look back."""

QUARANTINE_MS: Final = 30 * 24 * 3_600_000
"""What was put aside and nobody asked for is deleted after a month."""

Outcome = Literal["delivered", "not_now", "undeliverable", "defect"]


class Next(Struct, frozen=True):
    """The columns of a parcel after an attempt."""

    state: Literal["waiting", "delivered", "quarantined"]
    due_at: int
    faults: int
    reason: str | None


def after(outcome: Outcome, reason: str, taken: "Taken", now: int, spread: float) -> Next:
    """What becomes of a parcel; `spread` (0–1) is random, so that what failed together is not tried together."""
    faults = taken.faults + (outcome == "defect")
    if outcome == "delivered":
        return Next("delivered", now, faults, None)
    if outcome == "undeliverable":
        return Next("quarantined", now, faults, reason)
    if faults >= FAULTS_MOST:
        return Next("quarantined", now, faults, reason)
    if now - taken.created_at >= GIVEN_UP_MS:
        return Next("quarantined", now, faults, f"given up: {reason}")
    return Next("waiting", now + pause_ms(taken.attempts, spread), faults, reason)


def pause_ms(attempts: int, spread: float) -> int:
    """How long to wait after so many attempts: doubling, with up to half of it at random."""
    whole = min(FIRST_PAUSE_MS << min(attempts - 1, 20), LONGEST_PAUSE_MS)
    return round(whole * (0.5 + spread / 2))


def is_lost(losses: int) -> bool:
    """Whether a parcel has outlived too many processes that carried it."""
    return losses >= LOSSES_MOST


class Taken(Struct, frozen=True):
    """What is known of a parcel's attempts when one begins; `attempts` includes it."""

    attempts: int
    faults: int
    created_at: int
