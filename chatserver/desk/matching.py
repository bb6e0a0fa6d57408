"""Which agent a waiting conversation gets, from what SQL says: used while Redis is away.

The same choice as in `lua/reserve.lua`; a test holds the two against each other. Pure.
"""

from collections.abc import Iterable

from msgspec import Struct

from chatserver.conversation.states import Head
from chatserver.desk.queue import AgentState, Pair, Wish
from chatserver.desk.rules import score


class Waiting(Struct, frozen=True):
    """A conversation that waits, and what matters when its agent is chosen."""

    head: Head
    wish: Wish


def match(waiting: Iterable[Waiting], agents: dict[str, AgentState], most: int) -> list[Pair]:
    """Pairs in the order in which users are served; at most `most` of them."""
    loads = {name: agent.load for name, agent in agents.items() if agent.routable}
    pairs: list[Pair] = []
    blocked: set[tuple[int, str]] = set()
    for one in sorted(waiting, key=_place):
        lane = one.head.tier, one.head.skill
        if lane in blocked or len(pairs) == most:
            continue
        choice = _choose(one, agents, loads)
        if choice is None:
            blocked.add(lane)  # whoever comes later in this lane must not be served first
            continue
        name, why = choice
        loads[name] += 1
        pairs.append(Pair(one.head.id, name, one.head.skill, why))
    return pairs


def _place(one: Waiting) -> tuple[int, str, str]:
    return score(one.head.queued_at or 0, one.head.priority), one.head.skill, one.head.id


def _choose(one: Waiting, agents: dict[str, AgentState], loads: dict[str, int]) -> tuple[str, str] | None:
    wish = one.wish
    free = [name for name, load in loads.items() if load < agents[name].capacity and _fits(agents[name], one.head)]
    if wish.last in free and wish.last != wish.avoid:
        return str(wish.last), "last_agent"
    if not free:
        return None
    by_load = sorted(free, key=lambda name: (loads[name], agents[name].idle_since, name))
    best = min(by_load, key=lambda name: _reluctance(name, agents[name], wish))
    return best, ("least_loaded", "other_language", "only_agent", "only_agent")[_reluctance(best, agents[best], wish)]


def _fits(agent: AgentState, head: Head) -> bool:
    return agent.tier == head.tier and (not head.skill or head.skill in agent.skills)


def _reluctance(name: str, agent: AgentState, wish: Wish) -> int:
    foreign = bool(agent.languages) and wish.language is not None and wish.language not in agent.languages
    return int(foreign) + 2 * int(name == wish.avoid)
