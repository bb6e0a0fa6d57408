"""Pairing from end to end: a slot gets free, the next who waits is assigned, both are told."""

import select
import time
from array import array
from concurrent.futures import ThreadPoolExecutor

from tests.bench.driver import at_share
from tests.bench.scenes import CONNECTS_AT_ONCE, Figures, Plan, serving_product
from tests.bench.servers import Auth, Product
from tests.bench.wire import Line

AGENTS = 20
CAPACITY = 5


def pairing(plan: Plan) -> list[Figures]:
    """Agents close what they get at once, so that every close makes a pair of one who waits."""
    rate = Figures(f"pairs a second, {plan.waiting} waiting, {AGENTS} agents of {CAPACITY}", "pairs/s", "higher")
    middle = Figures("slot free → assigned and told, p50", "ms", "lower", 1)
    tail = Figures("slot free → assigned and told, p99", "ms", "lower", 1)
    with serving_product(capacity=CAPACITY, more={"CHATSERVER_USER_GONE_S": "86400"}) as server:
        _queue(server, plan.waiting)
        lines = [Line(server.port, auth) for auth in server.agents(AGENTS)]
        for _ in range(plan.rounds):
            pairs, waits_us = _work(lines, plan.seconds)
            rate.add("product", pairs / plan.seconds)
            middle.add("product", at_share(waits_us, 0.50) / 1_000)
            tail.add("product", at_share(waits_us, 0.99) / 1_000)
    return [rate, middle, tail]


def _queue(server: Product, count: int) -> None:
    """Users who ask for an agent and put the phone away: they keep their place."""

    def wait(number: int, auth: Auth) -> None:
        line = Line(server.port, auth)
        line.call("start_conversation", {"key": f"wait-{number}", "want_agent": True})
        line.close()

    with ThreadPoolExecutor(CONNECTS_AT_ONCE) as coming:
        for _ in coming.map(wait, range(count), server.users(count)):
            pass


def _work(lines: list[Line], seconds: float) -> "tuple[int, array[int]]":
    """Let the agents be available for a while; how many pairs they got, and how long free slots stayed free."""
    for line in lines:
        line.call("set_presence", {"status": "available", "capacity": CAPACITY})
    ends_at = time.monotonic() + seconds
    freed: dict[Line, list[float]] = {line: [] for line in lines}
    waits_us: array[int] = array("I")
    pairs = 0
    while time.monotonic() < ends_at:
        ready, _, _ = select.select([line.socket for line in lines], [], [], 0.5)
        for line in (one for one in lines if one.socket in ready):
            name, body = line.hear()
            now = time.monotonic()
            if name == "agent_assigned":
                pairs += 1
                if freed[line]:
                    waits_us.append(round((now - freed[line].pop(0)) * 1e6))
                line.start("close_conversation", {"conversation": body["conversation"]})
            elif name == "ack" and body["ok"]:
                freed[line].append(now)
    for line in lines:
        line.call("set_presence", {"status": "away"})
        for name, body in list(line.events):  # else they would fill the slots of the next round
            if name == "agent_assigned":
                line.call("close_conversation", {"conversation": body["conversation"]})
        line.events.clear()
    return pairs, array("I", sorted(waits_us))
