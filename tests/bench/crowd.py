"""The people of the measured job: 200 users, 20 agents with ten conversations each."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from tests.bench.driver import Talker, talk
from tests.bench.servers import Program
from tests.bench.wire import Line

USERS: Final = 200
AGENTS: Final = 20

USERS_BETWEEN_PINGS: Final = 50
"""Come in two or three seconds; a ping is to be answered in ten."""


@dataclass(frozen=True)
class Crowd:
    """Connected people whose conversations are assigned: sockets, and who may talk where."""

    lines: list[Line]
    talkers: list[Talker]

    @property
    def fds(self) -> list[int]:
        """Descriptors of all sockets, in the order that talkers count."""
        return [line.fd for line in self.lines]

    def leave(self) -> None:
        """Close all sockets."""
        for line in self.lines:
            line.close()


def answer_pings(crowds: Iterable[Crowd], seconds: float = 0.1) -> None:
    """Let nobody be taken for gone who has waited while others had their turn."""
    talk([fd for crowd in crowds for fd in crowd.fds], [], warm_s=0, seconds=seconds)


def gather(
    server: Program,
    users: int = USERS,
    agents: int = AGENTS,
    *,
    ports: "Callable[[int], int] | None" = None,
    both_ways: bool = True,
    beside: Collection[Crowd] = (),
) -> Crowd:
    """Connect everybody and wait until each conversation has its agent.

    `ports` chooses a process for the n-th socket; one process serves all by default. Those `beside` are kept meanwhile.
    """
    port = ports or (lambda _: server.port)
    capacity = -(-users // agents)
    ours: dict[str, int] = {}
    lines: list[Line] = []
    for auth in server.agents(agents):
        line = Line(port(len(lines)), auth)
        ours[line.wait_for("welcome")["session"]["subject"]] = len(lines)
        line.call("set_presence", {"status": "available", "capacity": capacity})
        lines.append(line)
    talkers: list[Talker] = []
    for number, auth in enumerate(server.users(users)):
        if number % USERS_BETWEEN_PINGS == 0:
            answer_pings(beside)
        line = Line(port(len(lines)), auth)
        line.wait_for("welcome")
        started = line.call("start_conversation", {"key": f"start-{number}", "want_agent": True})
        conversation = started["conversation"]["id"]
        agent = line.wait_for("agent_assigned")["agent"]["id"]
        talkers.append(Talker(len(lines), conversation))
        if both_ways:
            talkers.append(Talker(ours[agent], conversation))
        lines.append(line)
    return Crowd(lines, talkers)
