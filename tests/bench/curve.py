"""Latency and throughput against load: every contender under rising rates, until it no longer keeps up."""

from typing import Final

from tests.bench.crowd import answer_pings, gather
from tests.bench.plot import PICTURES, svg_of
from tests.bench.scenes import Figures, Plan, run, serving

RATES: Final = (250, 500, 1_000, 2_000, 4_000, 8_000, 16_000)
"""Messages a second that are asked for; each is twice the one before."""

KEEPS_UP: Final = 0.95
"""Who does less than this share of what is asked is beyond saturation."""


def curve(plan: Plan) -> list[Figures]:
    """Rates and tails at each load; the pictures are written to `docs/pictures`."""
    reached: dict[str, list[tuple[float, float]]] = {}
    tails: dict[str, list[tuple[float, float]]] = {}
    figures: list[Figures] = []
    with serving(plan.names) as servers:
        crowds = {name: gather(server) for name, server in servers.items()}
        keeping_up = dict.fromkeys(servers, True)
        for rate in RATES:
            done = Figures(f"reached of {rate:,} msg/s", "msg/s", "higher")
            tail = Figures(f"send → other side at {rate:,} msg/s, p99", "ms", "lower", 1)
            for name, server in servers.items():
                if not keeping_up[name]:
                    continue
                answer_pings(crowds.values())
                heard = run(server, crowds[name], plan, rate=rate).talk
                done.add(name, heard.rate)
                tail.add(name, heard.delivery_ms(0.99))
                reached.setdefault(name, []).append((rate, heard.rate))
                tails.setdefault(name, []).append((rate, max(0.1, heard.delivery_ms(0.99))))
                keeping_up[name] = heard.rate >= KEEPS_UP * rate
            figures += [one for one in (done, tail) if one.values]
    asked = "messages a second asked for"
    throughput = svg_of("Durable messages, both ways, one core", asked, "msg/s", reached)
    latency = svg_of("From due to the other side, p99, one core", asked, "ms", tails)
    (PICTURES / "throughput.svg").write_text(throughput, encoding="utf-8")
    (PICTURES / "latency.svg").write_text(latency, encoding="utf-8")
    return figures
