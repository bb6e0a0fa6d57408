"""Each scene runs every contender in turn, round by round, with the same client over the same wire."""

import resource
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.crowd import Crowd, answer_pings, gather
from tests.bench.driver import Talk, talk
from tests.bench.servers import NaivePeer, NodePeer, Product, Program
from tests.bench.wire import Line

SERVER_CORE: Final = 0
CONTENDERS: Final[dict[str, type[Program]]] = {one.name: one for one in (Product, NodePeer, NaivePeer)}
WINDOW: Final = 8
"""Messages that each talker has under way: 400 talkers keep every contender busy all the time."""

PINGS_EVERY: Final = 256
"""Connects between two looks at who pings: a server closes a socket that does not answer within ten seconds."""

CONNECTS_AT_ONCE: Final = 32
"""Sockets that are being connected at a time: whoever comes back after an outage does not come alone."""

WARM_S: Final = 1.0
LATENCY_RATE: Final = 2_000
"""Messages a second at which the target of performance is stated."""


@dataclass(frozen=True)
class Plan:
    """How long and how often; `names` of contenders; how many wait where pairing is measured, are stored for growth."""

    rounds: int = 5
    seconds: float = 4.0
    names: tuple[str, ...] = tuple(CONTENDERS)
    waiting: int = 5_000
    rows: int = 1_000_000
    sockets: int = 5_000


@dataclass(eq=False)
class Figures:
    """Values of one measured thing by contender, a value a round; `better` says which way is good."""

    title: str
    unit: str
    better: str  # higher, lower
    digits: int = 0
    values: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """One more round."""
        self.values.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """The middle of a contender's rounds."""
        return median(self.values[name])


@contextmanager
def serving(names: Iterable[str], core: int | None = SERVER_CORE) -> Iterator[dict[str, Program]]:
    """The contenders, all running, so that rounds can take turns; the client has the other cores."""
    with TemporaryDirectory(prefix="bench-") as folder:
        servers = {name: CONTENDERS[name](Path(folder) / name) for name in names}
        try:
            for server in servers.values():
                server.start(core)
            yield servers
        finally:
            for server in servers.values():
                server.stop()


@contextmanager
def serving_product(*, capacity: int = 10, more: dict[str, str] | None = None) -> Iterator[Product]:
    """The product alone, with settings of its own."""
    with TemporaryDirectory(prefix="bench-") as folder:
        server = Product(Path(folder) / "product", capacity=capacity, more=more)
        try:
            server.start(SERVER_CORE)
            yield server
        finally:
            server.stop()


@dataclass(frozen=True)
class Measured:
    """One run of one contender."""

    talk: Talk
    cpu_s: float

    @property
    def cpu_us(self) -> float:
        """Server CPU for one message, all processes, from start to end of the run."""
        return self.cpu_s / max(1, self.talk.acked) * 1e6


def run(server: Program, crowd: Crowd, plan: Plan, *, window: int = WINDOW, rate: float = 0) -> Measured:
    """Warm up apart from what is counted, so that CPU and messages are of the same time."""
    talk(crowd.fds, crowd.talkers, window=window, rate=rate, warm_s=0, seconds=WARM_S)
    before = server.cpu_s()
    heard = talk(crowd.fds, crowd.talkers, window=window, rate=rate, warm_s=0, seconds=plan.seconds)
    return Measured(heard, server.cpu_s() - before)


def messages(plan: Plan) -> list[Figures]:
    """Throughput: everybody talks as fast as they are answered, both ways."""
    rates = Figures("durable messages, both ways", "msg/s", "higher")
    costs = Figures("server CPU for a message", "µs", "lower", 1)
    client = Figures("the client's own core", "%", "lower")
    with serving(plan.names) as servers:
        crowds = {name: gather(server) for name, server in servers.items()}
        for _ in range(plan.rounds):
            for name, server in servers.items():
                answer_pings(crowds.values())
                measured = run(server, crowds[name], plan)
                _check(name, measured.talk)
                rates.add(name, measured.talk.rate)
                costs.add(name, measured.cpu_us)
                client.add(name, 100 * measured.talk.client_cpu_s / measured.talk.seconds)
    return [rates, costs, client]


def latency(plan: Plan) -> list[Figures]:
    """From the moment a message was due until the other side has it, at a fixed rate."""
    middle = Figures(f"send → other side at {LATENCY_RATE} msg/s, p50", "ms", "lower", 2)
    tail = Figures(f"send → other side at {LATENCY_RATE} msg/s, p99", "ms", "lower", 2)
    reached = Figures("messages a second that were reached", "msg/s", "higher")
    with serving(plan.names) as servers:
        crowds = {name: gather(server) for name, server in servers.items()}
        for _ in range(plan.rounds):
            for name, server in servers.items():
                answer_pings(crowds.values())
                heard = run(server, crowds[name], plan, rate=LATENCY_RATE).talk
                middle.add(name, heard.delivery_ms(0.50))
                tail.add(name, heard.delivery_ms(0.99))
                reached.add(name, heard.rate)
    return [middle, tail, reached]


REFUSED_AT_MOST = 0.001
"""Turns of many dialogues in a random row may ask for a secret together, which the product stops."""


def _check(name: str, heard: Talk) -> None:
    if heard.refused > REFUSED_AT_MOST * heard.acked:
        raise RuntimeError(f"{name} refused {heard.refused} messages: nothing to compare")


def raise_descriptors(wanted: int) -> None:
    """Let this process, and what it starts, have so many open sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


SPARE_DESCRIPTORS = 500
"""What a process has open beside its sockets."""


def idle(plan: Plan) -> list[Figures]:
    """What an idle signed-in socket costs in memory, and how fast they come."""
    sockets = plan.sockets
    memory = Figures(f"memory of an idle signed-in socket, {sockets:,} of them", "KB", "lower", 1)
    costs = Figures(f"server CPU for a connect, sign-in included, {CONNECTS_AT_ONCE} at a time", "µs", "lower")
    raise_descriptors(len(plan.names) * sockets + SPARE_DESCRIPTORS)
    with serving(plan.names) as servers:
        lines = {name: come(server, 200) for name, server in servers.items()}  # what the first load is not counted
        before = {name: server.memory_bytes() for name, server in servers.items()}
        for _ in range(plan.rounds):
            for name, server in servers.items():
                cpu_s = server.cpu_s()
                lines[name] += come(server, sockets // plan.rounds, list(chain.from_iterable(lines.values())))
                costs.add(name, (server.cpu_s() - cpu_s) / (sockets // plan.rounds) * 1e6)
        for name, server in servers.items():
            memory.add(name, (server.memory_bytes() - before[name]) / sockets / 1024)
            go(name, lines[name])
    return [memory, costs]


def go(name: str, lines: Sequence[Line]) -> None:
    """Leave; what was measured is worth nothing if sockets had ended before."""
    lost = sum(line.has_ended() for line in lines)
    if lost:
        raise RuntimeError(f"{name} has closed {lost} of {len(lines)} idle sockets: nothing to measure")
    for line in lines:
        line.close()


def come(server: Program, count: int, here: Sequence[Line] = ()) -> list[Line]:
    """Connect so many, some at a time, and answer the pings of all meanwhile."""
    lines: list[Line] = []
    coming = iter(server.users(count))
    with ThreadPoolExecutor(CONNECTS_AT_ONCE) as connecting:
        while some := list(islice(coming, PINGS_EVERY)):
            lines += connecting.map(partial(Line, server.port), some)
            talk([line.fd for line in (*here, *lines)], [], warm_s=0, seconds=0.1)
    return lines
