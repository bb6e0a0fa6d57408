"""Figures of a run: collected while it goes, and the report they become."""

import math
import os
import platform
from collections import Counter
from typing import Final, Literal

from msgspec import Struct

from chatserver.loadtest.check import Findings

Kind = Literal["connect", "ack", "delivery", "assigned", "escalated"]
KINDS: Final[tuple[Kind, ...]] = ("connect", "ack", "delivery", "assigned", "escalated")
"""What is measured.

`connect`: to `welcome`; `ack`: of a message; `delivery`: sent, to seen by the other side; `assigned`: agent asked for,
to `agent_assigned` seen by both; `escalated`: handed off, to `agent_assigned` seen by both.
"""


class Latency(Struct, frozen=True):
    """Percentiles of `n` measurements in milliseconds; 0 where nothing was measured."""

    n: int
    p50: float
    p95: float
    p99: float
    max: float


def latency(seconds: list[float]) -> Latency:
    """The percentiles of measurements in seconds: each is a measurement that was made (nearest rank)."""
    ordered = sorted(seconds)

    def rank(share: float) -> float:
        return round(ordered[math.ceil(share * len(ordered)) - 1] * 1000, 2) if ordered else 0.0

    return Latency(len(ordered), rank(0.5), rank(0.95), rank(0.99), rank(1.0))


class Latencies(Struct, frozen=True):
    """Milliseconds; the figures on top are those of `delivery`, which is what people feel."""

    p50: float
    p95: float
    p99: float
    max: float
    ack: Latency
    delivery: Latency
    assigned: Latency
    escalated: Latency
    connect: Latency


class Escalations(Struct):
    """Handoffs to another tier: `made`, `taken` by an agent of it, who read the `whole_history`."""

    made: int = 0
    taken: int = 0
    whole_history: int = 0


class Environment(Struct, frozen=True, kw_only=True):
    """Under which conditions the figures were measured.

    `agents` by tier, `capacity` of all of them together, `rate_factor` of the server as far as it is known here.
    """

    url: str
    agents: dict[str, int]
    capacity: int
    rate_factor: float | None
    users: Literal["token", "anonymous"]
    dialogues: int
    speed: float
    cores: int | None = os.cpu_count()
    python: str = platform.python_version()
    system: str = platform.platform(terse=True)


class Report(Struct, frozen=True, kw_only=True):
    """The result of a run.

    `rate` is conversations started a second, `messages` those that people sent and the server acknowledged. The
    counters from `lost` to `differing` are those of `Findings`. `errors` counts refusals, time-outs and conversations
    that could not be finished; `errors_by` says which. `redelivered` are events that came twice and were shown once,
    `healed` gaps that a `sync` closed, `redacted` messages out of which a secret was taken.
    """

    ok: bool
    rate: float
    latencies: Latencies
    lost: int
    duplicated: int
    out_of_order: int
    altered: int
    gaps: int
    differing: int
    errors: int
    errors_by: dict[str, int]
    conversations: int
    completed: int
    messages: int
    messages_per_s: float
    duration_s: float
    escalations: Escalations
    redelivered: int
    healed: int
    reconnects: int
    redacted: int
    environment: Environment


class Tally:
    """What is counted while a run goes."""

    def __init__(self) -> None:
        self.seconds: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
        self.errors: Counter[str] = Counter()
        self.findings = Findings()
        self.escalations = Escalations()
        self.started = 0
        self.completed = 0
        self.messages = 0
        self.redelivered = 0
        self.healed = 0
        self.reconnects = 0

    def took(self, kind: Kind, seconds: float) -> None:
        """Something was measured."""
        self.seconds[kind].append(seconds)

    def failed(self, what: str) -> None:
        """Something did not work."""
        self.errors[what] += 1

    def report(self, starting_s: float, duration_s: float, environment: Environment) -> Report:
        """The figures; `starting_s` is how long conversations were started, `duration_s` how long it took in all."""
        errors = self.errors.total()
        kept = self.findings.clean and self.escalations.made == self.escalations.whole_history
        return Report(
            ok=kept and errors == 0 and self.completed == self.started,
            rate=round(self.started / max(starting_s, 1e-9), 2),
            latencies=self._latencies(),
            lost=self.findings.lost,
            duplicated=self.findings.duplicated,
            out_of_order=self.findings.out_of_order,
            altered=self.findings.altered,
            gaps=self.findings.gaps,
            differing=self.findings.differing,
            errors=errors,
            errors_by=dict(self.errors.most_common()),
            conversations=self.started,
            completed=self.completed,
            messages=self.messages,
            messages_per_s=round(self.messages / max(duration_s, 1e-9), 1),
            duration_s=round(duration_s, 2),
            escalations=self.escalations,
            redelivered=self.redelivered,
            healed=self.healed,
            reconnects=self.reconnects,
            redacted=self.findings.redacted,
            environment=environment,
        )

    def _latencies(self) -> Latencies:
        by_kind = {kind: latency(self.seconds[kind]) for kind in KINDS}
        felt = by_kind["delivery"]
        return Latencies(felt.p50, felt.p95, felt.p99, felt.max, **by_kind)
