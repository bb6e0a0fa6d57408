"""Figures of this process for Prometheus, read when they are asked for.

No label has a value that somebody outside can choose: roles, codes, reasons and works are words of ours, skills are
words of the staff.
"""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

import chatserver
from chatserver.core import background
from chatserver.core.distribution import Distribution
from chatserver.desk.figures import DeskWatch
from chatserver.infra import web
from chatserver.infra.bus import Bus
from chatserver.infra.loop_lag import LoopLag
from chatserver.infra.outbox import OpenOutbox
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.house import House
from chatserver.infra.sql import OpenDatabase
from chatserver.infra.sql.urls import normalised, sqlite_file

MEANINGS: Final[dict[str, str]] = {
    "info": "1, with the version that runs.",
    "sockets": "Signed-in sockets by role.",
    "sockets_ended": "Ended sockets by reason.",
    "connects_refused": "Sockets that were not let in, by code.",
    "commands": "Commands that came over sockets.",
    "commands_refused": "Of these, those that were refused, by code.",
    "requests_refused": "HTTP requests that were refused, by code.",
    "defects": "Failures of the product itself, each answered with a reference that is in the log.",
    "alerts": "Alerts about staff that this process raised, by kind.",
    "secrets_removed": "Secrets that were taken out of messages, by type.",
    "links_judged": "Links in messages by what they are, and texts that play the company (`impersonation`).",
    "texts_held": "Texts of staff and the bot that were stopped, by what they ask for.",
    "vault_ready": "1 while the master keys are known, else 0: nothing can be read or written then.",
    "vault_keys": "Data keys of users in memory.",
    "vault_keys_unwrapped": "Data keys that were not in memory and were unwrapped.",
    "vault_unreadable": "Sealed bytes that did not open: damaged, or moved from where they belong.",
    "sql_healthy": "1 while the last unit of work could be stored or read, else 0.",
    "sql_units": "Writing units answered.",
    "sql_units_failed": "Of these, those that failed.",
    "sql_reruns": "Writing units run again after a deadlock or a lost link.",
    "sql_waiting": "Writing units not answered yet.",
    "sql_batch_units": "Units that shared a commit.",
    "sql_seconds": "Seconds from asked to committed, of each writing unit.",
    "sqlite_log_bytes": "Length of SQLite's write-ahead log.",
    "disk_free_bytes": "Space left where the data folder is.",
    "hints_lost": "Hints to other processes that were dropped.",
    "hint_lag_seconds": "Last measured time of a hint from this process through Redis to itself.",
    "hints_deaf_seconds": "How long nothing has come back that Redis took; 0 while Redis is away.",
    "queue_waiting": "Who waits, by tier and skill.",
    "queue_oldest_seconds": "How long the first of them has waited since being queued at first.",
    "pairing_seconds": "Seconds from queued to the first agent, counted where it was committed.",
    "agents": "Agents with a link to any process, by status.",
    "conversations_served": "Conversations offered to or served by an agent.",
    "search_pending": "Messages that the index of search does not have yet.",
    "processes": "Processes whose lease is valid.",
    "lease_age_seconds": "Age of this process's lease; at 30 others take it for dead.",
    "sample_age_seconds": "Age of the figures of the desk; they are read anew every 10 s.",
    "outbox_waiting": "Work for the outside that waits or is being carried, by kind.",
    "outbox_oldest_seconds": "How long the oldest of it has waited.",
    "outbox_quarantined": "Work for the outside that was put aside, by kind.",
    "outbox_attempts": "Attempts of this process to carry it, by kind and outcome.",
    "loop_lag_seconds": "By how much the event loop was late.",
    "background_delayed": "Background work that was refused and is tried again, by work.",
    "background_failed": "Background work that failed by a defect, by work.",
}
"""Every figure by its name without `chatserver_`, and what it tells; counters get `_total`."""

LEASE_S: Final = 30.0
"""A process not heard of for this long is dead: the desk's own number."""


class Vault(Protocol):
    """What the figures tell of the vault."""

    unwrapped: int
    unreadable: int

    @property
    def ready(self) -> bool:
        """Whether the master keys are known."""
        ...

    @property
    def remembered(self) -> int:
        """How many data keys are in memory."""
        ...


@dataclass(frozen=True)
class Watched:
    """What the figures are read from."""

    database: OpenDatabase
    house: House
    connections: Connections
    bus: Bus
    desk: DeskWatch
    loop: LoopLag
    database_url: str
    outbox: OpenOutbox
    data_dir: Path
    vault: Vault
    incidents: Mapping[str, int] = field(default_factory=dict)
    judged_links: Mapping[str, int] = field(default_factory=dict)
    texts_held: Mapping[str, int] = field(default_factory=dict)
    alerts: Mapping[str, int] = field(default_factory=dict)


