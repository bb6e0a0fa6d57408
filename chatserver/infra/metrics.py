"""Figures of this process for Prometheus, read when they are asked for."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chatserver.infra.bus import Bus
from chatserver.infra.sockets.connections import Connections
from chatserver.infra.sockets.house import House
from chatserver.infra.sql import OpenDatabase


class ProcessFigures(Collector):
    """Sockets, storage and hints of this process."""

    def __init__(self, database: OpenDatabase, house: House, connections: Connections, bus: Bus) -> None:
        self._database = database
        self._house = house
        self._connections = connections
        self._bus = bus

    def collect(self) -> Iterable[Metric]:
        """Every figure, named with its unit."""
        figures = self._database.figures
        yield _gauge("chatserver_sockets", "Signed-in sockets.", len(self._connections))
        ended = CounterMetricFamily("chatserver_sockets_ended", "Ended sockets by reason.", labels=["reason"])
        for reason, count in self._house.closed_for.items():
            ended.add_metric([reason], count)
        yield ended
        yield _counter("chatserver_sql_units", "Writing units answered.", figures.units)
        yield _counter("chatserver_sql_units_failed", "Writing units that failed.", figures.failed_units)
        yield _counter("chatserver_sql_batches", "Commits that answered them.", figures.batches)
        yield _counter("chatserver_sql_seconds", "Seconds from asked to committed, summed.", figures.seconds)
        yield _gauge("chatserver_sql_waiting", "Writing units not answered yet.", self._database.waiting)
        yield _counter("chatserver_hints_lost", "Hints to other processes that were dropped.", self._bus.lost)


def metrics_of(
    registry: CollectorRegistry, database: OpenDatabase, house: House, connections: Connections, bus: Bus
) -> None:
    """Register the figures of this process."""
    registry.register(ProcessFigures(database, house, connections, bus))


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(name, meaning, value=value)