class ProcessFigures(Collector):
    """Sockets, storage, hints, desk and event loop, as this process knows them."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        url = normalised(watched.database_url)
        self._log: Path | None = None
        if url.get_backend_name() == "sqlite":
            self._log = sqlite_file(url).with_name(f"{sqlite_file(url).name}-wal")

    def collect(self) -> Iterable[Metric]:
        """Every figure, named with its unit."""
        yield _by("info", "version", {chatserver.__version__: 1}, GaugeMetricFamily)
        yield from self._sockets()
        yield from self._storage()
        yield from self._vault()
        yield from self._desk()
        yield from self._outbox()
        yield _by("secrets_removed", "type", self._watched.incidents, CounterMetricFamily)
        yield _by("links_judged", "verdict", self._watched.judged_links, CounterMetricFamily)
        yield _by("texts_held", "kind", self._watched.texts_held, CounterMetricFamily)
        yield _by("alerts", "kind", self._watched.alerts, CounterMetricFamily)
        bus = self._watched.bus
        yield _counter("hints_lost", bus.lost)
        yield _gauge("hints_deaf_seconds", bus.deaf_for_s)
        yield _gauge("hint_lag_seconds", bus.lag_s)
        yield _histogram("loop_lag_seconds", self._watched.loop.seconds)
        yield _by("background_delayed", "work", background.delayed, CounterMetricFamily)
        yield _by("background_failed", "work", background.failed, CounterMetricFamily)

    def _sockets(self) -> Iterable[Metric]:
        house = self._watched.house
        roles = Counter(one.session.role.value for one in self._watched.connections if one.session is not None)
        yield _by("sockets", "role", roles, GaugeMetricFamily)
        yield _by("sockets_ended", "reason", house.closed_for, CounterMetricFamily)
        yield _by("connects_refused", "code", house.turned_away, CounterMetricFamily)
        yield _counter("commands", house.commands)
        yield _by("commands_refused", "code", house.refused, CounterMetricFamily)
        yield _by("requests_refused", "code", web.refusals, CounterMetricFamily)
        yield _counter("defects", house.defects)

    def _storage(self) -> Iterable[Metric]:
        database, figures = self._watched.database, self._watched.database.figures
        yield _gauge("sql_healthy", database.healthy())
        yield _counter("sql_units", figures.units)
        yield _counter("sql_units_failed", figures.failed_units)
        yield _counter("sql_reruns", figures.reruns)
        yield _gauge("sql_waiting", database.waiting)
        yield _histogram("sql_batch_units", figures.batch_units)
        yield _histogram("sql_seconds", figures.seconds)
        with suppress(OSError):  # a folder that is gone shows in what cannot be stored
            yield _gauge("disk_free_bytes", shutil.disk_usage(self._watched.data_dir).free)
        if self._log is not None:
            yield _gauge("sqlite_log_bytes", self._log.stat().st_size if self._log.exists() else 0)

    def _vault(self) -> Iterable[Metric]:
        vault = self._watched.vault
        yield _gauge("vault_ready", vault.ready)
        yield _gauge("vault_keys", vault.remembered)
        yield _counter("vault_keys_unwrapped", vault.unwrapped)
        yield _counter("vault_unreadable", vault.unreadable)

    def _desk(self) -> Iterable[Metric]:
        desk, last = self._watched.desk, self._watched.desk.last
        yield _histogram("pairing_seconds", desk.waits)
        if last is None:
            return
        now = desk.clock.now()
        waiting, oldest = _lanes("queue_waiting"), _lanes("queue_oldest_seconds")
        for (tier, skill), lane in last.lanes.items():
            waiting.add_metric([str(tier), skill], lane.waiting)
            oldest.add_metric([str(tier), skill], (now - lane.oldest_at) / 1_000)
        yield from (waiting, oldest)
        yield _by("agents", "status", last.agents, GaugeMetricFamily)
        yield _gauge("conversations_served", last.served)
        yield _gauge("search_pending", last.unindexed)
        ages_s = {process: (now - seen_at) / 1_000 for process, seen_at in last.seen_at.items()}
        yield _gauge("processes", sum(age_s < LEASE_S for age_s in ages_s.values()))
        yield _gauge("sample_age_seconds", (now - last.at) / 1_000)
        if desk.process in ages_s:
            yield _gauge("lease_age_seconds", ages_s[desk.process])

    def _outbox(self) -> Iterable[Metric]:
        outbox = self._watched.outbox
        attempts = CounterMetricFamily(
            "chatserver_outbox_attempts", MEANINGS["outbox_attempts"], labels=["kind", "outcome"]
        )
        for names, count in sorted(outbox.ended.items()):
            attempts.add_metric(names, count)
        yield attempts
        now = self._watched.desk.clock.now()
        ages = {kind: (now - at) / 1_000 for kind, at in outbox.last.oldest_at.items()}
        yield _by("outbox_waiting", "kind", outbox.last.waiting, GaugeMetricFamily)
        yield _by("outbox_oldest_seconds", "kind", ages, GaugeMetricFamily)
        yield _by("outbox_quarantined", "kind", outbox.last.quarantined, GaugeMetricFamily)


def metrics_of(watched: Watched) -> CollectorRegistry:
    """The figures of this process, with its memory, files and processor time."""
    registry = CollectorRegistry(auto_describe=True)
    registry.register(ProcessFigures(watched))
    ProcessCollector(registry=registry)
    return registry


def _gauge(name: str, value: float) -> Metric:
    return GaugeMetricFamily(f"chatserver_{name}", MEANINGS[name], value=value)


def _counter(name: str, value: float) -> Metric:
    return CounterMetricFamily(f"chatserver_{name}", MEANINGS[name], value=value)


def _by(name: str, label: str, values: Mapping[str, float], family: Any) -> Metric:
    metric: Metric = family(f"chatserver_{name}", MEANINGS[name], labels=[label])
    for value, count in sorted(values.items()):
        metric.add_metric([value], count)  # type: ignore[attr-defined]
    return metric


def _lanes(name: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"chatserver_{name}", MEANINGS[name], labels=["tier", "skill"])


def _histogram(name: str, distribution: Distribution) -> Metric:
    buckets = distribution.cumulative()
    return HistogramMetricFamily(f"chatserver_{name}", MEANINGS[name], buckets=buckets, sum_value=distribution.sum)
